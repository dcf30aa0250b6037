/**
 * What a token by itself stands for, in bytes: a token may be a part of a character. Only where a text is the sum of its tokens, as in
 * byte-level BPE and in SentencePiece; where a space depends on the token before (WordPiece), a token has no bytes of its own.
 */
import { BYTE_OF_CODE } from './byte-level.ts';

interface Json {
  readonly type?: string;
  readonly decoders?: readonly Json[];
  readonly pattern?: { readonly String?: string; readonly Regex?: string };
  readonly content?: string;
  readonly replacement?: string;
}

type TokenBytes = (token: string) => Uint8Array;

const encoder = new TextEncoder();
const asText: TokenBytes = (token) => encoder.encode(token);

/** By the decoder of a tokenizer.json; undefined where tokens depend on their neighbours. */
export function tokenBytes(decoder: unknown): TokenBytes | undefined {
  if (decoder == null) return undefined;
  const { type, decoders } = decoder as Json;
  const steps = type === 'Sequence' ? (decoders ?? []) : [decoder as Json];
  if (steps.some(({ type }) => type === 'ByteLevel')) return steps.length === 1 ? byteLevel : undefined;
  const replaced: ((token: string) => string)[] = [];
  let fallsBack = false;
  for (const { type, pattern, content = '', replacement = '▁' } of steps) {
    if (type === 'ByteFallback') fallsBack = true;
    else if (type === 'Metaspace') replaced.push((token) => token.replaceAll(replacement, ' '));
    else if (type === 'Replace' && pattern?.String !== undefined) {
      const { String: written } = pattern;
      replaced.push((token) => token.replaceAll(written, content));
    }
    // What is stripped stands at the edges of a whole text.
    else if (type !== 'Fuse' && type !== 'Strip') return undefined;
  }
  return (token) => {
    const byte = fallsBack ? /^<0x([\da-fA-F]{2})>$/.exec(token)?.[1] : undefined;
    if (byte) return Uint8Array.of(Number.parseInt(byte, 16));
    return asText(replaced.reduce((text, replace) => replace(text), token));
  };
}

const byteLevel: TokenBytes = (token) => {
  const bytes = Array.from(token, (letter) => BYTE_OF_CODE[letter.codePointAt(0)!] ?? -1);
  return bytes.includes(-1) ? asText(token) : Uint8Array.from(bytes);
};
