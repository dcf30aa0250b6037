/**
 * Infers the role of each column of a table: text, rating, label, time, product. The cells decide first, the column's name
 * second; each choice has a reason, so that a wrong guess is seen and overruled.
 */
import { percent, UserError } from '@gradus/base';
import { LANGUAGE_NAMES, languageOf } from '../text/language.ts';
import { closestName } from './closest-name.ts';
import { readLabels } from './labels.ts';
import { readRatings } from './rating-scale.ts';
import type { Table } from './table.ts';
import { parseTimes } from './times.ts';

export const ROLES = ['text', 'rating', 'label', 'time', 'product'] as const;
export type Role = (typeof ROLES)[number];

/** The column of a role, with the reason for people to read. */
export interface RoleChoice {
  /** Absent where no column has the role. */
  readonly column?: string;
  readonly reason: { readonly en: string; readonly zh: string };
}

export type Roles = Readonly<Record<Role, RoleChoice>> & { readonly text: { readonly column: string } };

/** A column's name by role, or `none` to leave a role without a column. */
export type RoleOverrides = Readonly<Partial<Record<Role, string | undefined>>>;

const NAMES: Readonly<Record<Role, RegExp>> = {
  text: /text|review|comment|content|body|feedback|message|opinion|description|utterance|question|sentence|query|tweet|评论|评价内容|内容|评语|留言|反馈|文本|意见|正文|点评|问题/i,
  rating: /rating|\bstars?\b|score|\bpoints\b|\brate\b|schulnote|评分|星级|打分|得分|分数|星数|几星/i,
  label: /label|sentiment|polarity|satisf|class\b|情感|标签|情绪|好差评|极性|满意|倾向/i,
  time: /date|time|created|posted|submitted|when|month|\bday\b|日期|时间|月份|年月/i,
  product:
    /product|item|sku|model|asin|brand|goods|restaurant|shop|store|app\b|商品|产品|型号|品牌|店铺|商家|门店|应用|品类/i,
};

/** Columns that a message names; a survey may have a hundred. */
const MOST_NAMED = 10;
/** What was answered to customers, where another column holds what they wrote. */
const REPLY =
  /^(?:answer|reply|replies|response)$|(?:seller|merchant|owner|company|developer|shop)[ _-]?(?:answer|reply|response)|回复|回答|答案|答复/i;
/** How much such a column counts for, beside one of another name. */
const REPLY_WEIGHT = 0.1;
/** Questions of surveys: ratings where no column is called so, and labels where they are answered in words. */
const QUESTION = /\bnps\b|how (?:likely|satisfied|happy)|satisf|recommend|满意|推荐/i;
/** Names of columns whose classes are feelings and nothing else. */
const FEELING = /sentiment|polarity|satisf|情感|情绪|极性|满意|倾向|好差评/i;

/** Rows sampled to infer what a column holds. */
const SAMPLE = 3000;

/** @throws UserError where an override names no column, or no column holds text. */
export function findRoles(table: Table, overrides: RoleOverrides = {}): Roles {
  const profiles = table.columns.map((name, index) => profile(table, name, index));
  const taken = new Set<string>();
  const chosen = {} as Record<Role, RoleChoice>;
  for (const role of ROLES) {
    const wish = overrides[role];
    if (wish === undefined) continue;
    chosen[role] = overridden(role, wish, table);
    if (chosen[role].column !== undefined) taken.add(chosen[role].column);
  }
  for (const role of ['time', 'label', 'rating', 'text', 'product'] as const) {
    if (chosen[role]) continue;
    chosen[role] = FINDERS[role](profiles.filter(({ name }) => !taken.has(name)));
    if (chosen[role].column !== undefined) taken.add(chosen[role].column);
  }
  const { text } = chosen;
  if (text.column === undefined) throw new UserError(text.reason);
  return chosen as Roles;
}

interface Profile {
  readonly name: string;
  /** Cells that are not empty. */
  readonly cells: readonly string[];
  readonly filled: number;
  readonly distinct: number;
  /** Mean length in Han characters and in words of other scripts. */
  readonly units: number;
  /** Shares of the cells that are not empty. */
  readonly language: number;
  readonly numeric: number;
}

function profile(table: Table, name: string, index: number): Profile {
  const step = Math.max(1, Math.floor(table.rows.length / SAMPLE));
  const looked = table.rows.filter((_, i) => i % step === 0).map((row) => row[index]!.trim());
  const cells = looked.filter((cell) => cell !== '');
  const share = (test: (cell: string) => boolean) => cells.filter(test).length / Math.max(1, cells.length);
  const units = cells.map(
    (cell) => cell.match(/\p{Script=Han}|(?:(?!\p{Script=Han})[\p{L}\p{M}'’])+/gu)?.length ?? 0,
  );
  return {
    name,
    cells,
    filled: cells.length / Math.max(1, looked.length),
    distinct: new Set(cells).size,
    units: units.reduce((a, b) => a + b, 0) / Math.max(1, cells.length),
    language: share(
      (cell) =>
        /\p{L}{2}|\p{Script=Han}/u.test(cell) && !/^(?:https?:|www\.)\S+$|^\S+@\S+$|^[\w-]{20,}$/i.test(cell),
    ),
    numeric: share((cell) => /^[-+]?[\d.,]+%?$/.test(cell)),
  };
}

const because = (en: string, zh: string): RoleChoice['reason'] => ({ en, zh });

const FINDERS: Readonly<Record<Role, (profiles: readonly Profile[]) => RoleChoice>> = {
  text(profiles) {
    const candidates = profiles
      .filter(({ cells, language, numeric }) => cells.length > 0 && language >= 0.5 && numeric < 0.5)
      // A column that repeats a few values is a category, whatever it is called.
      .filter(({ distinct, cells, units }) => units >= 2 && (distinct > cells.length * 0.3 || distinct > 300))
      .map((column) => ({
        column,
        score:
          column.units *
          column.filled *
          (NAMES.text.test(column.name) ? 3 : 1) *
          (REPLY.test(column.name) ? REPLY_WEIGHT : 1),
      }))
      .sort((a, b) => b.score - a.score);
    const best = candidates[0]?.column;
    if (!best) {
      const [some, more] = [profiles.slice(0, MOST_NAMED), profiles.length - MOST_NAMED];
      const looked = some.map(({ name }) => `"${name}"`).join(', ') + (more > 0 ? ` and ${more} more` : '');
      const zh =
        some.map(({ name }) => `“${name}”`).join('、') + (more > 0 ? `等 ${profiles.length} 列` : '');
      return {
        reason: because(
          `No column holds text that people wrote: ${looked || 'all columns'} hold numbers, dates, categories or nothing. Expected sentences, most of them different; if one of these is right, say --text COLUMN.`,
          `没有找到用户写的文本列：${zh || '所有列'}只有数字、日期、类别或空值。应为互不相同的句子；如果其中一列正是，请用 --text 列名 指定。`,
        ),
      };
    }
    const language = languageOf(best.cells.slice(0, 200).join(' '));
    const named =
      language === 'other' ? { en: 'natural-language', zh: '自然语言' } : LANGUAGE_NAMES[language];
    return {
      column: best.name,
      reason: because(
        `${named.en} text, ${best.units.toFixed(1)} ${language === 'zh' ? 'characters' : 'words'} a cell on average, ${percent(best.distinct / best.cells.length)} of the cells different`,
        `${named.zh}文本，平均每格 ${best.units.toFixed(1)} 个${language === 'zh' ? '字' : '词'}，${percent(best.distinct / best.cells.length)} 的内容互不相同`,
      ),
    };
  },

  rating(profiles) {
    for (const { name, cells } of byName(
      profiles,
      NAMES.rating,
      ({ name, cells }) =>
        QUESTION.test(name) || cells.some((cell) => /[★⭐]|stars?$|星$|out of \d+/iu.test(cell)),
    )) {
      const { scale, read, said, codes, mistyped, ratings } = readRatings(cells, name);
      const odd = [...codes, ...mistyped].reduce((sum, { count }) => sum + count, 0);
      if (said === 0 || read + odd < 0.9 * said) continue;
      const values = new Set(ratings.filter((rating) => rating !== undefined));
      const [low, high] = [Math.min(...values), Math.max(...values)];
      if (values.size < 2 || low < -100 || high > 100 || values.size > 101) continue;
      const of = {
        en: `, on a scale of ${scale[0]} to ${scale[1]}`,
        zh: `，量程 ${scale[0]} 到 ${scale[1]}`,
      };
      const whole = low === scale[0] && high === scale[1];
      return {
        column: name,
        reason: because(
          `numbers from ${low} to ${high}${whole ? '' : of.en}`,
          `数值从 ${low} 到 ${high}${whole ? '' : of.zh}`,
        ),
      };
    }
    return { reason: because('no column of stars or points was found', '没有找到星级或评分列') };
  },

  label(profiles) {
    let not = because('no column says satisfied or not', '没有找到标明满意与否的列');
    for (const { name, cells, numeric, distinct } of byName(
      profiles,
      NAMES.label,
      ({ name, cells }) => QUESTION.test(name) || readLabels(cells.slice(0, 50)).bearsFeeling,
    )) {
      const { labels, said, unread, coding, bearsFeeling } = readLabels(cells);
      // Numbers, "yes" or "good" are labels only where the column's name says so; "1" alone may count anything.
      const isNamed =
        (coding === 'steps' ? FEELING : NAMES.label).test(name) || (coding === null && QUESTION.test(name));
      const known =
        said > 0 && unread <= 0.05 * said && (isNamed || (numeric < 0.5 && bearsFeeling && !coding));
      if (known) {
        const positive = labels.filter((label) => label === 'satisfied').length / said;
        return {
          column: name,
          reason: because(
            `says satisfied in ${percent(positive)} of the rows`,
            `其中 ${percent(positive)} 的行为满意`,
          ),
        };
      }
      if (NAMES.label.test(name) && distinct > 2) {
        not = because(
          `"${name}" has ${distinct} different values: a category, not a sentiment`,
          `“${name}”有 ${distinct} 个不同的值：是类别，不是情感`,
        );
      }
    }
    const category = profiles.find(
      ({ name, distinct, cells }) =>
        /categor|intent|topic|类别|分类|意图/i.test(name) && distinct > 2 && distinct < cells.length / 2,
    );
    if (category) {
      not = because(
        `"${category.name}" has ${category.distinct} different values: a category, not a sentiment; it is not used`,
        `“${category.name}”有 ${category.distinct} 个不同的值：是类别，不是情感，未使用`,
      );
    }
    return { reason: not };
  },

  time(profiles) {
    for (const { name, cells } of byName(profiles, NAMES.time, () => true)) {
      const { times, assumed } = parseTimes(cells, NAMES.time.test(name));
      const dates = times.filter((time) => time !== undefined);
      if (cells.length === 0 || dates.length < 0.9 * cells.length) continue;
      const [first, last] = [new Date(least(dates)), new Date(greatest(dates))].map((date) =>
        date.toISOString().slice(0, 10),
      );
      const order = assumed
        ? { en: `; ${assumed} is assumed`, zh: assumed === 'day first' ? '；假定日在月前' : '；假定月在日前' }
        : { en: '', zh: '' };
      return {
        column: name,
        reason: because(`dates from ${first} to ${last}${order.en}`, `日期从 ${first} 到 ${last}${order.zh}`),
      };
    }
    return { reason: because('no column of dates was found', '没有找到日期列') };
  },

  product(profiles) {
    for (const { name, cells, distinct, filled } of profiles.filter(({ name }) => NAMES.product.test(name))) {
      if (filled < 0.5 || distinct < 2 || distinct > Math.max(3, cells.length / 3)) continue;
      return { column: name, reason: because(`${distinct} different names`, `${distinct} 个不同的名称`) };
    }
    return { reason: because('no column of product names was found', '没有找到产品列') };
  },
};

/** Columns whose name says it first, then those whose cells might. */
function byName(profiles: readonly Profile[], name: RegExp, might: (profile: Profile) => boolean): Profile[] {
  const named = profiles.filter((column) => name.test(column.name));
  return [...named, ...profiles.filter((column) => !named.includes(column) && might(column))];
}

const least = (numbers: readonly number[]): number => numbers.reduce((a, b) => Math.min(a, b));
const greatest = (numbers: readonly number[]): number => numbers.reduce((a, b) => Math.max(a, b));

function overridden(role: Role, wish: string, table: Table): RoleChoice {
  if (table.columns.includes(wish))
    return { column: wish, reason: because(`chosen by --${role}`, `由 --${role} 指定`) };
  if (wish === 'none' && role !== 'text') {
    return { reason: because(`left out by --${role} none`, `由 --${role} none 排除`) };
  }
  throw noSuchColumn(`--${role}`, wish, table.columns);
}

/** @param option That named the column. */
export function noSuchColumn(option: string, wish: string, columns: readonly string[]): UserError {
  const close = closestName(wish, columns);
  return new UserError({
    en: `${option}: there is no column "${wish}"${close ? `; did you mean "${close}"?` : '.'} The columns are ${columns.map((column) => `"${column}"`).join(', ')}.`,
    zh: `${option}：没有列“${wish}”${close ? `；是否指“${close}”？` : '。'}已有的列：${columns.map((column) => `“${column}”`).join('、')}。`,
  });
}
