/**
 * Turns requests away before anything is made of them, while the server has more to do than it can in good time: what a refusal
 * costs is taken from those who have been let in. So a refusal also takes a moment to arrive: programs that ask again at once,
 * whatever `retry-after` says, would else have the server do nothing but refuse them.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Metrics } from '@gradus/lifecycle';
import type { Admission } from '../limits/admission.ts';
import { overloaded } from './errors.ts';

/** Milliseconds that a refusal is held, and how many are held at most, for memory's sake. */
const HELD = 250;
const MOST_HELD = 2000;

/** @param answers Whether a request asks for what takes the model's time. */
export function guardDoor(
  server: Server,
  admission: Admission,
  metrics: Metrics,
  answers: (method: string, path: string) => boolean,
): void {
  const [handle] = server.listeners('request') as [
    (request: IncomingMessage, response: ServerResponse) => void,
  ];
  server.removeAllListeners('request');
  let held = 0;
  server.on('request', (request, response) => {
    const path = request.url!.split('?', 1)[0]!;
    const retryAfter = admission.closed;
    if (retryAfter === undefined || !answers(request.method!, path)) return handle(request, response);
    metrics.shed.inc({ reason: 'overload' });
    const body = JSON.stringify(overloaded(path, retryAfter, request.headers['accept-language']));
    response.writeHead(503, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'retry-after': String(retryAfter),
    });
    const refuse = () => {
      if (held >= MOST_HELD) return void response.end(body);
      held += 1;
      setTimeout(() => {
        held -= 1;
        response.end(body);
      }, HELD);
    };
    // Whoever is still sending would not hear it. What comes is not kept, and the server's limit on a request's time holds.
    request.once('end', refuse).resume();
  });
}
