/**
 * Items and characters: rows of a table or objects of JSON lines. Each becomes a sequence of its fields, the asked-for ones first, under the
 * grammar of fields; stated rules and the balance of its numbers say whether it is valid.
 */
import { type Localized, plural, type Random, UserError } from '@gradus/base';
import { BYTE_ORDER_MARK, csvLine, readEveryRow } from '@gradus/data';
import {
  type Balance,
  balanceReader,
  balancesOf,
  brokenRule,
  outOfBalance,
  readSheets,
  readStatedRules,
  type Sheet,
  type SheetField,
  SheetGrammar,
  type SheetValue,
  type StatedRule,
} from '@gradus/tasks';
import type { Askable, Corpus, DesignKind } from './kind.ts';
import { sheetDrafting } from './sheet-drafts.ts';

export interface SheetRules {
  /** In the order in which they are made. */
  readonly fields: readonly SheetField[];
  /** Their names in the order of the file. */
  readonly columns: readonly string[];
  readonly balances: readonly Balance[];
  readonly stated: readonly StatedRule[];
  /** Whether originals differ from each other in more than their names: else fields that an original has as well say nothing of a copy. Absent of runs of before: true. */
  readonly isTold?: boolean;
}

const TABLE = /\.(?:jsonl|ndjson|csv|tsv|xlsx|parquet)$/i;
const LIST = /^\s*\[/;
const RULES = /rules?\.txt$/i;
const FEWEST = 30;

export const sheets: DesignKind<SheetRules> = {
  name: 'sheets',
  title: { en: 'sheets', zh: '条目' },

  is: (files) => files.some(isTable),

  read: async (files, random) => {
    const tables = files.filter(isTable);
    if (tables.length > 1) throw severalTables(tables.map(({ name }) => name));
    const [{ name, path }] = tables as [(typeof tables)[0]];
    const { columns, rows } = await readEveryRow(path);
    const usable = rows.filter(({ reason }) => reason === undefined);
    const read = readSheets(
      columns,
      usable.map(({ cells }) => cells),
    );
    const seen = new Map<string, Sheet>();
    const repeated: string[] = [];
    for (const [i, sheet] of read.sheets.entries()) {
      const item = JSON.stringify(sheet);
      if (seen.has(item)) repeated.push(`${name}:${usable[i]!.line}`);
      else seen.set(item, sheet);
    }
    const { fields } = read;
    if (seen.size < FEWEST || fields.length < 2) throw tooFew(name, seen.size, fields.length);
    const rulesFile = files.find((file) => RULES.test(file.name));
    const stated = rulesFile
      ? readStatedRules(
          rulesFile.text,
          rulesFile.name,
          fields.map((field) => field.name),
        )
      : [];
    const all = [...seen.values()];
    const broken = all.filter((sheet) => brokenRule(sheet, stated));
    const kept = all.filter((sheet) => !brokenRule(sheet, stated));
    if (kept.length < FEWEST) throw tooFew(name, kept.length, fields.length);
    const balances = await balancesOf(fields, kept, random.fork('balance'));
    const skipped = rows.filter(({ reason }) => reason !== undefined);
    return {
      kind: 'sheets',
      items: kept.map((sheet) => JSON.stringify(sheet)),
      rules: {
        fields,
        columns: fields.map((field) => field.name),
        balances,
        stated,
        isTold: areTold(kept, fields),
      },
      setAside: [
        { reason: REPEATED, where: repeated },
        { reason: BROKEN, where: broken.map((sheet) => JSON.stringify(sheet).slice(0, 60)) },
        ...skipped.map(({ reason, line }) => ({ reason: reason!, where: [`${name}:${line}`] })),
      ]
        .filter(({ where }) => where.length > 0)
        .map(({ reason, where }) => ({ reason, count: where.length, where: where.slice(0, 5) })),
      notes: [...read.notes, ...balances.map(balanceNote)],
    } satisfies Corpus<SheetRules>;
  },

  askable: ({ fields }) =>
    Object.fromEntries(
      fields.flatMap((field): [string, Askable][] => {
        if (field.kind === 'number') return [[field.name, { kind: 'number' }]];
        if (field.kind === 'choice' || field.kind === 'list')
          return [[field.name, { kind: 'choice', values: field.values }]];
        const decided = field.kind === 'derived' ? [...new Set(Object.values(field.table))] : [];
        return decided.length > 1 && decided.every((value) => typeof value === 'string')
          ? [[field.name, { kind: 'choice', values: decided as string[] }]]
          : [];
      }),
    ),

  impossible: (wants, { fields }) => {
    for (const field of fields) {
      const want = wants[field.name];
      if (field.kind !== 'number' || want === undefined) continue;
      const [least, most] = [field.values[0]!, field.values.at(-1)!];
      if (Number(want) >= least && Number(want) <= most) continue;
      return {
        en: `${field.name} goes from ${least} to ${most} in the originals; ${want} is outside of what can be learnt from them`,
        zh: `原有条目的 ${field.name} 为 ${least} 到 ${most}；${want} 超出了可学习的范围`,
      };
    }
    return undefined;
  },

  arrange: (rules, wants) => {
    const decides = (name: string) =>
      rules.fields.some(
        (field) => field.kind === 'derived' && field.from === name && wants[field.name] !== undefined,
      );
    const rank = ({ name }: SheetField): number => {
      if (wants[name] !== undefined || decides(name)) return 0;
      return rules.balances.some(({ field }) => field === name) ? 1 : 2;
    };
    return { ...rules, fields: rules.fields.toSorted((a, b) => rank(a) - rank(b)) };
  },

  sequenceOf: (item, { fields }) => grammarOf(fields).sequenceOf(JSON.parse(item) as Sheet),
  itemOf: (sequence, { fields }) => JSON.stringify(grammarOf(fields).sheetOf(sequence)),

  shape: ({ fields }) => {
    const { longest } = grammarOf(fields);
    return {
      longest: longest + 1,
      window: longest + 1,
      // Whether a sheet is new shows at its end: then all of it is drawn again.
      stride: longest + 1,
      contexts: [1, 2, 3, 4, 6].map((length) => ({ offsets: Array.from({ length }, (_, i) => i + 1) })),
    };
  },

  weights: ({ fields }, { characters }, wants) => {
    const grammar = grammarOf(fields);
    return (before) => {
      const isAllowed = grammar.next(
        before.map((token) => characters[token]!),
        wants,
      );
      return Float64Array.from(characters, (character) => Number(isAllowed(character)));
    };
  },

  judge: (item, rules) => {
    const sheet = JSON.parse(item) as Sheet;
    const reason = brokenRule(sheet, rules.stated) ?? outOfBalance(sheet, readerOf(rules)(sheet));
    return reason ? { isValid: false, reason } : { isValid: true };
  },

  isOpen: (rules, vocabulary, originals) => {
    const { fields, isTold = true } = rules;
    const grammar = grammarOf(fields);
    const known = originals.map(parsed);
    const names = new Set(known.map((sheet) => nameIn(sheet, fields)).filter((name) => name !== ''));
    const others = isTold ? new Set(known.map((sheet) => comparedIn(sheet, fields).join())) : undefined;
    return (before, hasEnded) => {
      if (!hasEnded) return true;
      const sheet = grammar.sheetOf(vocabulary.decode(before));
      return !names.has(nameIn(sheet, fields)) && !others?.has(comparedIn(sheet, fields).join());
    };
  },

  nearest: (item, originals, { fields, isTold = true }) => {
    const sheet = JSON.parse(item) as Sheet;
    const text = textOf(fields);
    const own = comparedIn(sheet, fields);
    const called = nameIn(sheet, fields);
    let [best, least, isNamed] = ['', Number.POSITIVE_INFINITY, false];
    for (const original of originals) {
      const other = parsed(original);
      if (called !== '' && nameIn(other, fields) === called) isNamed = true;
      const theirs = comparedIn(other, fields);
      const apart = own.filter((value, i) => theirs[i] !== value).length;
      if (apart < least) [best, least] = [original, apart];
    }
    return {
      item: text ? String(parsed(best)[text] ?? '') : best,
      distance: {
        en: `${least} of ${own.length} fields differ${isNamed ? ', and one is called so' : ''}`,
        zh: `${own.length} 个字段中有 ${least} 个不同${isNamed ? '，且已有同名' : ''}`,
      },
      isCopy: isNamed || (isTold && least === 0),
    };
  },

  recombine: (originals, { fields }, random: Random) => {
    const draw = () => parsed(originals[random.below(originals.length)]!);
    const [a, b] = [draw(), draw()];
    return JSON.stringify(
      Object.fromEntries(fields.map(({ name }) => [name, (random.below(2) === 0 ? a : b)[name]!])),
    );
  },

  patterns: (item, { fields }) => {
    const sheet = parsed(item);
    const coarse = fields.flatMap((field) => coarseOf(field, sheet[field.name] ?? null));
    const held = fields.flatMap(({ kind, name }) =>
      kind === 'list' ? (sheet[name] as readonly string[]).map((element) => `${name}: ${element}`) : [],
    );
    return [...held, ...coarse, ...coarse.flatMap((a, i) => coarse.slice(0, i).map((b) => `${a} ${b}`))];
  },

  distance: (a, b) => {
    const [x, y] = [parsed(a), parsed(b)];
    const names = Object.keys(x);
    const apart = names.map((name) => {
      const [p, q] = [x[name]!, y[name]!];
      if (typeof p === 'number' && typeof q === 'number')
        return Math.abs(p - q) / Math.max(1, Math.abs(p), Math.abs(q));
      return Number(JSON.stringify(p) !== JSON.stringify(q));
    });
    return apart.reduce((sum, value) => sum + value, 0) / Math.max(1, names.length);
  },

  properties: (item, rules) => {
    const sheet = parsed(item);
    const own = Object.entries(sheet).map(([name, value]): [string, number | string] => [
      name,
      typeof value === 'number' ? value : Array.isArray(value) ? value.join('\n') : String(value ?? ''),
    ]);
    const foretold = readerOf(rules)(sheet).map(({ balance, foretold }): [string, number] => [
      foretoldName(balance.field),
      foretold,
    ]);
    return Object.fromEntries([...own, ...foretold]);
  },

  miss: (properties, wants) => {
    const misses = Object.entries(wants).map(([name, want]) => {
      // A number that the other fields speak of is met where they do.
      const value = properties[foretoldName(name)] ?? properties[name];
      if (typeof want === 'number') return Math.abs(Number(value ?? 0) - want) / Math.max(1, Math.abs(want));
      return Number(!String(value).split('\n').includes(want));
    });
    return misses.reduce((a, b) => a + b, 0) / Math.max(1, misses.length);
  },

  drafting: ({ fields }) => sheetDrafting(fields),

  files: (made, { columns: names }) => {
    const rows = made.map(({ item }) => {
      const sheet = parsed(item);
      return Object.fromEntries(names.map((name) => [name, sheet[name]!]));
    });
    const cell = (value: SheetValue): string =>
      Array.isArray(value) ? value.join('; ') : String(value ?? '');
    const csvLines = [names, ...rows.map((row) => names.map((name) => cell(row[name]!)))].map(csvLine);
    return [
      { name: 'sheets.csv', content: BYTE_ORDER_MARK + csvLines.join('') },
      { name: 'sheets.jsonl', content: rows.map((row) => `${JSON.stringify(row)}\n`).join('') },
    ];
  },
};

const isTable = ({ name, text }: { readonly name: string; readonly text: string }): boolean =>
  TABLE.test(name) || (/\.json$/i.test(name) && LIST.test(text));

const foretoldName = (field: string): string => `${field}, by the other fields`;

const textOf = (fields: readonly SheetField[]): string | undefined =>
  fields.find(({ kind }) => kind === 'text')?.name;

/** What a sheet is called, in lower case; '' where it has no name. */
function nameIn(sheet: Sheet, fields: readonly SheetField[]): string {
  const text = textOf(fields);
  return text === undefined ? '' : String(sheet[text] ?? '').toLowerCase();
}

/** The values that tell a sheet from others, but for its name. */
const comparedIn = (sheet: Sheet, fields: readonly SheetField[]): string[] =>
  fields
    .filter(({ kind }) => kind === 'number' || kind === 'choice' || kind === 'list')
    .map(({ name }) => JSON.stringify(sheet[name]));

/** Of originals, the share that differs from all others in some field beside the name, from which on the fields tell them apart. */
const TOLD = 0.5;
function areTold(sheets: readonly Sheet[], fields: readonly SheetField[]): boolean {
  if (textOf(fields) === undefined) return true;
  const counts = new Map<string, number>();
  const keys = sheets.map((sheet) => comparedIn(sheet, fields).join());
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return keys.filter((key) => counts.get(key) === 1).length >= TOLD * sheets.length;
}

const grammars = new WeakMap<readonly SheetField[], SheetGrammar>();
function grammarOf(fields: readonly SheetField[]): SheetGrammar {
  const grammar = grammars.get(fields) ?? new SheetGrammar(fields);
  grammars.set(fields, grammar);
  return grammar;
}

const readers = new WeakMap<SheetRules, ReturnType<typeof balanceReader>>();
function readerOf(rules: SheetRules): ReturnType<typeof balanceReader> {
  const reader = readers.get(rules) ?? balanceReader(rules.balances, rules.fields);
  readers.set(rules, reader);
  return reader;
}

const sheetsByText = new Map<string, Sheet>();
const MOST_PARSED = 20_000;
function parsed(item: string): Sheet {
  const known = sheetsByText.get(item);
  if (known) return known;
  if (sheetsByText.size > MOST_PARSED) sheetsByText.clear();
  const sheet = JSON.parse(item) as Sheet;
  sheetsByText.set(item, sheet);
  return sheet;
}

/** A value as one of a few: a quarter of the numbers, a choice, whether something is in a list. */
function coarseOf(field: SheetField, value: SheetValue): string[] {
  switch (field.kind) {
    case 'number': {
      const place = field.values.findIndex((each) => each >= Number(value));
      return [`${field.name}=${value === null ? '' : Math.floor((4 * place) / field.values.length)}`];
    }
    case 'choice':
      return [`${field.name}=${value}`];
    case 'list':
      return [`${field.name}=${(value as readonly string[]).length > 0}`];
    default:
      return [];
  }
}

const REPEATED: Localized = { en: 'the same as a row before', zh: '与前面的行相同' };
const BROKEN: Localized = { en: 'breaks a rule that you stated', zh: '违反您规定的规则' };

const balanceNote = ({ field, error, tolerance }: Balance): Localized => {
  const [mean, most] = [error, tolerance].map((value) => value.toPrecision(2));
  return {
    en: `${field} follows from the other fields to within ${mean} on average; sheets that are further off than ${most} are out of balance.`,
    zh: `${field} 可由其他字段推得，平均误差 ${mean}；相差超过 ${most} 的条目视为不平衡。`,
  };
};

const severalTables = (names: readonly string[]): UserError =>
  new UserError({
    en: `${names.slice(0, 5).join(', ')}: one table is learnt from; name that file instead of the folder`,
    zh: `${names.slice(0, 5).join('、')}：只能学习一个表；请直接指定该文件而非文件夹`,
  });

const tooFew = (file: string, rows: number, fields: number): UserError =>
  new UserError({
    en: `${file} holds ${plural(rows, 'different row')} with ${plural(fields, 'field')} that can be learnt from; at least ${FEWEST} rows and 2 fields are needed. Names alone go into a text file, one a line`,
    zh: `${file} 中可学习的不同行有 ${rows} 行，字段 ${fields} 个；至少需要 ${FEWEST} 行和 2 个字段。若只有名称，请放入文本文件，每行一个`,
  });
