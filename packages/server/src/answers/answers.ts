/**
 * What a model's recipe answers, as the server asks for it. Where the program can be started in a thread (thread-pool.ts), the
 * server's own thread computes nothing, and goes on serving everybody while a large request is worked on; else the service
 * answers on the thread of the server.
 */
import { type Checked, correctionChecker, correctionParser } from '@gradus/lifecycle';
import type { Described, Service, ServiceDeclaration } from '@gradus/loop';

export interface Answers {
  /** A request of ordinary size. */
  readonly example: unknown;
  /** @param steppedAside Told that the request is a large one, which waits with its like and in nobody's way */
  answer(request: unknown, options?: AskOptions): Promise<Answer>;
  /** Undefined where the service has no embeddings. */
  readonly embed: Service['embed'] | undefined;
  /** @returns them as the service's schema has parsed them. @throws InvalidInput naming the first that is none */
  corrections(values: readonly unknown[]): Promise<readonly unknown[]>;
  /** @returns of each value, whether it is a correction */
  checked(values: readonly unknown[]): Promise<readonly Checked[]>;
  close(): Promise<void>;
}

export interface AskOptions {
  /** Aborted when nobody waits for the answer any more. */
  readonly signal?: AbortSignal | undefined;
  readonly steppedAside?: (() => void) | undefined;
}

export interface Answer {
  /** An object, as JSON in UTF-8. */
  readonly json: Uint8Array;
  /** As much of the answer as the prediction log looks at. */
  readonly preview: unknown;
  readonly described: readonly Described[];
}

/** Answers of a service that is open on this thread. */
export function answersOf(
  service: Service,
  { correction: declared, example }: Pick<ServiceDeclaration, 'correction' | 'example'>,
): Answers {
  return {
    example: service.example ?? example,
    answer: async (request) => {
      const answer = await service.answer(request);
      return {
        json: Buffer.from(JSON.stringify(answer)),
        preview: answer,
        described: describedBy(service, request, answer),
      };
    },
    embed: service.embed && ((texts) => service.embed!(texts)),
    corrections: async (values) => correctionParser(service.correction ?? declared)(values),
    checked: async (values) => correctionChecker(service.correction ?? declared)(values),
    close: () => service.close(),
  };
}

/** A description that fails must not take the answer with it. */
export function describedBy(service: Service, request: unknown, answer: unknown): readonly Described[] {
  try {
    return service.describe?.(request, answer) ?? [];
  } catch (error) {
    console.error(`An answer cannot be described: ${(error as Error).message}`);
    return [];
  }
}
