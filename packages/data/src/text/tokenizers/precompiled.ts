/**
 * The normalization that SentencePiece models carry (Kudo and Richardson, 2018): a double-array trie (Aoe, 1989) from
 * bytes to replacements, which end with a zero byte. The file holds the size of the trie in bytes, the trie, the
 * replacements. A match within a grapheme replaces all of it.
 */
import { UserError } from '@gradus/base';
import type { Aligned } from './aligned.ts';
import { Aligned as Text } from './aligned.ts';
import type { Normalizer } from './normalizer.ts';

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
/** Longer graphemes are looked up character by character. */
const LONGEST = 6;

export function precompiled(map: Uint8Array, place: string): Normalizer {
  const view = new DataView(map.buffer, map.byteOffset, map.byteLength);
  const size = map.length >= 4 ? view.getUint32(0, true) : -1;
  if (size < 4 || size % 4 !== 0 || size + 4 > map.length)
    throw new UserError({
      en: `${place}.precompiled_charsmap is damaged: its trie is not as long as it says.`,
      zh: `${place}.precompiled_charsmap 已损坏：其字典树长度与标明的不符。`,
    });
  const trie = Uint32Array.from({ length: size / 4 }, (_, i) => view.getUint32(4 + 4 * i, true));
  const replacements = map.subarray(4 + size);

  const replacementOf = (text: string): string | undefined => {
    const at = firstMatch(trie, encoder.encode(text));
    if (at === undefined) return undefined;
    const end = replacements.indexOf(0, at);
    return decoder.decode(replacements.subarray(at, end < 0 ? undefined : end));
  };

  return (source: Aligned) => {
    const builder = new Text.Builder(source);
    let changed = false;
    const put = (written: string | undefined, from: number, to: number) => {
      if (written === undefined || written === source.text.slice(from, to)) builder.keep(from, to);
      else {
        builder.put(written, from, to);
        changed = true;
      }
    };
    for (const { segment, index } of graphemes.segment(source.text)) {
      const whole = encoder.encode(segment).length < LONGEST ? replacementOf(segment) : undefined;
      if (whole !== undefined) put(whole, index, index + segment.length);
      else {
        let at = index;
        for (const character of segment) {
          put(replacementOf(character), at, at + character.length);
          at += character.length;
        }
      }
    }
    return changed ? builder.done() : source;
  };
}

/** The value of the shortest key that `bytes` begin with. Units of the trie: bit 8 says that a value hangs below. */
function firstMatch(trie: Uint32Array, bytes: Uint8Array): number | undefined {
  let at = offsetOf(trie[0]!);
  for (const byte of bytes) {
    if (byte === 0) return undefined;
    at ^= byte;
    const unit = trie[at];
    if (unit === undefined || (unit & 0x8000_00ff) >>> 0 !== byte) return undefined;
    at ^= offsetOf(unit);
    if ((unit >>> 8) & 1) {
      const value = trie[at];
      return value === undefined ? undefined : value & 0x7fff_ffff;
    }
  }
  return undefined;
}

const offsetOf = (unit: number): number => (unit >>> 10) << ((unit & 0x200) >>> 6);
