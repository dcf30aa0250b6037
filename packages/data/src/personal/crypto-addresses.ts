/**
 * Addresses of Bitcoin and Tron (Base58Check: the last four bytes are a hash of the others), of Bitcoin in Bech32 (BIP 173, 350: a
 * polynomial checksum), and of Ethereum: `0x` and 40 hexadecimal digits, which nothing else is written as.
 */
import { createHash } from 'node:crypto';

const BASE58 = /(?<![\w])[13T][1-9A-HJ-NP-Za-km-z]{25,34}(?![\w])/g;
const BECH32 = /(?<![\w])(?:bc1|BC1)[02-9ac-hj-np-zAC-HJ-NP-Z]{11,71}(?![\w])/g;
const ETHEREUM = /(?<![\w])0x[\da-fA-F]{40}(?![\w])/g;

const ALPHABET58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const ALPHABET32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

function isBase58Check(text: string): boolean {
  let value = 0n;
  for (const character of text) value = value * 58n + BigInt(ALPHABET58.indexOf(character));
  const hex = value.toString(16).padStart(50, '0');
  if (hex.length !== 50) return false;
  const bytes = Buffer.from(hex, 'hex');
  return sha256(sha256(bytes.subarray(0, 21)))
    .subarray(0, 4)
    .equals(bytes.subarray(21));
}

function isBech32(text: string): boolean {
  const plain = text.toLowerCase();
  if (plain !== text && plain.toUpperCase() !== text) return false;
  // "bc", expanded as BIP 173 has it.
  const values = [3, 3, 0, 2, 3, ...[...plain.slice(3)].map((character) => ALPHABET32.indexOf(character))];
  let check = 1;
  for (const value of values) {
    const top = check >>> 25;
    check = ((check & 0x1ffffff) << 5) ^ value;
    for (const [i, term] of GENERATOR.entries()) if ((top >>> i) & 1) check ^= term;
  }
  return check === 1 || check === 0x2bc830a3;
}

export function* findCryptoAddresses(text: string): Generator<{ start: number; end: number }> {
  const kinds: readonly (readonly [RegExp, (match: string) => boolean])[] = [
    [BASE58, isBase58Check],
    [BECH32, isBech32],
    [ETHEREUM, () => true],
  ];
  for (const [pattern, isOne] of kinds) {
    for (const { 0: match, index: start } of text.matchAll(pattern))
      if (isOne(match)) yield { start, end: start + match.length };
  }
}
