/**
 * Turns requests away before anything is made of them, while the server has more to do than it can in good time: what a refusal
 * costs is taken from those who have been let in.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Admission } from '../limits/admission.ts';
import type { Metrics } from '../monitoring/metrics.ts';
import { overloaded } from './errors.ts';

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
  server.on('request', (request, response) => {
    const path = request.url!.split('?', 1)[0]!;
    const retryAfter = admission.closed;
    if (retryAfter === undefined || !answers(request.method!, path)) return handle(request, response);
    metrics.shed.inc({ reason: 'overload' });
    const body = JSON.stringify(overloaded(path, retryAfter));
    response.writeHead(503, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'retry-after': String(retryAfter),
    });
    // Whoever is still sending would not hear it. What comes is not kept, and the server's limit on a request's time holds.
    request.once('end', () => response.end(body)).resume();
  });
}
