/** Decoders: from tokens back to text. Each is a function from a list of pieces to another; the end is their sum. */
import { z } from 'zod';
import { Aligned } from './aligned.ts';
import type { Budget } from './budget.ts';
import { fromByteLevel } from './byte-level.ts';
import { buildAll, type Components, component } from './component.ts';
import { matcher, PATTERN, replaceAll } from './matcher.ts';

export type Decoder = (tokens: readonly string[], budget: Budget) => readonly string[];

export const DECODERS: Components<Decoder> = {
  ByteLevel: component({}, () => (tokens) => [fromByteLevel(tokens)]),
  WordPiece: component(
    { prefix: z.string().default('##'), cleanup: z.boolean().default(true) },
    ({ prefix, cleanup }) =>
      (tokens) =>
        tokens.map((token, i) => {
          const joined =
            i === 0 ? token : token.startsWith(prefix) ? token.slice(prefix.length) : ` ${token}`;
          return cleanup ? cleaned(joined) : joined;
        }),
  ),
  Metaspace: component(
    {
      replacement: z.string().min(1).max(2).default('▁'),
      prepend_scheme: z.enum(['always', 'first', 'never']).optional(),
      add_prefix_space: z.boolean().default(true),
    },
    ({ replacement, prepend_scheme, add_prefix_space }) => {
      const prepends = prepend_scheme ? prepend_scheme !== 'never' : add_prefix_space;
      return (tokens) =>
        tokens.map((token, i) =>
          (i === 0 && prepends && token.startsWith(replacement)
            ? token.slice(replacement.length)
            : token
          ).replaceAll(replacement, ' '),
        );
    },
  ),
  BPEDecoder: component(
    { suffix: z.string().default('</w>') },
    ({ suffix }) =>
      (tokens) =>
        tokens.map((token, i) =>
          suffix ? token.replaceAll(suffix, i === tokens.length - 1 ? '' : ' ') : token,
        ),
  ),
  Fuse: component({}, () => (tokens) => [tokens.join('')]),
  ByteFallback: component({}, () => bytesFallenBack),
  Replace: component({ pattern: PATTERN, content: z.string() }, ({ pattern, content }) => {
    const matches = matcher(pattern);
    return (tokens, budget) =>
      tokens.map((token) => replaceAll(Aligned.of(token, 0, budget), matches, content).text);
  }),
  Strip: component(
    {
      content: z.string().min(1).max(2),
      start: z.number().int().min(0).default(0),
      stop: z.number().int().min(0).default(0),
    },
    ({ content, start, stop }) =>
      (tokens) =>
        tokens.map((token) => {
          let [from, to] = [0, token.length];
          for (let i = 0; i < start && token.startsWith(content, from); i++) from += content.length;
          for (let i = 0; i < stop && to > from && token.endsWith(content, to); i++) to -= content.length;
          return token.slice(from, to);
        }),
  ),
  Sequence: component({ decoders: z.array(z.unknown()).max(100) }, ({ decoders }, place) => {
    const all = buildAll(DECODERS, decoders, `${place}.decoders`);
    return (tokens, budget) => all.reduce((done, decode) => decode(done, budget), tokens);
  }),
};

/** Spaces that English is not written with. */
const CLEANED: readonly (readonly [string, string])[] = [
  [' .', '.'],
  [' ?', '?'],
  [' !', '!'],
  [' ,', ','],
  [" ' ", "'"],
  [" n't", "n't"],
  [" 'm", "'m"],
  [' do not', " don't"],
  [" 's", "'s"],
  [" 've", "'ve"],
  [" 're", "'re"],
];

const cleaned = (token: string): string =>
  CLEANED.reduce((done, [written, meant]) => done.replaceAll(written, meant), token);

/** <0xE4><0xB8><0xAD> is 中; each byte of what is no text is a replacement character. */
const bytesFallenBack: Decoder = (tokens) => {
  const done: string[] = [];
  let bytes: number[] = [];
  const flush = () => {
    if (bytes.length === 0) return;
    try {
      done.push(strict.decode(Uint8Array.from(bytes)));
    } catch {
      for (const _ of bytes) done.push('\ufffd');
    }
    bytes = [];
  };
  for (const token of tokens) {
    const byte = /^<0x([\da-fA-F]{2})>$/.exec(token)?.[1];
    if (byte) bytes.push(Number.parseInt(byte, 16));
    else {
      flush();
      done.push(token);
    }
  }
  flush();
  return done;
};

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
