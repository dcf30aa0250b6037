/**
 * Postal addresses. A Chinese one goes from the large to the small (省 市 区 路 号 栋 室), an English one from the small to the
 * large. What makes an address is the number of a house on a road or in an estate; the places before or after it belong
 * to it.
 */
import type { Detector } from './kinds.ts';
import { matches } from './matches.ts';

const HAN = String.raw`\p{Script=Han}`;
const ROAD = '大道|路|街|巷|胡同|弄|小区|新村|花园|家园|公寓|大厦|广场|村|苑';
const HOUSE = String.raw`\d{1,5}(?:-\d{1,4})?\s?(?:号楼?|弄|栋|幢|座|单元)`;
const FLAT = String.raw`(?:[\s,，]?(?:[A-Za-z]|\d{1,5}(?:-\d{1,4})?)\s?(?:号楼?|号院|栋|幢|座|单元|楼|层|室|房))`;
/** A road's name may hold a number of Han or Arabic digits: 建国路, 长江1路. */
const CORE = new RegExp(
  String.raw`(?<name>[${HAN}\dA-Za-z]{1,12}?)(?:${ROAD})(?:[${HAN}]{0,3})\s?${HOUSE}(?:[${HAN}A-Za-z]{0,8}?${FLAT}){0,4}(?:\d{3,4}(?!\d))?`,
  'dgu',
);
/** Where one stands the address begins. */
const PROVINCE =
  /北京|上海|天津|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门/;
/** What ends before the address begins. */
const LEAD_IN =
  /^.*(?:改成|改为|改到|换成|换到|地址|住址|住在|家在|位于|送到|寄到|寄往|送至|寄至|在|到|是|于|往|至|[\s,，。！？；;:：])/u;
const PLACES = new RegExp(
  String.raw`(?:[${HAN}]{2,8}(?:省|自治区|特别行政区))?\s?(?:[${HAN}]{1,7}(?:市|自治州|地区|盟))?\s?(?:[${HAN}]{1,7}(?:区|县|旗))?\s?(?:[${HAN}]{1,8}(?:街道|镇|乡))?\s?$`,
  'u',
);
const LARGER = /[省市区县镇乡]/;

const SUFFIX =
  'Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Place|Pl|Terrace|Square|Sq|Highway|Hwy|Parkway|Pkwy|Way|Close|Crescent';
const STREET = new RegExp(
  String.raw`(?<![\w.])\d{1,5}[A-Za-z]?\s+(?:[NSEW]\.?\s+)?(?:(?:[A-Z][A-Za-z'’-]{1,20}|\d{1,3}(?:st|nd|rd|th))\.?\s+){1,4}(?:${SUFFIX})\b\.?(?:,?\s*(?:Apt|Apartment|Suite|Ste|Unit|Flat|Floor|#)\.?\s*[\w-]{1,6})?(?:,\s*(?![A-Z]{2}\s+\d)[A-Z][A-Za-z .'-]{1,30}){0,2}(?:,?\s+[A-Z]{2}\s+\d{5}(?:-\d{4})?|,?\s+[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2})?`,
  'g',
);
const BOX = /\bP\.?\s?O\.?\s+Box\s+\d{1,6}\b/gi;

export const addresses: Detector = {
  kind: 'address',
  *find(text) {
    if (!/\d/.test(text)) return;
    if (/[号弄栋幢座元]/.test(text)) yield* chinese(text);
    yield* matches(text, STREET, 0.85);
    yield* matches(text, BOX, 0.85);
  },
};

function* chinese(text: string) {
  for (const match of text.matchAll(CORE) as Iterable<RegExpExecArray>) {
    const end = match.index + match[0].length;
    const from = Math.max(0, match.index - 30);
    // The core's own name takes what is before it, as far as it reaches; the places may go on further left.
    const before = text.slice(from, match.indices!.groups!.name![1]);
    const places = PLACES.exec(text.slice(from, match.index))?.[0] ?? '';
    const reach = match.index - places.length;
    const lead = LEAD_IN.exec(before)?.[0].length ?? 0;
    const province = PROVINCE.exec(text.slice(from, end))?.index;
    const start = province === undefined ? Math.max(reach, from + lead) : from + province;
    if (start >= match.indices!.groups!.name![1]) continue;
    const address = text.slice(start, end);
    yield { start, end, confidence: LARGER.test(address) ? 0.92 : 0.65 };
  }
}
