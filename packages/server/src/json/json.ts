/**
 * JSON of others. Lists within lists within lists cost a parser far more than their bytes: ten megabytes of brackets hold
 * V8's up for half a minute. No request of ours is nested deeply, so what is nested deeper is not parsed at all.
 */
const DEEPEST = 64;

const decoder = new TextDecoder('utf-8', { fatal: true });

/** @throws Error saying why the bytes are no JSON that is taken */
export function parseJson(bytes: Uint8Array): unknown {
  if (isDeep(bytes)) throw new Error(`it is nested more than ${DEEPEST} deep`);
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    throw new Error('it is not in UTF-8');
  }
  return JSON.parse(text);
}

const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const OPENING = [0x5b, 0x7b]; // [ {
const CLOSING = [0x5d, 0x7d]; // ] }

function isDeep(bytes: Uint8Array): boolean {
  // Most bodies have so few brackets that they need no closer look, and these are found without looking at each byte here.
  if (OPENING.every((bracket) => !hasMoreThan(bytes, bracket, DEEPEST / 2))) return false;
  let depth = 0;
  let inText = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    if (byte === QUOTE) inText = !inText;
    else if (inText) i += byte === BACKSLASH ? 1 : 0;
    else if (byte === OPENING[0] || byte === OPENING[1]) {
      if (++depth > DEEPEST) return true;
    } else if (byte === CLOSING[0] || byte === CLOSING[1]) depth--;
  }
  return false;
}

function hasMoreThan(bytes: Uint8Array, byte: number, most: number): boolean {
  let at = -1;
  for (let count = 0; count <= most; count++) {
    at = bytes.indexOf(byte, at + 1);
    if (at < 0) return false;
  }
  return true;
}
