/**
 * Which columns hold personal data: one kind in nearly every cell, or here and there inside running text. A column is
 * judged by the share of its cells that fit and by its name, which counts as a hint only: a column `phone` of order
 * numbers holds no phone numbers.
 */
import { halfWidth } from '../table/half-width.ts';
import { parseTimes } from '../table/times.ts';
import { isCard } from './cards.ts';
import { findPersonal } from './detect.ts';
import { isResidentId } from './identity-numbers.ts';
import { PERSONAL_KINDS, type PersonalKind } from './kinds.ts';
import { digitsOf } from './matches.ts';
import { looksLikeChineseName, looksLikeWesternName } from './names.ts';

export interface PersonalColumn {
  /** In order of how many cells hold them. */
  readonly kinds: readonly {
    readonly kind: PersonalKind;
    /** Of the cells that are not empty, those that hold it. */
    readonly share: number;
    /** The cells are nothing but this; else it stands inside text. */
    readonly whole: boolean;
  }[];
  /** The column's name says so too. */
  readonly named: boolean;
}

const NAMES: Readonly<Record<PersonalKind, RegExp>> = {
  name: /^(?:(?:full|first|last|given|family|middle|customer|client|user|contact|patient|employee|holder|owner|sender|recipient|passenger)[ _-]?)?names?$|姓名|名字|联系人|收件人|收货人|客户名|用户名|户主|患者/i,
  phone: /phone|mobile|\btel|(?<![a-z])cell|fax|电话|電話|手机|手機|联系方式|聯絡方式/i,
  email: /e-?mail|邮箱|邮件/i,
  id: /\bssn\b|social.?security|national.?id|id.?(?:card|number)|identity|身份证|身分證|证件号/i,
  passport: /passport|护照/i,
  card: /card|\bpan\b|account.?n|卡号|银行卡|账号/i,
  address: /address|street|\baddr|住址|地址/i,
  'birth date': /birth|\bdob\b|出生|生日/i,
  account: /\biban\b|wechat|weixin|\bqq\b|微信/i,
  plate: /plate|licen[cs]e.?no|车牌/i,
  ip: /\bip\b|ip[_-]?addr|IP地址/i,
  secret: /token|secret|password|passwd|api.?key|密码|密钥|令牌/i,
};

/** Headers that speak of people, so that whatever has a name's letters is one: first, last, 姓, 名, 收件人. */
const PERSONS =
  /^(?:(?:first|last|given|family|middle|sur|fore)[ _.-]?names?|[fl][ _-]?names?|surname|contact(?:[ _-]?(?:person|name))?|(?:customer|client|user|patient|employee|holder|owner|sender|recipient|passenger|buyer|payee|payer|rep|agent|driver|doctor|teacher|student|manager)[ _-]?names?|cust|recipient|sender|consignee|attn|nombre|apellidos?|pr[ée]nom|nachname|vorname)$|^(?:姓|名|姓氏|姓名|名字|.{0,4}(?:联系人|聯絡人|收件人|收货人|收貨人|寄件人|发件人|经办人|负责人|业主|户主|患者|乘客|家长|学生姓名|员工姓名|客户姓名|会员姓名))$/i;
/** Half a header each: together they are a name's two. */
const HALVES = [/^(?:first|given|forename)$/i, /^(?:last|family|surname)$/i];

/** Up to four words of letters. */
const WORDS_OF_LETTERS = /^\p{L}[\p{L}\p{M}'’.-]{0,24}(?:[ ,·]{1,2}\p{L}[\p{L}\p{M}'’.-]{0,24}){0,3}$/u;
/** A name where the header says that names are here, and not a word that such columns hold besides. */
const namedCell = (cell: string): boolean =>
  WORDS_OF_LETTERS.test(cell) &&
  cell.length <= 40 &&
  !/^(?:n\/?a|none|null|yes|no|unknown|true|false|是|否|无|有|男|女)$/i.test(cell);

/** Cells that are one kind from end to end, where the detectors of running text would want a word beside them. */
const WHOLE: readonly {
  readonly kind: PersonalKind;
  readonly hinted: boolean;
  readonly test: (cell: string) => boolean;
}[] = [
  { kind: 'name', hinted: false, test: (cell) => looksLikeChineseName(cell) || looksLikeWesternName(cell) },
  { kind: 'id', hinted: false, test: isResidentId },
  { kind: 'card', hinted: false, test: (cell) => isCard(digitsOf(cell)) && /^[\d -]+$/.test(cell) },
  { kind: 'id', hinted: true, test: (cell) => /^\d{9}$|^\d{15}$|^\d{17}[\dX]$/i.test(cell) },
  { kind: 'passport', hinted: true, test: (cell) => /^(?=.*\d{6})[A-Z]{0,2}\d{6,9}$/i.test(cell) },
  {
    kind: 'phone',
    hinted: true,
    test: (cell) =>
      /^\+?[\d ().-]{7,20}$/.test(cell) && digitsOf(cell).length >= 7 && !/^-?\d+\.\d+$/.test(cell),
  },
  { kind: 'account', hinted: true, test: (cell) => /^[a-z][\w-]{5,19}$|^[1-9]\d{4,10}$/i.test(cell) },
  {
    kind: 'address',
    hinted: true,
    test: (cell) => cell.length >= 8 && /\d/.test(cell) && /\p{L}{2}/u.test(cell),
  },
  { kind: 'secret', hinted: true, test: (cell) => /^\S{8,}$/.test(cell) },
];

/** Cells looked at. */
const SAMPLE = 2000;
/** Of the cells, how many must fit for a column to be of a kind; for names, which are a matter of shape, more. */
const ENOUGH = 0.5;
const ENOUGH_NAMES = 0.85;
const ENOUGH_HINTED = 0.6;
/** Categories are few and frequent; names of people are many. */
const DISTINCT_NAMES = 0.2;

/** What a column's name says that it holds. */
export const namedKinds = (name: string): PersonalKind[] =>
  PERSONAL_KINDS.filter((kind) => NAMES[kind].test(name) || (kind === 'name' && PERSONS.test(name.trim())));

/** Whether the header speaks of people, by itself or together with its other half. */
function isOfPersons(name: string, columns: readonly string[]): boolean {
  const [header, others] = [name.trim(), columns.map((column) => column.trim())];
  if (PERSONS.test(header)) return true;
  const half = HALVES.findIndex((pattern) => pattern.test(header));
  return half >= 0 && others.some((other) => HALVES[1 - half]!.test(other));
}

/**
 * @param cells An even sample of the column, or all.
 * @param columns The names of all columns of its table: "first" is a name where there is a "last".
 * @returns undefined where nothing was found
 */
export function personalColumn(
  name: string,
  cells: readonly string[],
  columns: readonly string[] = [],
): PersonalColumn | undefined {
  const filled = cells.filter((cell) => cell.trim() !== '');
  const step = Math.max(1, Math.floor(filled.length / SAMPLE));
  const looked = filled.filter((_, i) => i % step === 0).map((cell) => halfWidth(cell).trim());
  if (looked.length === 0) return undefined;
  const persons = isOfPersons(name, columns);
  const hints = persons ? [...new Set<PersonalKind>(['name', ...namedKinds(name)])] : namedKinds(name);
  const whole = wholeKind(looked, hints) ?? (persons ? personsOf(looked) : undefined);
  if (whole) return { kinds: [{ ...whole, whole: true }], named: hints.includes(whole.kind) };
  const counts = new Map<PersonalKind, { cells: number; covered: number }>();
  const tally = new Map<string, number>();
  for (const cell of looked) tally.set(cell, (tally.get(cell) ?? 0) + 1);
  for (const [cell, times] of tally) {
    const seen = new Set<PersonalKind>();
    for (const { kind, start, end } of findPersonal(cell)) {
      const count = counts.get(kind) ?? { cells: 0, covered: 0 };
      if (!seen.has(kind)) count.cells += times;
      seen.add(kind);
      count.covered += (times * (end - start)) / cell.length;
      counts.set(kind, count);
    }
  }
  const kinds = [...counts]
    .map(([kind, { cells: held, covered }]) => ({
      kind,
      share: held / looked.length,
      whole: held / looked.length >= ENOUGH && covered / held > 0.9,
    }))
    .sort((a, b) => b.share - a.share || PERSONAL_KINDS.indexOf(a.kind) - PERSONAL_KINDS.indexOf(b.kind));
  return kinds.length > 0 ? { kinds, named: kinds.some(({ kind }) => hints.includes(kind)) } : undefined;
}

function personsOf(cells: readonly string[]): { kind: PersonalKind; share: number } | undefined {
  const share = cells.filter(namedCell).length / cells.length;
  return share >= ENOUGH_HINTED ? { kind: 'name', share } : undefined;
}

function wholeKind(
  cells: readonly string[],
  hints: readonly PersonalKind[],
): { kind: PersonalKind; share: number } | undefined {
  const distinct = new Set(cells).size / cells.length;
  for (const { kind, hinted, test } of WHOLE) {
    const named = hints.includes(kind);
    if (hinted && !named) continue;
    const share = cells.filter(test).length / cells.length;
    const enough = named ? ENOUGH_HINTED : kind === 'name' ? ENOUGH_NAMES : ENOUGH;
    if (share < enough || (kind === 'name' && !named && distinct < DISTINCT_NAMES)) continue;
    return { kind, share };
  }
  if (!hints.includes('birth date')) return undefined;
  const { times } = parseTimes(cells, false, Date.UTC(1890, 0, 1));
  const share = times.filter((time) => time !== undefined).length / cells.length;
  return share >= ENOUGH_HINTED ? { kind: 'birth date', share } : undefined;
}
