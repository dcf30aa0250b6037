/** What is wrong with a table: one rule for each kind of trouble. Their sentences stand in `words.ts`. */
import type { ColumnProfile, Profile } from '../document.ts';
import type { AnyFinding } from '../finding.ts';

/** A profile that has no findings yet. */
export type Observed = Omit<Profile, 'findings'>;

const LEAK = {
  auc: { critical: 0.98, warning: 0.93 },
  r2: { critical: 0.97, warning: 0.9 },
} as const;
const PERSONAL_INSIDE = 0.001;
const UNREAD_CRITICAL = 0.05;
const DUPLICATE_ROWS = 0.001;
const DUPLICATE_TEXTS = 0.02;
const MOSTLY_MISSING = 0.5;
const SOME_MISSING = 0.05;
const MISSING_AS_TEXT = 0.001;
const NEARLY_CONSTANT = 0.995;
const MANY_VALUES = 50;
const RARE_CLASS = 0.1;
const VERY_RARE_CLASS = 0.01;
const EQUIVALENT = 0.95;
const SKEWED = 5;
const MANY_OUTLIERS = 0.05;

export const RULES: Readonly<Record<string, (observed: Observed) => Iterable<AnyFinding>>> = {
  *personal({ columns }) {
    for (const { name, personal } of columns) {
      if (!personal) continue;
      const whole = personal.kinds.find(({ whole }) => whole);
      if (whole) {
        const { kind, share } = whole;
        yield { code: 'personal-column', severity: 'critical', columns: [name], data: { kind, share } };
        continue;
      }
      const kinds = personal.kinds
        .filter(({ share }) => share >= PERSONAL_INSIDE)
        .map(({ kind, share }) => ({ kind, share }));
      if (kinds.length > 0)
        yield { code: 'personal-inside', severity: 'warning', columns: [name], data: { kinds } };
    }
  },

  *leak({ target }) {
    for (const { column, measure, value, low, high } of target?.predictors ?? []) {
      const limits = LEAK[measure];
      if (value < limits.warning) continue;
      yield {
        code: 'leak',
        severity: value >= limits.critical ? 'critical' : 'warning',
        columns: [column],
        data: { target: target!.column, measure, value, low, high },
      };
    }
  },

  *setAside({ rows: { count: rows, setAside } }) {
    for (const { file, reason } of setAside.files ?? [])
      yield { code: 'unread-file', severity: 'warning', columns: [], data: { file, reason } };
    const { count, rows: examples } = setAside;
    if (count === 0) return;
    const [first] = examples;
    yield {
      code: 'unread-rows',
      severity: count / Math.max(1, rows) > UNREAD_CRITICAL ? 'critical' : 'warning',
      columns: [],
      data: { count, rows, ...(first && { first: { line: first.line, reason: first.reason } }) },
    };
  },

  *drift({ drift }) {
    for (const { column, psi, level } of drift?.columns ?? []) {
      if (level === 'stable') continue;
      yield {
        code: 'drift',
        severity: level === 'shifted' ? 'notice' : 'warning',
        columns: [column],
        data: { psi, level, boundary: drift!.boundary },
      };
    }
  },

  *balance({ target }) {
    const least = target?.classes?.at(-1);
    if (!target?.classes || !least || target.classes.length < 2) return;
    const total = target.classes.reduce((sum, { count }) => sum + count, 0);
    const { value, count } = least;
    const share = count / total;
    if (share >= RARE_CLASS) return;
    yield {
      code: 'rare-class',
      severity: share < VERY_RARE_CLASS ? 'warning' : 'notice',
      columns: [target.column],
      data: { value, count, share },
    };
  },

  *noTarget({ target, columns }) {
    const column = columns.find(({ name }) => name === target?.column);
    if (!column || column.missing.count === 0) return;
    const { count, share } = column.missing;
    yield { code: 'no-target', severity: 'warning', columns: [column.name], data: { count, share } };
  },

  *duplicates({ duplicates: { rows: count, share, exact }, rows }) {
    if (share < DUPLICATE_ROWS) return;
    const compared = rows.isSample && !rows.wholePass ? rows.sampled : rows.count;
    yield {
      code: 'duplicate-rows',
      severity: 'warning',
      columns: [],
      data: { count, rows: compared, share, exact },
    };
  },

  *alikeTexts({ duplicates: { texts } }) {
    if (!texts || texts.share < DUPLICATE_TEXTS) return;
    const { column, share } = texts;
    yield { code: 'duplicate-texts', severity: 'notice', columns: [column], data: { share } };
  },

  *missing({ columns }) {
    for (const { name, type, missing } of columns) {
      const { share } = missing;
      if (type === 'empty' || share < SOME_MISSING) continue;
      yield share >= MOSTLY_MISSING
        ? { code: 'mostly-missing', severity: 'warning', columns: [name], data: { share } }
        : { code: 'missing', severity: 'notice', columns: [name], data: { share } };
    }
  },

  *disguised({ columns }) {
    for (const { name, missing } of columns) {
      const share = missing.disguised.reduce((sum, { share }) => sum + share, 0);
      if (share < MISSING_AS_TEXT) continue;
      const values = missing.disguised.slice(0, 4).map(({ value }) => value);
      yield { code: 'missing-as-text', severity: 'warning', columns: [name], data: { share, values } };
    }
  },

  *sentinel({ columns }) {
    for (const { name, numbers } of columns) {
      if (!numbers?.sentinel) continue;
      const { value, count } = numbers.sentinel;
      yield { code: 'sentinel', severity: 'warning', columns: [name], data: { value, count } };
    }
  },

  *mixed({ columns }) {
    for (const { name, type, mixed } of columns) {
      if (!mixed) continue;
      const data = { type, share: 1 - mixed.share, examples: mixed.others.slice(0, 3) };
      yield { code: 'mixed-types', severity: 'warning', columns: [name], data };
    }
  },

  *constant({ columns }) {
    const constant = columns.filter((column) => isConstant(column));
    if (constant.length > 0)
      yield { code: 'constant', severity: 'warning', columns: namesOf(constant), data: {} };
    const nearly = columns.filter(
      (column) => !isConstant(column) && (column.values?.[0]?.share ?? 0) >= NEARLY_CONSTANT,
    );
    if (nearly.length > 0) {
      const data = { share: NEARLY_CONSTANT };
      yield { code: 'nearly-constant', severity: 'notice', columns: namesOf(nearly), data };
    }
  },

  *identifiers({ columns }) {
    const identifiers = columns.filter((column) => column.type === 'identifier' && !isPersonal(column));
    if (identifiers.length > 0)
      yield { code: 'identifiers', severity: 'notice', columns: namesOf(identifiers), data: {} };
  },

  *manyValues({ columns }) {
    for (const column of columns) {
      const { count, exact } = column.distinct;
      if (column.type !== 'category' || count <= MANY_VALUES || isPersonal(column)) continue;
      yield { code: 'many-values', severity: 'notice', columns: [column.name], data: { count, exact } };
    }
  },

  *outliers({ columns }) {
    for (const { name, numbers } of columns) {
      if (!numbers || numbers.sentinel) continue;
      const { outliers, skewness, min, max, quantiles } = numbers;
      if (Math.abs(skewness) > SKEWED && min >= 0) {
        const data = { median: quantiles['0.5'], max };
        yield { code: 'long-tail', severity: 'notice', columns: [name], data };
      } else if (outliers && outliers.count > 0 && outliers.share < MANY_OUTLIERS) {
        const { count, share, examples } = outliers;
        const data = { count, share, examples: examples.slice(0, 3) };
        yield { code: 'outliers', severity: 'notice', columns: [name], data };
      }
    }
  },

  *alike({ associations: { pairs }, target }) {
    for (const { columns, value, spearman, measure } of pairs) {
      if (Math.max(Math.abs(value), Math.abs(spearman ?? 0)) < EQUIVALENT) continue;
      if (columns.includes(target?.column ?? '')) continue;
      yield { code: 'equivalent', severity: 'notice', columns, data: { measure, value } };
    }
  },

  *dates({ columns }) {
    for (const { name, dates } of columns) {
      if (!dates?.assumed) continue;
      const data = { assumed: dates.assumed };
      yield { code: 'ambiguous-dates', severity: 'notice', columns: [name], data };
    }
  },

  *header({ columns, source }) {
    if (source.format !== 'csv' || !columns.every(({ name }, i) => name === `column ${i + 1}`)) return;
    yield { code: 'no-header', severity: 'notice', columns: [], data: {} };
  },

  *title({ source: { linesAbove = 0 } }) {
    if (linesAbove > 0)
      yield { code: 'lines-above', severity: 'notice', columns: [], data: { lines: linesAbove } };
  },

  *sheets({ source: { format, part, mergedFilled = 0 } }) {
    if (format === 'xlsx' && part && !part.isNamed && part.others.length > 0) {
      const { name: read, others } = part;
      yield { code: 'other-sheets', severity: 'warning', columns: [], data: { read, others } };
    }
    if (mergedFilled > 0)
      yield { code: 'merged-cells', severity: 'notice', columns: [], data: { cells: mergedFilled } };
  },

  *encoding({ source: { encoding, encodingDoubt, foreignLines } }) {
    if (!encoding) return;
    if (encodingDoubt) {
      const data = { encoding, others: encodingDoubt };
      yield { code: 'encoding-in-doubt', severity: 'warning', columns: [], data };
    }
    if (foreignLines > 0) {
      const data = { lines: foreignLines, encoding };
      yield { code: 'mixed-encodings', severity: 'warning', columns: [], data };
    } else if (encoding !== 'utf-8' && !encodingDoubt)
      yield { code: 'encoding', severity: 'notice', columns: [], data: { encoding } };
  },

  *width({ columnsLeftOut: leftOut, columns }) {
    if (leftOut === 0) return;
    const data = { columns: columns.length, leftOut };
    yield { code: 'columns-left-out', severity: 'warning', columns: [], data };
  },
};

const namesOf = (columns: readonly ColumnProfile[]): string[] => columns.map(({ name }) => name);

const isPersonal = ({ personal }: ColumnProfile): boolean =>
  personal?.kinds.some(({ whole }) => whole) ?? false;

/** One value, or none, in every row that is known. */
const isConstant = ({ type, distinct, missing }: ColumnProfile): boolean =>
  type === 'empty' || (distinct.count === 1 && missing.share < MOSTLY_MISSING);
