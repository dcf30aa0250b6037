/**
 * What lets whoever has it in: keys in the forms that their issuers give them (as scanners of source code look for them:
 * GitHub's secret scanning patterns), private keys, addresses with a password in them, and what stands behind "password".
 */
import type { Detector } from './kinds.ts';
import { matches, precededBy } from './matches.ts';

const LINK = /\bhttps?:\/\/[^\s<>"'，。！？）]{4,2000}/gi;
const LETS_IN =
  /[?&#;](?:access_?token|token|auth|api_?key|key|secret|sig(?:nature)?|password|pwd|session(?:_?id)?|sid|ticket|code|jwt)=[^&#\s]{8,}/i;
const SIGNED_IN = /^https?:\/\/[^/\s:@]+:[^/\s@]+@/i;
/** An address of Slack or Discord that takes messages from anybody. */
const HOOK =
  /^https?:\/\/(?:hooks\.slack\.com\/(?:services|workflows)|(?:\w+\.)?discord(?:app)?\.com\/api\/webhooks|(?:oapi\.dingtalk|qyapi\.weixin\.qq|open\.feishu)\.c(?:om|n)\/\S*(?:hook|send))\//i;
/** Of databases, brokers and file servers: scheme://user:password@host. */
const CONNECTION =
  /\b[a-z][a-z\d+.-]{1,20}:\/\/[^\s:@/"'<>]{0,100}:(?<password>[^\s@/"'<>]{1,200})@[^\s"'<>，。；）]{1,500}/gi;
/** What manuals write in the place of one. */
const PLACEHOLDER = /^(?:pass(?:word|wd)?|pwd|secret|your\w*|x+|\*+|[${%[<].*)$/i;
const JWT = /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}/g;
const BEARER = /\b(?:bearer|basic)\s+(?<it>[\w.~+/-]{20,}=*)/dgi;
const PRIVATE_KEY =
  /-----BEGIN (?:[A-Z\d]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----(?:[\s\S]{1,8000}?-----END (?:[A-Z\d]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----|[A-Za-z\d+/=\s]{0,8000})/g;

/** Issuers' own forms. */
const ISSUED = new RegExp(
  [
    // OpenAI, Anthropic, DeepSeek and others; Stripe.
    String.raw`sk-(?:[a-z]{2,10}\d{0,2}-)?[\w-]{20,200}`,
    String.raw`[spr]k_(?:live|test)_[A-Za-z\d]{16,200}`,
    String.raw`whsec_[A-Za-z\d+/]{24,100}`,
    // AWS, Google, Alibaba Cloud, Tencent Cloud, DigitalOcean.
    String.raw`(?:AKIA|ASIA|ABIA|ACCA)[A-Z\d]{16}`,
    String.raw`AIza[\w-]{35}`,
    String.raw`ya29\.[\w-]{20,500}`,
    String.raw`LTAI[A-Za-z\d]{12,26}`,
    String.raw`AKID[A-Za-z\d]{28,36}`,
    String.raw`do[opr]_v1_[\da-f]{64}`,
    // GitHub, GitLab, npm, PyPI, Hugging Face.
    String.raw`gh[pousr]_[A-Za-z\d]{36,251}`,
    String.raw`github_pat_\w{22,255}`,
    String.raw`gl(?:pat|dt|rt)-[\w-]{20,100}`,
    String.raw`npm_[A-Za-z\d]{36}`,
    String.raw`pypi-[\w-]{50,300}`,
    String.raw`hf_[A-Za-z\d]{30,60}`,
    // Slack, SendGrid, Telegram; our own.
    String.raw`xox[a-z]-[\w-]{10,300}`,
    String.raw`xapp-\d-[\w-]{10,300}`,
    String.raw`SG\.[\w-]{16,32}\.[\w-]{16,64}`,
    String.raw`\d{8,10}:AA[\w-]{33}`,
    String.raw`gradus_[A-Za-z\d]{20,100}`,
  ]
    .map((form) => `(?:${form})`)
    .join('|')
    .replace(/^/, '(?<![A-Za-z\\d_-])(?:')
    .concat(')(?![A-Za-z\\d])'),
  'g',
);

const WORD = String.raw`pass(?:word|wd|code|phrase)|pwd|passwort|contrase[nñ]a|mot de passe|密\s?码|口令`;
/** Behind a colon or an equals sign, a "is" or 是; the value is of visible ASCII. */
const PASSWORD = new RegExp(
  String.raw`(?:${WORD})(?:\s?(?:\d|for [\w ]{1,20}))?["']?\s{0,2}(?<link>[:=：]|\bis\b[:：]?|\bwas\b|是|为|改成了?|设为)\s{0,2}["'“]?(?<it>[!-~]{4,64})`,
  'dgi',
);
const KEY =
  /(?:api[ _-]?key|(?:secret|access|account|private|encryption)[ _-]?key|(?:client|app)[ _-]?secret|(?:auth|access|refresh)[ _-]?token|密钥|秘钥|令牌)["']?\s{0,2}(?:[:=：]|\bis\b|是|为)\s{0,2}["'“]?(?<it>[\w+/.~-]{12,500}=*)/dgi;
const CODE =
  /(?:验证码|校验码|动态码|one[- ]time (?:code|password)|\bOTP\b|\bPIN\b)(?:\s?(?:is|code|是|为)){0,2}\s{0,2}[:：]?\s{0,2}(?<it>\d{4,8})(?!\d)/dgi;

/** What stands behind "password:" in forms and manuals. */
const NO_PASSWORD =
  /^(?:required|optional|incorrect|wrong|invalid|expired|forgotten|missing|empty|none|null|undefined|true|false|string|text|reset|changed?|protected|hidden|unknown|correct|secret|password|your|must|should|please|click|enter|not|the|too|same|and|see)\b/i;

/** A password's end is where the sentence's begins. */
const trimmed = (value: string): string => value.replace(/(?:["'”)\],;。，]|[.?](?=$))+$/, '');

function isPassword(value: string, link: string): boolean {
  // Tags of ours, and places for a password: <password>, ${PASSWORD}, ****.
  if (/^[[<{$%*•]|^(.)\1+$|^\w+\(/.test(value) || NO_PASSWORD.test(value) || value.length < 4) return false;
  if (/\d|[a-z][A-Z]|[!@#$%^&*+~]/.test(value)) return true;
  return /[:=：]/.test(link) && /^[A-Za-z]{6,}$/.test(value);
}

export const secrets: Detector = {
  kind: 'secret',
  *find(text) {
    yield* matches(text, LINK, (match) =>
      LETS_IN.test(match) || SIGNED_IN.test(match) || HOOK.test(match) ? 0.995 : 0,
    );
    yield* matches(text, CONNECTION, (_, { groups }) => (PLACEHOLDER.test(groups!.password!) ? 0 : 0.996));
    yield* matches(text, PRIVATE_KEY, 0.999);
    yield* matches(text, JWT, 0.99);
    yield* matches(text, BEARER, (value, { index }) => {
      if (precededBy(text, index + 1, /authori[sz]ation/i)) return 0.95;
      return /\d/.test(value) ? 0.7 : 0;
    });
    yield* matches(text, ISSUED, (match) => (/\d|_/.test(match.slice(4)) ? 0.99 : 0));
    yield* matches(text, KEY, (match) => (/\d/.test(match) && /[A-Za-z]/.test(match) ? 0.93 : 0));
    yield* matches(text, CODE, 0.8);
    for (const match of text.matchAll(PASSWORD) as Iterable<RegExpExecArray>) {
      const { it, link } = match.groups!;
      const value = trimmed(it!);
      if (!isPassword(value, link!)) continue;
      const start = match.indices!.groups!.it![0];
      yield { start, end: start + value.length, confidence: 0.9 };
    }
  },
};
