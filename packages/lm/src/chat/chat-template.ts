/**
 * Conversations as text, by the template that comes with a model (Jinja). A template is a small program that somebody else wrote: it
 * is interpreted in a thread of its own, which sees nothing but the messages and is ended when it takes too long or too much memory.
 */
import { Worker } from 'node:worker_threads';
import { neverStarted, programBeside, UserError } from '@gradus/base';
import type { LanguageModel } from '../model/language-model.ts';
import type { Message } from './message.ts';
import type { RenderAnswer, RenderRequest } from './render-limits.ts';

export interface RenderOptions {
  /** Whether what begins an answer stands at the end. Default false. */
  readonly answer?: boolean;
  /** Functions that the model may call, as JSON schemas. */
  readonly tools?: readonly unknown[] | undefined;
  /** What becomes of each text in messages and functions before the template sees it. Default: nothing. */
  texts?(text: string): string;
}

const MOST_MILLISECONDS = 2000;
const MOST_MEGABYTES = 256;
const MOST_DEPTH = 100;
export class ChatTemplate {
  readonly #model: Pick<LanguageModel, 'path' | 'template' | 'templateTokens'>;
  #worker: Promise<Worker> | undefined;
  #queue: Promise<unknown> = Promise.resolve();

  /** @throws UserError where the model has no template */
  constructor(model: Pick<LanguageModel, 'path' | 'template' | 'templateTokens'>) {
    if (model.template === undefined) {
      throw new UserError({
        en: `${model.path} has no chat template: it continues texts and was not made for conversations. Use \`gradus generate\`, or rows of prompt and completion`,
        zh: `${model.path} 没有对话模板：该模型只会续写文本，并非用于对话。请使用 gradus generate，或 prompt 与 completion 格式的数据`,
      });
    }
    this.#model = model;
  }

  /** @throws UserError where the template fails, or takes too long */
  render(
    messages: readonly Message[],
    { answer = false, tools, texts }: RenderOptions = {},
  ): Promise<string> {
    const through = <T>(value: T): T => (texts ? (withTexts(value, texts) as T) : value);
    const context = {
      messages: messages.map((message) => {
        const { role, ...rest } = withParsedArguments(message);
        return { role, ...through(rest) };
      }),
      add_generation_prompt: answer,
      ...this.#model.templateTokens,
      ...(tools && { tools: through(tools) }),
    };
    const rendered = this.#queue.then(() => this.#ask({ context }));
    this.#queue = rendered.catch(() => undefined);
    return rendered;
  }

  async close(): Promise<void> {
    await this.#queue;
    const worker = await this.#worker?.catch(() => undefined);
    await worker?.terminate();
    this.#worker = undefined;
  }

  async #ask(request: RenderRequest): Promise<string> {
    this.#worker ??= this.#started();
    const worker = await this.#worker.catch((error) => {
      this.#worker = undefined;
      throw error;
    });
    let timer: NodeJS.Timeout | undefined;
    try {
      const answer = await new Promise<RenderAnswer>((resolve, reject) => {
        timer = setTimeout(
          () => resolve({ error: `it took longer than ${MOST_MILLISECONDS} ms` }),
          MOST_MILLISECONDS,
        );
        worker.once('message', resolve);
        worker.once('error', (error) => {
          const unstarted = neverStarted(error);
          if (unstarted) reject(unstarted);
          else resolve({ error: error.message });
        });
        worker.postMessage(request);
      });
      if ('text' in answer) return answer.text;
      throw new UserError({
        en: `the chat template of ${this.#model.path} cannot be rendered: ${answer.error}`,
        zh: `无法渲染 ${this.#model.path} 的对话模板：${answer.error}`,
      });
    } catch (error) {
      this.#worker = undefined;
      await worker.terminate();
      throw error;
    } finally {
      clearTimeout(timer);
      worker.removeAllListeners('message');
      worker.removeAllListeners('error');
    }
  }

  /** The time that a thread takes to begin is not the template's. */
  #started(): Promise<Worker> {
    const worker = new Worker(programBeside(import.meta.url, 'render-worker'), {
      workerData: this.#model.template,
      resourceLimits: { maxOldGenerationSizeMb: MOST_MEGABYTES, stackSizeMb: 4 },
    });
    return new Promise((resolve, reject) => {
      worker.once('message', () => {
        worker.removeAllListeners('error');
        worker.unref();
        resolve(worker);
      });
      worker.once('error', (error) => reject(neverStarted(error) ?? error));
    });
  }
}

/** Templates go through a call's arguments; clients send them as JSON in a text. */
function withParsedArguments(message: Message): Message {
  const calls = message.tool_calls;
  if (!Array.isArray(calls)) return message;
  return { ...message, tool_calls: calls.map(parsed) };
}

/** Each text in a value of JSON, names of fields too, by another. */
function withTexts(value: unknown, of: (text: string) => string, depth = 0): unknown {
  if (typeof value === 'string') return of(value);
  if (value === null || typeof value !== 'object') return value;
  if (depth === MOST_DEPTH) {
    throw new UserError({
      en: `a message, or a function, is nested more than ${MOST_DEPTH} deep`,
      zh: `消息或函数的嵌套超过 ${MOST_DEPTH} 层`,
    });
  }
  const inside = (inner: unknown) => withTexts(inner, of, depth + 1);
  if (Array.isArray(value)) return value.map(inside);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [of(name), inside(inner)]));
}

function parsed(call: { readonly function?: { readonly arguments?: unknown } }): unknown {
  const given = call?.function?.arguments;
  if (typeof given !== 'string') return call;
  try {
    return { ...call, function: { ...call.function, arguments: JSON.parse(given) } };
  } catch {
    return call;
  }
}
