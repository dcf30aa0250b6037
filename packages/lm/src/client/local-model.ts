/** A model in this process: its own template renders the question, the most probable tokens are the answer. */
import { basename, resolve } from 'node:path';
import { UserError } from '@gradus/base';
import { ChatTemplate } from '../chat/chat-template.ts';
import { chatText } from '../chat/chat-text.ts';
import type { Constraint } from '../constrain/constraint.ts';
import { jsonSchemaConstraint } from '../constrain/json-schema.ts';
import { loadRunnable } from '../model/load.ts';
import { generate } from '../run/generate.ts';
import {
  type ChatAnswer,
  type ChatClient,
  type ChatClientOptions,
  ChatError,
  type ChatRequest,
} from './chat-client.ts';

const DEFAULT_TIMEOUT = 120_000;

export async function openLocalModel(
  path: string,
  { timeout = DEFAULT_TIMEOUT, threads }: ChatClientOptions,
): Promise<ChatClient> {
  const model = await loadRunnable(path);
  const template = model.template === undefined ? undefined : new ChatTemplate(model);

  const constraints = new Map<string, Constraint | undefined>();
  /** None where the model's tokens cannot write JSON: its answers are then as free as a server's. */
  function constraintOf(schema: ChatRequest['schema']): Constraint | undefined {
    const key = JSON.stringify(schema);
    if (constraints.has(key)) return constraints.get(key);
    let made: Constraint | undefined;
    try {
      made = jsonSchemaConstraint(schema, model);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
    }
    constraints.set(key, made);
    return made;
  }

  async function promptOf({ system, prompt }: ChatRequest): Promise<readonly number[]> {
    if (!template)
      return [...model.tokenizer.encode(`${system}\n\n${prompt}\n\n`, { parseSpecial: false }).ids];
    // Some templates refuse a system message: the question then says all.
    const messages = [{ role: 'user', content: `${system}\n\n${prompt}` }];
    const text = await chatText(template, model.tokenizer, messages, { answer: true });
    return [...text.encode().ids];
  }

  async function complete(request: ChatRequest, signal: AbortSignal): Promise<ChatAnswer> {
    const ids = await promptOf(request);
    const constraint = constraintOf(request.schema);
    const late = AbortSignal.timeout(timeout);
    let [text, answerTokens] = ['', 0];
    try {
      for await (const token of generate(model, ids, {
        temperature: 0,
        repetitionPenalty: 1,
        max: request.maxTokens,
        constraint,
        signal: AbortSignal.any([signal, late]),
        ...(threads !== undefined && { threads }),
      })) {
        text += token.text;
        answerTokens++;
      }
    } catch (error) {
      signal.throwIfAborted();
      if (late.aborted) throw new ChatError(`no answer within ${timeout / 1000} s`, { cause: error });
      // The prompt does not fit into the model's context: a shorter one may.
      if (error instanceof UserError) throw new ChatError(error.message, { cause: error });
      throw error;
    }
    return { text, promptTokens: ids.length, answerTokens };
  }

  return {
    model: basename(resolve(path)),
    host: null,
    complete,
    async close() {
      await template?.close();
      model.close();
    },
  };
}
