/**
 * What computers call people by: mail addresses (RFC 5322, as far as anybody writes them), IP addresses, and links or
 * tokens that let whoever has them in.
 */
import { isIPv4, isIPv6 } from 'node:net';
import type { Detector } from './kinds.ts';
import { matches, precededBy } from './matches.ts';

const EMAIL = /(?<![\w.+-])[a-z\d][\w.+-]{0,63}@(?:[a-z\d](?:[a-z\d-]{0,62})\.){1,5}[a-z]{2,24}(?![\w-])/gi;
const IP4 = /(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w]|\.\d)/g;
const IP6 = /(?<![\w:.])[\da-f]{0,4}(?::[\da-f]{0,4}){2,7}(?![\w:])/gi;
/** This machine, nobody's, or a network mask: no person's. */
const NOBODYS = /^(?:0\.|127\.|255\.|224\.|22[5-9]\.|23\d\.|::1?$)/;
const VERSION = /(?:\bv|version|release|build|版本)[\s:：]*$/i;
const LINK = /\bhttps?:\/\/[^\s<>"'，。！？）]{4,2000}/gi;
const LETS_IN =
  /[?&#;](?:access_?token|token|auth|api_?key|key|secret|sig(?:nature)?|password|pwd|session(?:_?id)?|sid|ticket|code|jwt)=[^&#\s]{8,}/i;
const SIGNED_IN = /^https?:\/\/[^/\s:@]+:[^/\s@]+@/i;
const JWT = /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}/g;
const BEARER = /\bbearer\s+(?<it>[\w.~+/-]{20,}=*)/dgi;

export const emails: Detector = {
  kind: 'email',
  *find(text) {
    if (text.includes('@')) yield* matches(text, EMAIL, 0.99);
  },
};

export const ipAddresses: Detector = {
  kind: 'ip',
  *find(text) {
    yield* matches(text, IP4, (match, { index }) =>
      isIPv4(match) && !NOBODYS.test(match) && !VERSION.test(text.slice(Math.max(0, index - 12), index))
        ? 0.85
        : 0,
    );
    if (text.includes(':')) {
      yield* matches(text, IP6, (match) =>
        isIPv6(match) && !NOBODYS.test(match) && match.length > 6 ? 0.9 : 0,
      );
    }
  },
};

export const secrets: Detector = {
  kind: 'secret',
  *find(text) {
    yield* matches(text, LINK, (match) => (LETS_IN.test(match) || SIGNED_IN.test(match) ? 0.995 : 0));
    yield* matches(text, JWT, 0.99);
    yield* matches(text, BEARER, (_, { index }) =>
      precededBy(text, index + 1, /authori[sz]ation/i) ? 0.95 : 0.7,
    );
  },
};
