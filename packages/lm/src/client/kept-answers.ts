/**
 * Answers kept by what was asked: a run that goes on after a crash, or is made again of the same file, asks nothing twice and says the same.
 * What is kept is the answer and a fingerprint of the question; the question, which quotes the user's data, is not.
 */
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { type ChatAnswer, type ChatClient, ChatError, type ChatRequest } from './chat-client.ts';

const LINE = z.object({
  key: z.string().length(64),
  text: z.string(),
  promptTokens: z.number(),
  answerTokens: z.number(),
});

export interface AnswerCounts {
  readonly asked: number;
  /** Answered from what was kept. */
  readonly kept: number;
  readonly failed: number;
  /** Answers that are not of the form that was asked for. */
  readonly unreadable: number;
  /** Of what was asked now, not of what was kept. */
  readonly promptTokens: number;
  readonly answerTokens: number;
}

/** After so many failures in a row a model is not asked again: it is gone. */
const MOST_FAILURES = 3;

export class KeptAnswers {
  readonly #client: ChatClient;
  readonly #path: string;
  readonly #answers = new Map<string, ChatAnswer>();
  #counts = { asked: 0, kept: 0, failed: 0, unreadable: 0, promptTokens: 0, answerTokens: 0 };
  #failures = 0;
  /** Why the last request had no answer. */
  lastFailure: string | undefined;

  /**
   * @param path where answers are kept, a line each
   * @param earlier files of earlier runs
   */
  constructor(client: ChatClient, path: string, earlier: readonly string[] = []) {
    this.#client = client;
    this.#path = path;
    for (const file of [...earlier, path]) this.#read(file);
  }

  get counts(): AnswerCounts {
    return { ...this.#counts };
  }

  /** The answer as the value that `form` describes; undefined where there is none of that form. */
  async complete<T>(
    request: Omit<ChatRequest, 'schema'>,
    form: z.ZodType<T>,
    signal: AbortSignal,
  ): Promise<T | undefined> {
    const schema = z.toJSONSchema(form) as Record<string, unknown>;
    const answer = await this.#answer({ ...request, schema }, signal);
    if (!answer) return undefined;
    const parsed = form.safeParse(jsonIn(answer.text));
    if (!parsed.success) this.#counts.unreadable++;
    return parsed.data;
  }

  async #answer(request: ChatRequest, signal: AbortSignal): Promise<ChatAnswer | undefined> {
    const key = createHash('sha256')
      .update(JSON.stringify([this.#client.model, this.#client.host, request]))
      .digest('hex');
    const known = this.#answers.get(key);
    if (known) {
      this.#counts.kept++;
      this.#write(key, known);
      return known;
    }
    if (this.#failures >= MOST_FAILURES) return undefined;
    this.#counts.asked++;
    try {
      const answer = await this.#client.complete(request, signal);
      this.#failures = 0;
      this.#counts.promptTokens += answer.promptTokens;
      this.#counts.answerTokens += answer.answerTokens;
      this.#answers.set(key, answer);
      this.#write(key, answer);
      return answer;
    } catch (error) {
      if (!(error instanceof ChatError)) throw error;
      this.#failures++;
      this.#counts.failed++;
      this.lastFailure = error.message;
      return undefined;
    }
  }

  /** Whole at once and on its own line: a process that is killed in between leaves half a line, which is no answer. */
  readonly #written = new Set<string>();
  #write(key: string, answer: ChatAnswer): void {
    if (this.#written.has(key)) return;
    this.#written.add(key);
    appendFileSync(this.#path, `${JSON.stringify({ key, ...answer })}\n`);
  }

  #read(path: string): void {
    if (!existsSync(path)) return;
    const own = path === this.#path;
    for (const line of readFileSync(path, 'utf8').split('\n')) {
      const read = LINE.safeParse(jsonIn(line));
      if (!read.success) continue;
      const { key, ...answer } = read.data;
      this.#answers.set(key, answer);
      if (own) this.#written.add(key);
    }
  }
}

const MOST_TEXT = 256 * 1024;

/** The JSON of a text, which may stand between other words or in a block of code; undefined where there is none. */
function jsonIn(text: string): unknown {
  if (text.length > MOST_TEXT) return undefined;
  const from = text.indexOf('{');
  const to = text.lastIndexOf('}');
  if (from < 0 || to < from) return undefined;
  try {
    return JSON.parse(text.slice(from, to + 1));
  } catch {
    return undefined;
  }
}
