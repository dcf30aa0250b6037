/**
 * The byte alphabet of GPT-2 (Radford et al., 2019): each of the 256 bytes written as one printable character, so that
 * a model of characters reads any bytes whatever and nothing is ever unknown. Visible Latin-1 characters stand for
 * themselves, the other bytes for the characters from U+0100 on: a space is Ġ.
 */

/** The code point that each byte is written as. */
export const BYTE_CODES: Readonly<Uint16Array> = byteCodes();
/** The byte of each code point below 0x144, or −1. */
export const BYTE_OF_CODE: Readonly<Int16Array> = new Int16Array(0x144).fill(-1);
for (const [byte, code] of BYTE_CODES.entries()) (BYTE_OF_CODE as Int16Array)[code] = byte;

function byteCodes(): Uint16Array {
  const codes = new Uint16Array(256);
  let next = 0x100;
  for (let byte = 0; byte < 256; byte++) {
    const visible =
      (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || (byte >= 0xae && byte <= 0xff);
    codes[byte] = visible ? byte : next++;
  }
  return codes;
}

/** The byte alphabet in the order of its characters, as trained vocabularies begin. */
export const BYTE_ALPHABET: readonly string[] = Array.from(BYTE_CODES)
  .sort((a, b) => a - b)
  .map((code) => String.fromCharCode(code));

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** A text in the byte alphabet; half of a surrogate pair becomes the replacement character U+FFFD. */
export function toByteLevel(text: string): string {
  const bytes = encoder.encode(text);
  let written = '';
  for (const byte of bytes) written += String.fromCharCode(BYTE_CODES[byte]!);
  return written;
}

/** The text that tokens in the byte alphabet stand for; tokens of other characters stand for themselves. */
export function fromByteLevel(tokens: readonly string[]): string {
  let size = 0;
  for (const token of tokens) size += 3 * token.length;
  const bytes = new Uint8Array(size);
  let length = 0;
  for (const token of tokens) {
    const before = length;
    for (let i = 0; i < token.length; i++) {
      const byte = BYTE_OF_CODE[token.charCodeAt(i)] ?? -1;
      if (byte < 0) {
        length = before + encoder.encodeInto(token, bytes.subarray(before)).written;
        break;
      }
      bytes[length++] = byte;
    }
  }
  return decoder.decode(bytes.subarray(0, length));
}
