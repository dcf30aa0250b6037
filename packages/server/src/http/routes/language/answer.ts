/**
 * Texts as answers in OpenAI's form: whole, or piece by piece as server-sent events (html.spec.whatwg.org, 9.2) that end with [DONE].
 * Whatever can be refused is refused before the first byte: a stream that has begun has the status 200.
 */
import { randomUUID } from 'node:crypto';
import { UserError } from '@gradus/base';
import { logError, type Metrics } from '@gradus/lifecycle';
import type { Context } from 'hono';
import type { LanguageModel } from '../../../language/language-models.ts';
import type { TextRequest, WrittenToken } from '../../../language/protocol.ts';
import type { Writing } from '../../../language/thread.ts';
import { shown } from '../../errors.ts';
import { askerOf } from '../../guards.ts';
import { preferredLanguage } from '../../language.ts';
import { noteAnswer } from '../models.ts';

/** A text that is whole. */
export interface Written {
  readonly text: string;
  readonly tokens: readonly WrittenToken[];
  readonly finish: 'stop' | 'length';
}

export interface Usage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly prompt_tokens_details: { readonly cached_tokens: number };
}

/** How texts, and pieces of them, become OpenAI's objects. One maker for each text. */
export interface AnswerForm {
  /** Of ids. */
  readonly prefix: string;
  readonly object: string;
  readonly pieceObject: string;
  /** `choices` of the text as a whole. */
  whole(index: number, text: Written): object;
  /** Makes the pieces of a text. */
  pieces(index: number): {
    /** Before the first token. */
    readonly first: readonly object[];
    next(token: WrittenToken): readonly object[];
  };
}

export interface Asked {
  readonly model: LanguageModel;
  /** One for each text. */
  readonly texts: readonly TextRequest[];
  /** How many texts there are of each prompt; their tokens count once. */
  readonly ofPrompt: number;
  readonly form: AnswerForm;
  readonly isStreamed: boolean;
  readonly withUsage: boolean;
  /** What the log keeps of the request. */
  readonly input: unknown;
}

/** @throws UserError where it is refused, before anything is written */
export async function answerWithTexts(context: Context, metrics: Metrics, asked: Asked): Promise<Response> {
  const { model, texts, isStreamed } = asked;
  const asker = askerOf(context);
  const started = performance.now();
  const stop = new AbortController();
  const gone = () => stop.abort(nobodyWaits());
  asker.signal?.addEventListener('abort', gone, { once: true });
  const thread = await model.thread();
  const writings: Writing[] = [];
  try {
    for (const text of texts)
      writings.push(await thread.write({ ...text, adapter: model.adapter }, stop.signal));
  } catch (error) {
    stop.abort(nobodyWaits());
    throw error;
  }
  // From here on it waits with its like, and in nobody's way.
  asker.steppedAside?.();
  const prediction = model.monitoring.log.draw();
  const id = `${asked.form.prefix}-${prediction ?? randomUUID()}`;
  const head = {
    id,
    created: Math.floor(Date.now() / 1000),
    model: model.name,
    system_fingerprint: `fp_${model.version}`,
  };
  const { version } = model;

  /** Of all texts what was written, for the log; @returns whether the log holds it. */
  const kept = async (done: readonly Written[]): Promise<boolean> => {
    const usage = usageOf(writings, done, asked.ofPrompt);
    const ms = performance.now() - started;
    const { name } = model;
    metrics.predictions.inc({ model: name, version, role: 'answer' });
    const counts = {
      prompt: usage.prompt_tokens,
      reused: usage.prompt_tokens_details.cached_tokens,
      written: usage.completion_tokens,
    };
    for (const [kind, count] of Object.entries(counts)) metrics.tokens.inc({ model: name, kind }, count);
    model.tokens.add({ texts: done.length, ...counts });
    asker.trace?.part('model run', started, started + ms, { version });
    if (prediction === undefined) return false;
    return model.monitoring.log.add({
      id: prediction,
      role: 'answer',
      version: { number: version, run: { id: `file:${model.path}` } },
      ms,
      caller: asker.caller,
      user: asker.user,
      input: asked.input,
      output: done.map(({ text, finish }) => ({ text, finish })),
      described: [
        {
          inputs: { prompt_tokens: usage.prompt_tokens },
          outputs: {
            completion_tokens: usage.completion_tokens,
            finish: done[0]?.finish ?? null,
          },
        },
      ],
    });
  };
  const observed = {
    first: () => {
      const ms = performance.now() - started;
      metrics.firstToken.observe({ model: model.name }, ms / 1000);
      model.tokens.addWait(ms);
    },
  };

  if (!isStreamed) {
    const done = await whole(writings, observed);
    const logged = await kept(done);
    noteAnswer(context, version, logged ? prediction : undefined);
    return context.json({
      ...head,
      object: asked.form.object,
      choices: done.map((text, index) => asked.form.whole(index, text)),
      usage: usageOf(writings, done, asked.ofPrompt),
    });
  }
  noteAnswer(context, version, undefined);
  context.header('content-type', 'text/event-stream; charset=utf-8');
  context.header('cache-control', 'no-store');
  // Proxies that gather answers would hold the pieces back.
  context.header('x-accel-buffering', 'no');
  const events = eventsOf(context, writings, { ...asked, head, observed, kept });
  return context.body(ReadableStream.from(encoded(events)) as ReadableStream);
}

const nobodyWaits = (): UserError =>
  new UserError({ en: 'nobody waits for the answer any more', zh: '已无人等待此回答' });

interface Observed {
  first(): void;
}

async function whole(writings: readonly Writing[], observed: Observed): Promise<Written[]> {
  const all = writings.map(() => [] as WrittenToken[]);
  for await (const { index, token } of merged(writings, observed)) all[index]!.push(token);
  return all.map(writtenOf);
}

const writtenOf = (tokens: readonly WrittenToken[]): Written => ({
  text: tokens.map(({ text }) => text).join(''),
  tokens,
  finish: tokens.at(-1)?.finish ?? 'length',
});

function usageOf(writings: readonly Writing[], done: readonly Written[], ofPrompt: number): Usage {
  const prompts = writings.filter((_, i) => i % ofPrompt === 0);
  const prompt_tokens = prompts.reduce((sum, { promptTokens }) => sum + promptTokens, 0);
  const completion_tokens = done.reduce((sum, { tokens }) => sum + tokens.length, 0);
  const cached_tokens = prompts.reduce((sum, { reused }) => sum + reused, 0);
  return {
    prompt_tokens,
    completion_tokens,
    total_tokens: prompt_tokens + completion_tokens,
    prompt_tokens_details: { cached_tokens },
  };
}

/** Tokens of several texts, as they come. */
async function* merged(
  writings: readonly Writing[],
  { first }: Observed,
): AsyncGenerator<{ readonly index: number; readonly token: WrittenToken }> {
  const streams = writings.map(({ tokens }) => tokens[Symbol.asyncIterator]());
  const nextOf = (index: number) => streams[index]!.next().then((result) => ({ index, result }));
  const pending = new Map(streams.map((_, index) => [index, nextOf(index)]));
  let isFirst = true;
  try {
    while (pending.size > 0) {
      const { index, result } = await Promise.race(pending.values());
      if (result.done) {
        pending.delete(index);
        continue;
      }
      pending.set(index, nextOf(index));
      if (isFirst) first();
      isFirst = false;
      yield { index, token: result.value };
    }
  } finally {
    // The others are not to be written for nobody.
    for (const promise of pending.values()) promise.catch(() => undefined);
    for (const stream of streams) void stream.return?.();
  }
}

async function* eventsOf(
  context: Context,
  writings: readonly Writing[],
  {
    form,
    head,
    withUsage,
    ofPrompt,
    observed,
    kept,
  }: Asked & { head: object; observed: Observed; kept(done: readonly Written[]): Promise<boolean> },
): AsyncGenerator<string> {
  const all = writings.map(() => [] as WrittenToken[]);
  const makers = writings.map((_, index) => form.pieces(index));
  const event = (choices: readonly object[], usage: Usage | null = null) => {
    const piece = { ...head, object: form.pieceObject, choices, ...(withUsage && { usage }) };
    return `data: ${JSON.stringify(piece)}\n\n`;
  };
  try {
    for (const { first } of makers) for (const choice of first) yield event([choice]);
    for await (const { index, token } of merged(writings, observed)) {
      all[index]!.push(token);
      for (const choice of makers[index]!.next(token)) yield event([choice]);
    }
    const done = all.map(writtenOf);
    if (withUsage) yield event([], usageOf(writings, done, ofPrompt));
    await kept(done);
    yield 'data: [DONE]\n\n';
  } catch (error) {
    if (context.req.raw.signal.aborted) return;
    const isOurs = error instanceof UserError;
    if (!isOurs) logError(`${context.req.method} ${context.req.path}`, error as Error);
    const language = preferredLanguage(context);
    const message = isOurs
      ? shown(context, error.localized)[language]
      : 'The model stopped; the cause is in the log of the server.';
    yield `data: ${JSON.stringify({ error: { code: 'internal', message, type: 'server_error', param: null } })}\n\n`;
  }
}

async function* encoded(events: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for await (const event of events) yield encoder.encode(event);
}
