/** A whole file as text. */
import { UserError } from '@gradus/base';
import { decodeStrictly } from './encodings.ts';
import { HEAD, sniff } from './sniff.ts';

/**
 * @param bytes Text in any encoding that tables are read in
 * @returns without its byte order mark; undefined where it is no text, or is not text of the one encoding all through
 */
export function decodeText(bytes: Uint8Array): string | undefined {
  try {
    const { encoding, skip } = sniff(bytes.subarray(0, HEAD), '');
    return decodeStrictly(bytes.subarray(skip), encoding);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
