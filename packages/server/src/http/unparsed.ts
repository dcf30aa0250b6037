/** What Node's parser turns away before it is a request: an answer with a reason all the same, and then the connection's end. */
import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';

/** By the parser's error code (nodejs.org/api/http.html, event clientError). */
const REASONS: Readonly<Record<string, readonly [status: number, code: string, message: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'headers_too_large', 'The headers are larger than 16 kB.'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'body_too_large', 'The extensions of a chunk are too large.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'too_slow', 'The request did not arrive in time.'],
};
const NO_HTTP = [400, 'no_http', 'This is no request of HTTP/1.1.'] as const;

/** Milliseconds to read the answer in. */
const LINGER = 500;

export function answerUnparsed(error: NodeJS.ErrnoException & { rawPacket?: Buffer }, socket: Socket): void {
  // Half an answer may be on its way already: nothing can be put into its middle.
  const { _httpMessage: under } = socket as Socket & { _httpMessage?: ServerResponse };
  if (error.code === 'ECONNRESET' || !socket.writable || under?.headersSent) {
    socket.destroy();
    return;
  }
  const [status, code, message] = REASONS[error.code ?? ''] ?? NO_HTTP;
  const isOpenInference = /^[A-Z]+ \/v2[/? ]/.test(error.rawPacket?.toString('latin1', 0, 32) ?? '');
  const body = unparsedBody(code, message, isOpenInference);
  // Those who do not listen are cut off all the same.
  setTimeout(() => socket.destroy(), LINGER).unref();
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'content-type: application/json',
      `content-length: ${Buffer.byteLength(body)}`,
      'connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}

export function unparsedBody(code: string, message: string, isOpenInference = false): string {
  return JSON.stringify({
    error: isOpenInference ? message : { code, message, type: 'invalid_request_error' },
  });
}
