/**
 * Pseudonyms: the same person gets the same one everywhere, and nobody without the key gets back from it to the person
 * (HMAC-SHA-256, RFC 2104; GDPR Art. 4(5)). Whoever has the key can: it is to be kept apart from the data, and throwing
 * it away makes the data anonymous as far as these values go.
 */
import { createHmac } from 'node:crypto';
import { UserError } from '@gradus/base';
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { halfWidth } from '../table/half-width.ts';
import { isIban } from './iban.ts';
import type { PersonalKind } from './kinds.ts';
import type { Replace } from './redact.ts';

/** The environment variable that holds the key: no file of data or of a model does. */
export const PSEUDONYM_KEY = 'GRADUS_PSEUDONYM_KEY';

/** Short keys can be tried one by one. */
const SHORTEST_KEY = 16;
/** 64 bits: among a million people the chance that any two share one is 3 in 10^8. */
const DIGITS = 16;

/**
 * @returns `PHONE_7f3a09c2b1d4e586` for a phone number, and so on: made of the kind and of what the value says, not of
 *   how it is written (`138 1234 5678` and `+86 13812345678` are one number).
 * @throws UserError for a key of fewer than 16 characters
 *
 * @example
 * redact(text, { replace: pseudonyms(process.env.PSEUDONYM_KEY) });
 */
export function pseudonyms(key: string): Replace {
  if (key.length < SHORTEST_KEY) {
    throw new UserError({
      en: `The key for pseudonyms has ${key.length} characters; expected at least ${SHORTEST_KEY}, by chance: the output of "openssl rand -hex 32" is a good one.`,
      zh: `假名密钥有 ${key.length} 个字符；至少应为 ${SHORTEST_KEY} 个，且须随机生成，例如使用 "openssl rand -hex 32" 的输出。`,
    });
  }
  return (kind, value) => {
    const digest = createHmac('sha256', key)
      .update(`${kind}\0${canonical(kind, value)}`)
      .digest('hex');
    return `${kind.replace(' ', '_').toUpperCase()}_${digest.slice(0, DIGITS)}`;
  };
}

const compact = (text: string): string => text.replace(/[\s\p{P}]/gu, '');

/** What is the same about all ways to write a value. */
const CANONICAL: Readonly<Partial<Record<PersonalKind, (text: string) => string>>> = {
  phone: (text) => parsePhoneNumberFromString(text, 'CN')?.number ?? compact(text),
  id: compact,
  passport: compact,
  card: compact,
  plate: compact,
  'birth date': compact,
  address: compact,
  account: (text) => (isIban(compact(text)) ? compact(text) : text),
};

function canonical(kind: PersonalKind, value: string): string {
  const plain = halfWidth(value).normalize('NFKC').trim().toLowerCase();
  return (CANONICAL[kind]?.(plain) ?? plain.replace(/\s+/g, ' ')).toLowerCase();
}
