/** A text as tokens: parallel arrays, one entry for each token. */
import { z } from 'zod';

export interface Encoding {
  readonly ids: Int32Array;
  /** Where each token stands in its text, [start, end) pair by pair, in UTF-16 units; 0, 0 for tokens put in. */
  readonly offsets: Int32Array;
  /** Which segment each token belongs to, as BERT counts them. */
  readonly typeIds: Uint8Array;
  /** 1 for tokens that were put in, such as [CLS]. */
  readonly specialMask: Uint8Array;
  /** 0 for padding. */
  readonly attentionMask: Uint8Array;
}

export function encodingOf(ids: Int32Array, offsets: Int32Array, typeId = 0, special = false): Encoding {
  return {
    ids,
    offsets,
    typeIds: new Uint8Array(ids.length).fill(typeId),
    specialMask: new Uint8Array(ids.length).fill(special ? 1 : 0),
    attentionMask: new Uint8Array(ids.length).fill(1),
  };
}

/** Tokens that stand for nothing in a text. */
export const inserted = (ids: readonly number[], typeId: number): Encoding =>
  encodingOf(Int32Array.from(ids), new Int32Array(2 * ids.length), typeId, true);

export const withType = (encoding: Encoding, typeId: number): Encoding => ({
  ...encoding,
  typeIds: new Uint8Array(encoding.ids.length).fill(typeId),
});

export function concatEncodings(parts: readonly Encoding[]): Encoding {
  if (parts.length === 1) return parts[0]!;
  const length = parts.reduce((sum, { ids }) => sum + ids.length, 0);
  const whole = encodingOf(new Int32Array(length), new Int32Array(2 * length));
  let at = 0;
  for (const part of parts) {
    whole.ids.set(part.ids, at);
    whole.offsets.set(part.offsets, 2 * at);
    whole.typeIds.set(part.typeIds, at);
    whole.specialMask.set(part.specialMask, at);
    whole.attentionMask.set(part.attentionMask, at);
    at += part.ids.length;
  }
  return whole;
}

const sliceEncoding = (encoding: Encoding, from: number, to: number): Encoding => ({
  ids: encoding.ids.slice(from, to),
  offsets: encoding.offsets.slice(2 * from, 2 * to),
  typeIds: encoding.typeIds.slice(from, to),
  specialMask: encoding.specialMask.slice(from, to),
  attentionMask: encoding.attentionMask.slice(from, to),
});

const SIDE = z.enum(['Left', 'Right']).default('Right');

/** Truncation as a tokenizer file writes it. Tokens cut off are gone: `stride`, for windows over them, is not used. */
export const TRUNCATION = z.object({
  max_length: z.number().int().min(0),
  strategy: z.enum(['LongestFirst', 'OnlyFirst', 'OnlySecond']).default('LongestFirst'),
  direction: SIDE,
});
export type Truncation = z.output<typeof TRUNCATION>;

export const PADDING_FORM = z.object({
  strategy: z
    .union([z.literal('BatchLongest'), z.object({ Fixed: z.number().int().min(0).max(10_000_000) })])
    .default('BatchLongest'),
  direction: SIDE,
  pad_to_multiple_of: z.number().int().min(1).max(1_000_000).nullish(),
  pad_id: z.number().int().min(0).default(0),
  pad_type_id: z.number().int().min(0).max(255).default(0),
  pad_token: z.string().default('[PAD]'),
});
export type Padding = z.output<typeof PADDING_FORM>;

/** Cuts a text, or a pair, to `room` tokens together. */
export function truncate(
  texts: readonly Encoding[],
  room: number,
  { strategy, direction }: Truncation,
): Encoding[] {
  const lengths = texts.map(({ ids }) => ids.length);
  const over = lengths.reduce((sum, length) => sum + length, 0) - room;
  if (over <= 0) return [...texts];
  if (strategy === 'LongestFirst' && lengths.length === 2) {
    // The shorter keeps what it has, up to half of the room; of two too long for it alone the second has the odd token.
    const [first, second] = lengths as [number, number];
    const least = Math.min(first, second);
    const kept = Math.min(least, Math.floor(room / 2));
    const shorterFirst = first <= second || least > room;
    lengths[0] = shorterFirst ? kept : room - kept;
    lengths[1] = shorterFirst ? room - kept : kept;
  } else {
    const cut = strategy === 'OnlySecond' && lengths.length === 2 ? 1 : 0;
    lengths[cut] = Math.max(0, lengths[cut]! - over);
  }
  return texts.map((encoding, i) => {
    const { length } = encoding.ids;
    const keep = Math.min(length, lengths[i]!);
    return direction === 'Right'
      ? sliceEncoding(encoding, 0, keep)
      : sliceEncoding(encoding, length - keep, length);
  });
}

/** The length to which `padding` brings encodings of which the longest is `longest`. */
export function paddedLength({ strategy, pad_to_multiple_of }: Padding, longest: number): number {
  const length = strategy === 'BatchLongest' ? longest : strategy.Fixed;
  return pad_to_multiple_of ? Math.ceil(length / pad_to_multiple_of) * pad_to_multiple_of : length;
}

export function pad(encoding: Encoding, length: number, padding: Padding): Encoding {
  const missing = length - encoding.ids.length;
  if (missing <= 0) return encoding;
  const filling: Encoding = {
    ...encodingOf(
      new Int32Array(missing).fill(padding.pad_id),
      new Int32Array(2 * missing),
      padding.pad_type_id,
      true,
    ),
    attentionMask: new Uint8Array(missing),
  };
  return concatEncodings(padding.direction === 'Right' ? [encoding, filling] : [filling, encoding]);
}
