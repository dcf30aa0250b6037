/** What computers call people by: mail addresses (RFC 5322 and 6531, as far as anybody writes them) and IP addresses. */
import { isIPv4, isIPv6 } from 'node:net';
import type { Detector } from './kinds.ts';
import { matches } from './matches.ts';

const EMAIL = /(?<![\w.+-])[a-z\d_][\w.+'-]{0,63}@(?:[a-z\d](?:[a-z\d-]{0,62})\.){1,5}[a-z]{2,24}(?![\w-])/gi;
/** With letters beyond ASCII, of scripts that put spaces between words: jörg@müller.de, почта@пример.рф. */
const LETTER = String.raw`a-z\d_\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Arabic}\p{Script=Devanagari}\p{Script=Hangul}\p{M}`;
const UNICODE_EMAIL = new RegExp(
  `(?<![${LETTER}.+-])[${LETTER}][${LETTER}.+'-]{0,63}@(?:[${LETTER}](?:[${LETTER}-]{0,62})\\.){1,5}[${LETTER}]{2,24}(?![${LETTER}-])`,
  'giu',
);
/** Of a Chinese domain: 用户@例子.公司. What stands before the at sign is taken as far as it reaches. */
const CHINESE_EMAIL =
  /[\p{Script=Han}\w.+-]{1,20}@(?:[\p{Script=Han}\w-]{1,20}\.){1,3}(?:中国|中國|公司|网络|網絡|在线|手机|网址|商城|集团|香港|台湾|台灣|广告|我爱你|cn|com|net)/giu;

const IP4 = /(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w]|\.\d)/g;
const IP6 = /(?<![\w:.])[\da-f]{0,4}(?::[\da-f]{0,4}){2,7}(?![\w:])/gi;
/** This machine, nobody's, or a network mask: no person's. */
const NOBODYS = /^(?:0\.|127\.|255\.|224\.|22[5-9]\.|23\d\.|::1?$)/;
/** Numbers of versions and of sections are written alike. */
const VERSION =
  /(?:\bv|\bver\.?|versions?|releases?|build|firmware|\bfw|software|driver|patch|update[ds]?|upgrade[ds]?|downgrade[ds]?|\bsdk|\bbios|kernel|revision|\brev\.?|section|chapter|clause|版本号?|固件|驱动|软件|系统|补丁|更新|升级|降级|章节|第)(?:\s?(?:is|was|to|from|of|number|no\.?|到|至|为|是|了)){0,2}[\s:：#(（]{0,3}(?:v\.?)?$/i;
const VERSION_AFTER = /^\s?(?:版本?|固件|firmware|build|version|release)/i;
/** Four small numbers are a version more often than an address: a word has to say so. */
const SMALL = /^\d(?:\.\d){3}$/;
const ADDRESS =
  /\bip\b|ip.?(?:v4|addr)|address|\bhost|server|\bping|\bfrom\b|log(?:ged|s)?.?in|connect|gateway|\bdns\b|proxy|地址|登录|登陆|服务器|来自|网关/i;
/** How far before something such a word may stand. */
const NEAR = 32;

export const emails: Detector = {
  kind: 'email',
  *find(text) {
    if (!text.includes('@')) return;
    yield* matches(text, EMAIL, 0.99);
    // ASCII is all that most texts have, and the first pattern's.
    yield* matches(text, UNICODE_EMAIL, (match) => (/[^\0-\x7f]/.test(match) ? 0.993 : 0));
    yield* matches(text, CHINESE_EMAIL, (match) =>
      /\p{Script=Han}/u.test(match.slice(match.indexOf('@'))) ? 0.97 : 0,
    );
  },
};

export const ipAddresses: Detector = {
  kind: 'ip',
  *find(text) {
    yield* matches(text, IP4, (match, { index }) => {
      const before = text.slice(Math.max(0, index - NEAR), index);
      if (!isIPv4(match) || NOBODYS.test(match) || VERSION.test(before)) return 0;
      if (VERSION_AFTER.test(text.slice(index + match.length, index + match.length + 12))) return 0;
      return !SMALL.test(match) || ADDRESS.test(before) ? 0.85 : 0;
    });
    if (text.includes(':')) {
      yield* matches(text, IP6, (match) =>
        isIPv6(match) && !NOBODYS.test(match) && match.length > 6 ? 0.9 : 0,
      );
    }
  },
};
