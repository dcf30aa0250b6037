// Rows of a table as inputs of model.onnx, for whoever runs it without Gradus: any Node from 18 on, and columns.json and
// texts.json beside this file. It is what Gradus itself reads cells with, put into one file. In another language, do the same:
//
//     tensorsOf(lines)      lines of JSON, a row each: {"COLUMN": VALUE, …}
//     tensorsOfRows(rows)   rows as objects; values may also be the texts of a CSV file's cells
//
// Both give inputs in the JSON form of the Open Inference Protocol; null is a number that is missing (NaN).
// Made by scripts/preprocess.ts out of Gradus' sources; change those.


// packages/tasks/src/table/hand-over/preprocess.ts
import { readFileSync } from "node:fs";

// packages/base/src/records.ts
var mergedRecords = (records) => Object.fromEntries(Array.from(records, (record) => Object.entries(record)).flat());

// packages/data/src/text/words.ts
var chinese = new Intl.Segmenter("zh", { granularity: "word" });
var UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
var LATIN_WORDS = new RegExp("[\\p{L}\\p{M}]+(?:['’][\\p{L}\\p{M}]+)*|\\p{N}+(?:[.,:]\\p{N}+)*|\\p{Extended_Pictographic}", "gu");
var CHARACTER_TOKENS = new RegExp("\\p{Script=Han}|[\\p{L}\\p{M}\\p{N}]+(?:['’][\\p{L}\\p{M}]+)*|[^\\s\\p{C}]", "gu");
var EMOJI = new RegExp("\\p{Extended_Pictographic}", "u");
function words(text) {
  const lower = text.toLowerCase().replaceAll("’", "'");
  return Array.from(findWords(lower), ({ word }) => word);
}
function* findWords(lower) {
  if (!UNSPACED.test(lower)) {
    for (const { 0: word, index } of lower.matchAll(LATIN_WORDS)) yield { word, at: index };
    return;
  }
  for (const { segment, index, isWordLike } of chinese.segment(lower)) {
    if (isWordLike || EMOJI.test(segment)) yield { word: segment, at: index };
  }
}
function characterTokens(text) {
  return Array.from(findCharacterTokens(text.toLowerCase()), ({ word }) => word);
}
function* findCharacterTokens(lower) {
  for (const { 0: word, index } of lower.matchAll(CHARACTER_TOKENS)) yield { word, at: index };
}

// packages/data/src/table/half-width.ts
function halfWidth(text) {
  return text.replace(/[\uFF01-\uFF5E\uFFE5\u3000]/g, (character) => {
    if (character === "￥") return "¥";
    return character === "　" ? " " : String.fromCharCode(character.charCodeAt(0) - 65248);
  });
}

// packages/data/src/table/times.ts
var HALVES = {
  凌晨: "am",
  清晨: "am",
  早上: "am",
  上午: "am",
  午前: "am",
  오전: "am",
  中午: "pm",
  下午: "pm",
  午後: "pm",
  傍晚: "pm",
  晚上: "pm",
  오후: "pm"
};
var HALF = Object.keys(HALVES).join("|");
var ZONE = String.raw`Z|(?:UTC|GMT)?[+-]\d{2}(?::?\d{2})?(?: UTC)?|UTC|GMT`;
var CLOCK = String.raw`(?:(?:T|,?\s+(?:at\s+)?|(?<=日)|,?\s*(?=${HALF}))(${HALF})?\s*(\d{1,2})(?:([:时時点])(?:(\d{1,2})(?:[:分](\d{1,2})(?:[.,]\d+)?)?)?[分秒]?)?\s*([ap]\.?m\.?)?\s*(${ZONE})?)?`;
var YEAR_FIRST = new RegExp(String.raw`^(\d{4})[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?)?月?${CLOCK}$`, "i");
var YEAR_LAST = new RegExp(String.raw`^(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})${CLOCK}$`, "i");
var MONTHS = monthsOf(["en", "de", "fr", "es", "it", "pt", "nl"]);
var NAME = String.raw`(\p{L}{3,10})\.?`;
var WEEKDAY = String.raw`(?:\p{L}{2,10}\.?,?\s+)?`;
var DAY = String.raw`(\d{1,2})(?:st|nd|rd|th|\.)?`;
var NAMED = [
  // 5 March 2024, 05-Mar-24
  [
    named(String.raw`${WEEKDAY}${DAY}[-\s/]+(?:of\s+|de\s+)?${NAME}[-\s/,]+(?:de\s+)?(\d{4}|\d{2})`, true),
    3,
    2,
    1
  ],
  // March 5, 2024
  [named(String.raw`${WEEKDAY}${NAME}[-\s]+${DAY},?[-\s]+(\d{4})`, true), 3, 1, 2],
  // 2024-Mar-05, 2024 Mar
  [named(String.raw`(\d{4})[-\s/]${NAME}(?:[-\s/](\d{1,2}))?`, true), 1, 2, 3],
  // Mar-24 is Excel's mmm-yy; March 24 would be a day.
  [named(String.raw`${NAME}(?:[-/'’]\s*|\s+(?=\d{4}))(\d{4}|\d{2})`, false), 2, 1, void 0]
];
var WRITTEN_OUT = /^(?:[a-z]{3,9},?\s+)?(?:[a-z]{3,9}\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4}|\d{1,2}(?:st|nd|rd|th)?\s+[a-z]{3,9}\.?,?\s+\d{4})(?:\s.*)?$/i;
var LONGEST = 80;
var COMPACT = /^(19|20)(\d{2})(0[1-9]|1[0-2])([0-2]\d|3[01])$/;
var EARLIEST = Date.UTC(1970, 0, 1);
var LATEST = Date.UTC(2101, 0, 1);
function parseTimes(cells, numbersAreTimes = false, earliest = EARLIEST, known) {
  const trimmed = cells.map(plainOf);
  const { order, seen, assumed } = known ? { order: known, seen: true, assumed: false } : orderOf(trimmed);
  const times = trimmed.map((cell) => {
    const time = parseTime(cell, order, numbersAreTimes);
    return time !== void 0 && time >= earliest && time < LATEST ? time : void 0;
  });
  return { times, ...seen && { order }, ...assumed && { assumed: order } };
}
function plainOf(cell) {
  if (cell.length > LONGEST) return "";
  const text = halfWidth(cell).trim().replace(/(\d) \([\p{L} ]+\)$/u, "$1");
  if (!/[年月日时時分秒]/.test(text)) return text;
  return text.replace(/\s*[(（]?(?:星期|周|週)[一二三四五六日天][)）]?/, "").replace(/\s*([年月日时時分秒])\s*/g, "$1");
}
function monthsOf(languages) {
  const names = /* @__PURE__ */ new Map([["sept", 9]]);
  for (const language of languages)
    for (const month of ["long", "short"]) {
      const format = new Intl.DateTimeFormat(language, { month, day: "numeric", timeZone: "UTC" });
      for (let i = 0; i < 12; i++) {
        const name = format.formatToParts(Date.UTC(2024, i, 1)).find(({ type }) => type === "month")?.value ?? "";
        names.set(name.toLowerCase().replace(/\.$/, ""), i + 1);
      }
    }
  return names;
}
function named(date, clock) {
  return new RegExp(`^${date}${clock ? CLOCK : ""}$`, "iu");
}
function orderOf(cells) {
  let slashes = false;
  let points = true;
  let seen = false;
  for (const cell of cells) {
    const match = YEAR_LAST.exec(cell);
    if (!match) continue;
    seen = true;
    if (Number(match[1]) > 12) return { order: "day first", seen, assumed: false };
    if (Number(match[3]) > 12) return { order: "month first", seen, assumed: false };
    slashes ||= match[2] === "/";
    points &&= match[2] === ".";
  }
  return { order: slashes ? "month first" : "day first", seen, assumed: seen && !points };
}
function parseTime(cell, order, numbersAreTimes) {
  if (cell === "" || !/\d/.test(cell)) return void 0;
  const iso = YEAR_FIRST.exec(cell);
  if (iso) return utc(iso[1], iso[2], iso[3] ?? "1", iso.slice(4));
  const last = YEAR_LAST.exec(cell);
  if (last) {
    const [day, month] = order === "day first" ? [last[1], last[3]] : [last[3], last[1]];
    return utc(fullYear(last[4]), month, day, last.slice(5));
  }
  const compact = COMPACT.exec(cell);
  if (compact) return utc(compact[1] + compact[2], compact[3], compact[4], []);
  if (new RegExp("\\p{L}", "u").test(cell)) return writtenOut(cell);
  if (numbersAreTimes && UNIX_OR_EXCEL.test(cell)) {
    const number = Number(cell);
    if (number < 1e5) return Math.round((number - 25569) * 864e5);
    const digits = /^\d+/.exec(cell)[0].length;
    return Math.round(number / 10 ** (digits - 13));
  }
  return void 0;
}
var UNIX_OR_EXCEL = /^\d{5}(?:\.\d+)?$|^\d{10}(?:\.\d+)?$|^\d{13}(?:\.\d+)?$|^\d{16}$|^\d{19}$/;
var fullYear = (year) => year.length === 2 ? `20${year}` : year;
function writtenOut(cell) {
  for (const [form, year, month, day] of NAMED) {
    const match = form.exec(cell);
    const number = match && MONTHS.get(match[month].toLowerCase());
    if (!number) continue;
    const clock = match.slice(1 + Math.max(year, month, day ?? 0));
    return utc(fullYear(match[year]), String(number), day && match[day] || "1", clock);
  }
  if (!WRITTEN_OUT.test(cell)) return void 0;
  const plain = cell.replace(/(\d)(?:st|nd|rd|th)\b/i, "$1");
  const time = Date.parse(/(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})$/i.test(plain) ? plain : `${plain} UTC`);
  return Number.isNaN(time) ? void 0 : time;
}
function utc(year, month, day, clock) {
  const [before = "", written = "0", mark, minute, second = "0", behind = "", zone = ""] = clock;
  const half = HALVES[before] ?? (behind === "" ? void 0 : behind.toLowerCase().startsWith("a") ? "am" : "pm");
  if (clock[1] !== void 0 && minute === void 0 && half === void 0 && (mark ?? ":") === ":")
    return void 0;
  const hour = hourOf(Number(written), half);
  const time = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    hour,
    Number(minute ?? 0),
    Number(second)
  );
  const date = new Date(time);
  const real = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day) && hour < 24 && Number(minute ?? 0) < 60;
  if (!real) return void 0;
  const offset = /([+-])(\d{2}):?(\d{2})?/.exec(zone);
  return offset ? time - (offset[1] === "-" ? -1 : 1) * (Number(offset[2]) * 60 + Number(offset[3] ?? 0)) * 6e4 : time;
}
function hourOf(hour, half) {
  if (half === "pm" && hour < 12) return hour + 12;
  if (half !== "am") return hour;
  return hour === 12 ? 0 : hour < 12 ? hour : Number.NaN;
}

// packages/data/src/text/ngrams.ts
function wordNgrams(tokens, longest, separator = " ") {
  const grams = [...tokens];
  for (let length = 2; length <= longest; length++) {
    for (let i = 0; i + length <= tokens.length; i++) grams.push(tokens.slice(i, i + length).join(separator));
  }
  return grams;
}
function charNgrams(text, shortest, longest) {
  const characters = Array.from(text.toLowerCase());
  const grams = [];
  for (let length = shortest; length <= longest; length++) {
    for (let i = 0; i + length <= characters.length; i++)
      grams.push(characters.slice(i, i + length).join(""));
  }
  return grams;
}

// packages/data/src/table/numbers.ts
function parseNumbers(cells, known) {
  const parts = cells.map(partsOf);
  if (known) return { numbers: parts.map((part) => part && numberOf(part, known)), decimal: known };
  const votes = { ".": 0, ",": 0 };
  let unclear = false;
  for (const { digits } of parts.filter((part) => part !== void 0)) {
    const mark = decimalOf(digits);
    if (mark === "unclear") unclear = true;
    else if (mark) votes[mark] += 1;
  }
  const decimal = votes[","] > votes["."] ? "," : ".";
  const numbers = parts.map((part) => part && numberOf(part, decimal));
  return { numbers, decimal, ...unclear && votes["."] + votes[","] === 0 && { assumed: true } };
}
var SCALES = {
  "": 1,
  "%": 0.01,
  "‰": 1e-3,
  千: 1e3,
  万: 1e4,
  百万: 1e6,
  千万: 1e7,
  亿: 1e8,
  萬: 1e4,
  億: 1e8
};
var CURRENCY = String.raw`(?:[A-Z]{0,2}\p{Sc}|[元圆圓块]|CNY|RMB|USD|EUR|GBP|JPY|HKD|TWD)`;
var SCALE = Object.keys(SCALES).filter(Boolean).sort((a, b) => b.length - a.length).join("|");
var WHOLE = new RegExp(
  String.raw`^([-+]?)\s*${CURRENCY}?\s*([-+]?)\s*([\d.,'\s]*\d[\d.,]*(?:e[-+]?\d+)?)\s*(${SCALE})?\s*${CURRENCY}?$`,
  "iu"
);
var LONGEST2 = 60;
var BRACKETED = /^\((.*)\)$/;
var PLAIN = /^(-?)(\d+(?:\.\d+)?)$/;
var DIGITS = /^\d{1,15}$/;
var DECIMALS = /^(?=.{1,16}$)\d+\.\d+$/;
function partsOf(cell) {
  if (cell.length > LONGEST2) return void 0;
  const plain = PLAIN.exec(cell);
  if (plain) return { sign: plain[1] === "-" ? -1 : 1, digits: plain[2], scale: 1 };
  const text = halfWidth(cell).trim().replace(/\s+/g, " ").replace(/[−–]/g, "-").replace(/[’‘]/g, "'");
  const inner = BRACKETED.exec(text)?.[1];
  const [, before = "", after = "", digits = "", scale = ""] = WHOLE.exec(inner ?? text) ?? [];
  const signs = before + after;
  if (digits === "" || signs.length > 1 || inner !== void 0 && signs !== "") return void 0;
  return {
    sign: signs === "-" || inner !== void 0 ? -1 : 1,
    digits: digits.trim(),
    scale: SCALES[scale]
  };
}
function decimalOf(digits) {
  if (DIGITS.test(digits)) return void 0;
  const marks = digits.match(/[.,]/g) ?? [];
  const [first] = marks;
  if (!first) return void 0;
  const last = marks.at(-1);
  if (first !== last) return last;
  const other = first === "." ? "," : ".";
  if (marks.length > 1) return other;
  if (/[\s']/.test(digits)) return first;
  return /^[1-9]\d{0,2}[.,]\d{3}$/.test(digits) ? "unclear" : first;
}
var FORMS = { ".": formOf(".", ","), ",": formOf(",", ".") };
function formOf(decimal, group) {
  return new RegExp(
    String.raw`^(?:\d+|\d{1,3}(?:([${group}'\s])\d{3})(?:\1\d{3})*|\d{1,2}(?:${group}\d{2})+${group}\d{3})?(?:[${decimal}]\d*)?(?:e[-+]?\d+)?$`,
    "iu"
  );
}
function numberOf({ sign, digits, scale }, decimal) {
  if (scale === 1 && (DIGITS.test(digits) || decimal === "." && DECIMALS.test(digits)))
    return sign * Number(digits);
  if (!FORMS[decimal].test(digits)) return void 0;
  const plain = digits.replace(decimal === "." ? /[,'\s]/g : /[.'\s]/g, "").replace(",", ".");
  const number = Number(plain);
  if (!Number.isFinite(number)) return void 0;
  return sign * (scale < 1 ? number / Math.round(1 / scale) : Number((number * scale).toPrecision(15)));
}

// packages/data/src/profile/missing.ts
var WORDS = new Set(
  [
    "n/a na n.a. #n/a nan none null nil unknown unk missing undefined tbd \\n - -- --- ? ?? . * / _ <na> <null> (null) (blank) #null! #value! #ref! #div/0!",
    "无 未知 不详 空 暂无 缺失 没有 待定 不明 不知道 — —— – 无数据 未填写 未提供"
  ].join(" ").split(" ")
);
var LONGEST3 = 12;
var isDisguisedMissing = (cell) => cell.length <= LONGEST3 && WORDS.has(halfWidth(cell).toLowerCase());

// packages/data/src/profile/types.ts
var BOOLEANS = [
  "true false",
  "t f",
  "yes no",
  "y n",
  "0 1",
  "是 否",
  "有 没有",
  "真 假"
].map((pair) => new Set(pair.split(" ")));
var EARLIEST_DATE = Date.UTC(1600, 0, 1);

// packages/data/src/text/clean.ts
var LONGEST_CELL = 1e5;
var LONGEST4 = 2e4;
var ELEMENTS = "a|abbr|article|aside|audio|b|big|blockquote|body|br|button|caption|center|cite|code|col|colgroup|dd|del|div|dl|dt|em|figcaption|figure|font|footer|form|h[1-6]|head|header|hr|html|i|iframe|img|input|ins|kbd|label|li|link|main|mark|meta|nav|noscript|object|ol|option|p|path|picture|pre|q|s|samp|script|section|select|small|source|span|strike|strong|style|sub|sup|svg|table|tbody|td|template|textarea|tfoot|th|thead|title|tr|tt|u|ul|video|wbr|[a-z]{1,3}:[a-z]+|!doctype|\\?xml";
var MARKUP = [
  [/<!--[\s\S]*?(?:-->|$)|<!\[CDATA\[|\]\]>/g, " "],
  [
    /<(script|style|noscript|template|svg)\b[^<>]{0,2000}>([\s\S]*?)(<\/\1\s*>|$)/gi,
    // A cell that was cut off may not close it; but somebody may also write of a "<script> tag".
    (_, __, inside, end) => end || /[{};]/.test(inside) ? " " : ` ${inside}`
  ],
  [new RegExp(`<[/]?(?:${ELEMENTS})\\b[^<>]{0,2000}>`, "gi"), " "],
  [/\{\{[^{}]{0,500}\}\}|\{%[^{}]{0,500}%\}|<%[^<>]{0,500}%>|\$\{[^{}\s]{1,100}\}|\*\|[\w:]{1,60}\|\*/g, " "],
  [/\[img[^\][]{0,200}\][^\][]{0,500}\[\/img\]/gi, " "],
  [
    /\[\/?(?:b|i|u|s|url|quote|code|color|size|font|list|spoiler|center|left|right|youtube)(?:=[^\][]{0,500})?\]|\[\*\]/g,
    " "
  ],
  [/!\[([^\][]{0,300})\]\([^()\s]{0,1000}(?:\s"[^"()]{0,300}")?\)/g, " $1 "],
  [/\[([^\][]{1,300})\]\((?:https?:|mailto:|www\.|[/#])[^()\s]{0,1000}(?:\s"[^"()]{0,300}")?\)/g, "$1"],
  [/```\w*/g, " "],
  [/(\*\*|__|~~)(?=\S)([^*_~\n]{1,500})\1/g, "$2"],
  [/^[ \t]{0,3}(?:#{1,6}|[>*+-])[ \t]+/gm, " "]
];
var ENTITIES = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: " ",
  ensp: " ",
  emsp: " ",
  thinsp: " ",
  shy: "",
  zwnj: "",
  zwj: "‍",
  hellip: "…",
  mdash: "—",
  ndash: "–",
  lsquo: "‘",
  rsquo: "’",
  ldquo: "“",
  rdquo: "”",
  laquo: "«",
  raquo: "»",
  iexcl: "¡",
  iquest: "¿",
  bull: "•",
  middot: "·",
  copy: "©",
  reg: "®",
  trade: "™",
  euro: "€",
  pound: "£",
  yen: "¥",
  cent: "¢",
  deg: "°",
  times: "×",
  frac12: "½",
  frac14: "¼",
  hearts: "♥",
  szlig: "ß",
  aelig: "æ",
  oelig: "œ",
  oslash: "ø"
};
var MARKS = {
  acute: "́",
  grave: "̀",
  circ: "̂",
  uml: "̈",
  tilde: "̃",
  cedil: "̧",
  ring: "̊"
};
var ENTITY = /&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z][a-z0-9]{1,7}));/gi;
var INVISIBLE = /(?!\u200d)[\p{Cc}\p{Cf}\p{Co}]/gu;
function cleanText(text) {
  let plain = text.slice(0, LONGEST_CELL);
  for (let round = 0; round < 2; round++) plain = withoutMarkup(plain).replace(ENTITY, decodeEntity);
  return withoutMarkup(plain).slice(0, LONGEST4).normalize("NFKC").replace(/\s/gu, " ").replace(INVISIBLE, "").replace(/ +/g, " ").trim();
}
function withoutMarkup(text) {
  if (!/[<[{`*_~#>+-]|\$\{/.test(text)) return text;
  return MARKUP.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement), text);
}
function decodeEntity(whole, decimal, hex, name) {
  if (name) {
    const [, letter, mark] = /^([a-z])(acute|grave|circ|uml|tilde|cedil|ring)$/i.exec(name) ?? [];
    return letter && mark ? letter + MARKS[mark.toLowerCase()] : ENTITIES[name.toLowerCase()] ?? whole;
  }
  const code = decimal ? Number(decimal) : Number.parseInt(hex, 16);
  return code > 0 && code <= 1114111 && !(code >= 55296 && code <= 57343) ? String.fromCodePoint(code) : " ";
}

// packages/data/src/text/inputs.ts
function termInputs({ offsets, indices, values, columns: columns2 }, rows) {
  const width = Math.max(1, ...Array.from(rows, (row) => offsets[row + 1] - offsets[row]));
  const terms = new BigInt64Array(rows.length * width).fill(BigInt(columns2));
  const weights = new Float32Array(rows.length * width);
  for (const [i, row] of rows.entries()) {
    const from = offsets[row];
    for (let k = from; k < offsets[row + 1]; k++) {
      terms[i * width + k - from] = BigInt(indices[k]);
      weights[i * width + k - from] = values[k];
    }
  }
  const dims = [rows.length, width];
  return { terms: { dtype: "int64", dims, data: terms }, weights: { dtype: "float32", dims, data: weights } };
}

// packages/data/src/text/tfidf.ts
function fitTfidf(documents, options = {}) {
  const { minDocuments = 2, maxShare = 1, maxTerms = 2e5 } = options;
  const frequency = /* @__PURE__ */ new Map();
  let count = 0;
  for (const document of documents) {
    count += 1;
    for (const term of new Set(document)) frequency.set(term, (frequency.get(term) ?? 0) + 1);
  }
  const kept = [...frequency].filter(([, df]) => df >= minDocuments && df <= maxShare * count).sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, maxTerms);
  return {
    terms: kept.map(([term]) => term),
    idf: Float32Array.from(kept, ([, df]) => 1 + Math.log((1 + count) / (1 + df)))
  };
}
function tfidf(model, documents) {
  const columns2 = columnsOf(model);
  const offsets = new Int32Array(documents.length + 1);
  const indices = [];
  const values = [];
  const found = new Int32Array(documents.reduce((most, { length }) => Math.max(most, length), 0));
  for (const [row, document] of documents.entries()) {
    let known = 0;
    for (const term of document) {
      const column = columns2.get(term);
      if (column !== void 0) found[known++] = column;
    }
    const sorted = found.subarray(0, known).sort();
    let squares = 0;
    const from = values.length;
    for (let k = 0; k < known; ) {
      const column = sorted[k];
      const first = k;
      while (k < known && sorted[k] === column) k++;
      const weight = (1 + Math.log(k - first)) * model.idf[column];
      indices.push(column);
      values.push(weight);
      squares += weight * weight;
    }
    const scale = 1 / Math.sqrt(squares);
    for (let k = from; k < values.length; k++) values[k] *= scale;
    offsets[row + 1] = values.length;
  }
  return {
    rows: documents.length,
    columns: model.terms.length,
    offsets,
    indices: Int32Array.from(indices),
    values: Float32Array.from(values)
  };
}
var COLUMNS = /* @__PURE__ */ new WeakMap();
function columnsOf(model) {
  let columns2 = COLUMNS.get(model);
  if (!columns2) {
    columns2 = new Map(model.terms.map((term, column) => [term, column]));
    COLUMNS.set(model, columns2);
  }
  return columns2;
}

// packages/data/src/text/term-features.ts
var HAN = new RegExp("\\p{Script=Han}", "u");
var NEGATION = new RegExp("^(?:[不没无未别]|not|no|never|none|nothing|without|hardly|cannot|\\p{L}+n't)$", "u");
function termFeatures(options) {
  const terms = (text) => termsOf(text, options);
  return {
    fit: (texts2, tfidfOptions) => fitTfidf(texts2.map(terms), tfidfOptions),
    transform: (model, texts2) => tfidf(model, texts2.map(terms)),
    fitTransform(texts2, tfidfOptions) {
      const documents = texts2.map(terms);
      const model = fitTfidf(documents, tfidfOptions);
      return { model, matrix: tfidf(model, documents) };
    }
  };
}
function termsOf(text, options) {
  const { stem, characterRun, wordRun, negationReach } = options;
  const tokens = options.tokens === "words" ? words(text) : characterTokens(text);
  const terms = wordNgrams(tokens, options.longestRun);
  if (stem !== void 0) {
    for (const token of tokens) if (token.length > stem) terms.push(`s:${token.slice(0, stem)}`);
  }
  if (negationReach !== void 0) {
    for (const [i, token] of tokens.entries()) {
      if (!NEGATION.test(token)) continue;
      for (const negated of tokens.slice(i + 1, i + 1 + negationReach)) terms.push(`n:${negated}`);
    }
  }
  if (!HAN.test(text)) return terms;
  if (characterRun !== void 0) for (const run of charNgrams(text, 1, characterRun)) terms.push(`c:${run}`);
  if (wordRun !== void 0) for (const run of wordNgrams(words(text), wordRun)) terms.push(`w:${run}`);
  return terms;
}

// packages/tasks/src/table/read/cells.ts
var NO_CATEGORY = new Set(
  "? ?? - -- --- — —— – . \\n na n/a n.a. #n/a nan null <na> <null> (null) (blank) #null! #value! #ref! #div/0!".split(
    " "
  )
);
var LONGEST_NO_CATEGORY = 8;
var isNoCategory = (cell) => cell === "" || cell.length <= LONGEST_NO_CATEGORY && NO_CATEGORY.has(halfWidth(cell).toLowerCase());
function labelText(cell) {
  const text = cell.normalize("NFC").replace(/\s+/gu, " ").trim();
  return isNoCategory(text) ? "" : text;
}
function categoryOf(cell) {
  const text = labelText(cell);
  return /^(?:true|false)$/i.test(text) ? text.toLowerCase() : text;
}
var isBlank = (cell) => {
  const trimmed = cell.trim();
  return trimmed === "" || isDisguisedMissing(trimmed);
};
function byCell(raw, read2) {
  const seen = /* @__PURE__ */ new Map();
  return raw.map((cell) => {
    const known = seen.get(cell);
    if (known !== void 0) return known;
    const value = read2(cell);
    seen.set(cell, value);
    return value;
  });
}
var UNREAD = null;
var LARGEST = 2 ** 127 * (2 - 2 ** -23);
function readNumber(cell, { decimal }) {
  if (cell === null || cell === void 0) return Number.NaN;
  if (typeof cell === "boolean") return Number(cell);
  if (typeof cell === "string" && isBlank(cell)) return Number.NaN;
  const value = typeof cell === "number" ? cell : parseNumbers([cell], decimal).numbers[0];
  return value === void 0 || Math.abs(value) > LARGEST ? UNREAD : value;
}
function readTime(cell, { order, numbers }) {
  if (cell === null || cell === void 0) return Number.NaN;
  if (typeof cell === "boolean") return UNREAD;
  if (typeof cell === "number" && !Number.isFinite(cell)) return Number.isNaN(cell) ? cell : UNREAD;
  const text = String(cell);
  if (isBlank(text)) return Number.NaN;
  const time = parseTimes([text], numbers, EARLIEST_DATE, order).times[0];
  if (time !== void 0) return time;
  return typeof cell === "number" ? cell : UNREAD;
}
function readCells(form, raw) {
  switch (form.kind) {
    case "number":
    case "time": {
      const values = byCell(
        raw,
        (cell) => form.kind === "number" ? readNumber(cell, form) : readTime(cell, form)
      );
      const numbers = Float64Array.from(values, (value) => value ?? Number.NaN);
      return {
        cells: form.kind === "number" ? { kind: "number", values: numbers, decimal: form.decimal } : { kind: "time", values: numbers, ...form.order && { order: form.order } },
        unread: values.flatMap((value, i) => value === UNREAD ? [i] : [])
      };
    }
    case "category":
      return { cells: categories(byCell(raw, (cell) => categoryOf(textOf(cell)))), unread: [] };
    case "image":
      return {
        cells: {
          kind: "image",
          values: raw.map((cell) => {
            const source = textOf(cell).trim();
            return source === "" ? null : { source };
          })
        },
        unread: []
      };
    case "text":
      return {
        cells: {
          kind: "text",
          values: byCell(raw, (cell) => {
            const text = textOf(cell);
            return isBlank(text) ? "" : cleanText(text);
          })
        },
        unread: []
      };
  }
}
var textOf = (cell) => cell === null || cell === void 0 ? "" : String(cell);
function categories(texts2) {
  const codes = /* @__PURE__ */ new Map();
  return {
    kind: "category",
    codes: Int32Array.from(texts2, (text) => {
      if (text === "") return -1;
      const code = codes.get(text) ?? codes.size;
      codes.set(text, code);
      return code;
    }),
    levels: [...codes.keys()]
  };
}
function readColumn(form, raw, numberOf2) {
  const { cells, unread } = readCells(form, raw);
  const [first] = unread;
  return {
    name: form.name,
    cells,
    ...first !== void 0 && {
      unread: { count: unread.length, row: numberOf2(first), cell: textOf(raw[first]).trim() }
    },
    unreadPlaces: unread
  };
}

// packages/tasks/src/table/read/forms.ts
function cellsOf(forms, rows) {
  const read2 = forms.map(
    (form) => readColumn(
      form,
      rows.map((row) => Object.hasOwn(row, form.name) ? row[form.name] : null),
      (place) => place + 1
    )
  );
  return {
    columns: read2.map(({ unreadPlaces: _, ...column }) => column),
    unread: read2.flatMap(
      ({ name, unreadPlaces }) => unreadPlaces.map((row) => ({ row, column: name, cell: String(rows[row][name]).trim() }))
    ).sort((a, b) => a.row - b.row)
  };
}

// packages/tasks/src/image/inline.ts
var PIXELS = "data:application/octet-stream;base64,";
function readPixelsUrl(source, length) {
  if (!source.startsWith(PIXELS)) return void 0;
  const bytes = Buffer.from(source.slice(PIXELS.length), "base64");
  return bytes.length === length ? new Uint8Array(bytes) : void 0;
}

// packages/tasks/src/table/images/feeds.ts
function pixelFeeds({ name, inputs, size: [height, width] }, cells) {
  const length = 3 * height * width;
  const data = new Uint8Array(cells.length * length);
  for (const [i, cell] of cells.entries()) {
    if (!cell) continue;
    const pixels = readPixelsUrl(cell.source, length);
    if (!pixels)
      throw new RangeError(
        `${name}: decode the image to ${height} × ${width} first: data:application/octet-stream;base64,… of 3 × ${height} × ${width} bytes, red first`
      );
    data.set(pixels, i * length);
  }
  return {
    [inputs.pixels]: { dtype: "uint8", dims: [cells.length, 3, height, width], data },
    [inputs.isThere]: thereTensor(cells, (cell) => cell !== null)
  };
}
var thereTensor = (cells, isThere) => ({
  dtype: "float32",
  dims: [cells.length],
  data: Float32Array.from(cells, (cell) => Number(isThere(cell)))
});

// packages/tasks/src/table/raw-tensor.ts
var MISSING_TIME = -(2n ** 63n);
function rawTensor(cells, from, to) {
  const dims = [to - from];
  switch (cells.kind) {
    case "number":
      return { dtype: "float64", dims, data: cells.values.subarray(from, to) };
    case "time":
      return {
        dtype: "int64",
        dims,
        data: BigInt64Array.from(
          cells.values.subarray(from, to),
          (time) => Number.isNaN(time) ? MISSING_TIME : BigInt(Math.round(time))
        )
      };
    case "category": {
      const { codes, levels } = cells;
      return {
        dtype: "string",
        dims,
        data: Array.from(codes.subarray(from, to), (code) => code < 0 ? "" : levels[code])
      };
    }
    case "text":
    case "image":
      throw new RangeError(`${cells.kind}s are no input of a graph`);
  }
}

// packages/tasks/src/table/texts/terms.ts
var TERMS = termFeatures({ tokens: "characters", longestRun: 2, negationReach: 4, wordRun: 2 });
var lengthsOf = (texts2) => Int32Array.from(texts2, (text) => characterTokens(text).length);

// packages/tasks/src/table/texts/feeds.ts
var readTfidf = ({ terms, idf }) => ({ terms, idf: Float32Array.from(idf) });
var MOST_KNOWN = 4e6;
var TextFeeds = class {
  name;
  inputs;
  #terms;
  #known = /* @__PURE__ */ new Map();
  #size = 0;
  constructor(stored) {
    this.name = stored.name;
    this.inputs = stored.inputs;
    this.#terms = readTfidf(stored);
  }
  /** @throws RangeError where the model takes vectors and there are none */
  cells({ values: texts2, vectors }) {
    const takes = this.inputs.vector !== void 0;
    if (takes && !vectors) throw new RangeError(`the texts of "${this.name}" have no vectors`);
    const fresh = [...new Set(texts2)].filter((text) => !this.#known.has(text));
    const { offsets, indices, values } = TERMS.transform(this.#terms, fresh);
    const lengths = lengthsOf(fresh);
    const own = /* @__PURE__ */ new Map();
    for (const [i, text] of fresh.entries()) {
      const [from, to] = [offsets[i], offsets[i + 1]];
      own.set(text, {
        indices: indices.slice(from, to),
        values: values.slice(from, to),
        length: lengths[i]
      });
    }
    const cells = texts2.map((text, i) => {
      const cell = own.get(text) ?? this.#known.get(text);
      return takes ? { ...cell, vector: vectors[i] } : cell;
    });
    for (const [text, cell] of own) this.#remember(text, cell);
    return cells;
  }
  #remember(text, cell) {
    const size = text.length + cell.indices.length;
    if (this.#size + size > MOST_KNOWN) {
      this.#known.clear();
      this.#size = 0;
    }
    this.#size += size;
    this.#known.set(text, cell);
  }
  /** Inputs of the graph. */
  feeds(cells) {
    const offsets = new Int32Array(cells.length + 1);
    for (const [i, { indices: indices2 }] of cells.entries()) offsets[i + 1] = offsets[i] + indices2.length;
    const [indices, values] = [new Int32Array(offsets.at(-1)), new Float32Array(offsets.at(-1))];
    for (const [i, cell] of cells.entries()) {
      indices.set(cell.indices, offsets[i]);
      values.set(cell.values, offsets[i]);
    }
    const columns2 = this.#terms.terms.length;
    const { terms, weights } = termInputs(
      { rows: cells.length, columns: columns2, offsets, indices, values },
      Int32Array.from(cells.keys())
    );
    const lengths = BigInt64Array.from(cells, ({ length }) => BigInt(length));
    const { vector } = this.inputs;
    return {
      [this.inputs.terms]: terms,
      [this.inputs.weights]: weights,
      [this.inputs.length]: { dtype: "int64", dims: [cells.length], data: lengths },
      ...vector !== void 0 && { [vector]: joined(cells.map((cell) => cell.vector)) }
    };
  }
};
function joined(vectors) {
  const width = vectors[0].length;
  const data = new Float32Array(vectors.length * width);
  for (const [i, vector] of vectors.entries()) data.set(vector, i * width);
  return { dtype: "float32", dims: [vectors.length, width], data };
}
var inputsOf = (columns2, texts2, images2) => mergedRecords(
  columns2.map(({ name, cells }) => {
    if (cells.kind === "image")
      return pixelFeeds(images2.find((image) => image.name === name), cells.values);
    if (cells.kind !== "text") return { [name]: rawTensor(cells, 0, rowsOf(cells)) };
    const feeds = texts2.find((text) => text.name === name);
    return feeds.feeds(feeds.cells(cells));
  })
);
var rowsOf = (cells) => (cells.kind === "category" ? cells.codes : cells.values).length;

// packages/tasks/src/table/hand-over/preprocess.ts
var read = (name) => JSON.parse(readFileSync(new URL(name, import.meta.url), "utf8"));
var columns = read("columns.json");
var texts = read("texts.json").map(
  ({ inputs: { vector: _, ...inputs }, ...text }) => new TextFeeds({ ...text, inputs })
);
var images = read("images.json");
var DATATYPES = {
  uint8: "UINT8",
  float32: "FP32",
  float64: "FP64",
  int64: "INT64",
  string: "BYTES"
};
var tensorsOf = (lines) => tensorsOfRows(lines.map((line) => JSON.parse(line)));
function tensorsOfRows(rows) {
  const inputs = inputsOf(cellsOf(columns, rows).columns, texts, images);
  return Object.entries(inputs).map(
    ([name, { dtype, dims, data }]) => ({
      name,
      shape: dims,
      datatype: DATATYPES[dtype],
      data: Array.from(
        data,
        (value) => typeof value === "string" ? value : Number.isNaN(value) ? null : Number(value)
      )
    })
  );
}
export {
  tensorsOf,
  tensorsOfRows
};
