import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Context } from 'hono';

/** Node's own view of the request: reading its headers makes no objects. */
export function incomingOf(context: Context): IncomingMessage & { rawBody?: Buffer } {
  return (context.env as { incoming: IncomingMessage }).incoming;
}

export function outgoingOf(context: Context): ServerResponse {
  return (context.env as { outgoing: ServerResponse }).outgoing;
}
