/**
 * Who is named as a rival. Behind "switched to", "better than", 不如 any name is one; of makers, shops and services that nearly everybody knows it is
 * enough that the clause compares, in whatever order and in lower case too: "the ipod is cheaper", 人家美团还有个回复.
 */
import { chineseTaggedWords } from '@gradus/data';

/** Not `(?i:…)`: V8 (to 14) forgets such a modifier in expressions that it compiles when a process has compiled a megabyte of others. */
const BESIDE_EN =
  /\b(?:[Ss]witch(?:ed|ing)? to|[Mm]oved? to|[Gg]oing to|[Bb]etter than|[Ww]orse than|[Cc]heaper than|[Ff]aster than|[Cc]ompared (?:to|with)|[Uu]nlike|[Ii]nstead of|[Pp]refer|[Aa]s good as) (?:[Tt]he )?((?:[A-Z][\w&'’-]+)(?: [A-Z][\w&'’-]+)?)/gu;
const BESIDE_ZH = /(?:不如|比不上|没有|比|相比|换成|换|改用|改吃|去)$/u;
const LATIN_NAME = /^[a-z][a-z0-9&.-]{1,}$/u;
/** Towns are named to say where a rival is. */
const TOWNS = new Set(
  '北京 上海 广州 深圳 杭州 南京 成都 重庆 武汉 西安 天津 苏州 青岛 大连 厦门 长沙 香港 澳门 台湾 中国 日本 美国'.split(
    ' ',
  ),
);
const NO_NAMES = new Set(['i', 'the', 'this', 'that', 'it', 'my', 'ok', 'app', 'wifi', 'vip']);

/** Names that are words of other meanings as well (Zoom, Apple, 小米, 三星) are left out. */
const KNOWN_EN = `Amazon eBay Walmart Costco IKEA Etsy Shopify Alibaba AliExpress Temu Shein Uber Lyft Airbnb Expedia DoorDash Grubhub Instacart
Deliveroo Starbucks McDonald's KFC Dunkin Chipotle Domino's Netflix Spotify Hulu YouTube TikTok Facebook Instagram WhatsApp
Trello Asana Salesforce HubSpot Zendesk Dropbox Gmail iPod iPhone iPad MacBook Samsung Sony Panasonic Nikon Canon Olympus
Kodak Fujifilm GoPro Nokia Motorola BlackBerry Huawei Xiaomi OnePlus Philips Bose JBL Sonos Fitbit Garmin Kindle Roku Google Microsoft
Dell Lenovo ASUS Logitech Anker Dyson Roomba Keurig Nespresso Nike Adidas Zara Uniqlo Levi's Lululemon PayPal ChatGPT Archos iRiver`;
const KNOWN_ZH = `美团 饿了么 百度外卖 京东 淘宝 天猫 拼多多 苏宁 唯品会 抖音 小红书 滴滴 携程 去哪儿 飞猪 如家 汉庭 亚朵 星巴克 瑞幸 肯德基 麦当劳 必胜客 汉堡王 德克士 真功夫 吉野家
海底捞 喜茶 奈雪 蜜雪冰城 盒马 顺丰 圆通 中通 申通 韵达 微信 支付宝 钉钉 飞书 腾讯 网易 爱奇艺 优酷 华为 索尼 佳能 尼康 诺基亚 戴尔 惠普 格力 海尔 戴森 耐克 阿迪达斯 优衣库 当当 亚马逊`;
const words = (list: string): string[] => list.trim().split(/\s+/);
const KNOWN = {
  en: new RegExp(`(?<![\\w'’])(?:${words(KNOWN_EN).join('|')})(?![\\w])`, 'giu'),
  zh: new RegExp(words(KNOWN_ZH).join('|'), 'gu'),
} as const;
/** As their owners write them. */
const WRITTEN = new Map(words(KNOWN_EN).map((name) => [name.toLowerCase(), name]));
/** Of a clause: it holds one thing against another. */
const COMPARES = {
  en: /\b(?:than|unlike|compar\w+|instead|rather|switch\w*|prefer\w*|back to|as (?:good|well|bad|easy|friendly|fast) as|not as|twice|equal|superior|inferior|alternative|nothing like|or (?:this|the|a))\b/iu,
  zh: /比(?![较如例])|不如|换|改用|改吃|改点|人家|学学|还是去|直接去|不像/u,
} as const;

/** The names of rivals in a clause, as they stand there. */
export function rivalsIn(text: string, language: 'en' | 'zh'): string[] {
  const known = COMPARES[language].test(text) ? (text.match(KNOWN[language]) ?? []) : [];
  const beside = language === 'zh' ? chineseNames(text) : englishNames(text);
  return [...new Set([...known, ...beside].map((name) => WRITTEN.get(name.toLowerCase()) ?? name))];
}

const englishNames = (text: string): string[] =>
  Array.from(text.matchAll(BESIDE_EN), ([, name]) => name!).filter(
    (name) => !NO_NAMES.has(name.toLowerCase()),
  );

function chineseNames(text: string): string[] {
  if (!/不如|比|换|改用|改吃/u.test(text)) return [];
  return chineseTaggedWords(text).flatMap(({ word, tag, at }) => {
    const isName =
      tag === 'name' ? word.length > 1 && !TOWNS.has(word) : LATIN_NAME.test(word) && !NO_NAMES.has(word);
    return isName && BESIDE_ZH.test(text.slice(0, at)) ? [word] : [];
  });
}
