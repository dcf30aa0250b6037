/**
 * The server's log: what went wrong, one line of JSON an error on stderr. What others sent may stand in messages, so nothing
 * in them can begin a line of its own or move a terminal's cursor (OWASP, Log Injection).
 */
export function logError(what: string, error: unknown): void {
  const { message, stack } = error instanceof Error ? error : { message: String(error), stack: undefined };
  const line = JSON.stringify({
    at: new Date().toISOString(),
    what: shortened(what),
    error: shortened(message),
    // Where in our code: the stack repeats the message in its first lines.
    ...(stack && {
      stack: stack
        .split('\n')
        .filter((text) => /^\s+at /.test(text))
        .map((text) => text.trim()),
    }),
  });
  write(line);
}

/** What happened that is no error. */
export const logLine = (what: string): void =>
  write(JSON.stringify({ at: new Date().toISOString(), what: shortened(what) }));

function write(line: string): void {
  console.error(
    line.replace(HIDDEN, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`),
  );
}

/** Control characters that JSON leaves as they are, and those that turn the direction of writing. */
const HIDDEN = /[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

const shortened = (text: string): string => (text.length > 1000 ? `${text.slice(0, 1000)}…` : text);
