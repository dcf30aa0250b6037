/** What a constraint needs of a model: a tokenizer, of bytes and some longer tokens. */
import { Tokenizer } from '@gradus/data';
import type { ConstrainedModel } from '../constrain/json-schema.ts';

const LONGER = [
  '{"',
  '": ',
  '", "',
  '"}',
  '}]',
  'true',
  'false',
  'name',
  '中文',
  '123',
  'é',
  ' \n',
  '\\u',
  '👍',
  '[[',
];

/**
 * Byte-level BPE; each byte is a token, id 0 ends a text.
 * @param special further tokens that stand for no text
 */
export function byteLevelModel(special: readonly string[] = []): ConstrainedModel {
  const code = (byte: number) => {
    const visible =
      (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte < 0xad) || (byte > 0xad && byte <= 0xff);
    return visible ? byte : 0x100 + HIDDEN.indexOf(byte);
  };
  const written = (bytes: Iterable<number>) =>
    [...bytes].map((byte) => String.fromCharCode(code(byte))).join('');
  const single = Array.from({ length: 256 }, (_, byte) => written([byte]));
  return model(
    [...single, ...LONGER.map((token) => written(Buffer.from(token)))],
    { type: 'ByteLevel' },
    special,
  );
}

const HIDDEN = Array.from({ length: 256 }, (_, byte) => byte).filter(
  (byte) => byte <= 0x20 || (byte >= 0x7f && byte <= 0xa0) || byte === 0xad,
);

/** SentencePiece that falls back to bytes; letters and longer pieces have tokens of their own. */
export function sentencePieceModel(): ConstrainedModel {
  const bytes = Array.from(
    { length: 256 },
    (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`,
  );
  const pieces = [...'{}[]",:0123456789abcdefghijklmnopqrstuvwxyz中▁', ...LONGER];
  const decoders = [
    { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
    { type: 'ByteFallback' },
    { type: 'Fuse' },
  ];
  return model([...bytes, ...pieces.map((piece) => piece.replaceAll(' ', '▁'))], {
    type: 'Sequence',
    decoders,
  });
}

function model(
  tokens: readonly string[],
  decoder: object,
  special: readonly string[] = [],
): ConstrainedModel {
  const vocab = Object.fromEntries(['</s>', ...tokens].map((token, id) => [token, id]));
  const tokenizer = new Tokenizer({
    added_tokens: ['</s>', ...special].map((content, i) => ({
      id: i === 0 ? 0 : tokens.length + i,
      content,
      special: true,
      normalized: false,
    })),
    decoder,
    model: { type: 'BPE', vocab, merges: [] },
  });
  return { tokenizer, end: [0] };
}
