/**
 * A finished quality run as a service: new rows of evidence are judged by the same standard, each by itself and all together. The
 * figures of the request's rows come with their intervals, so that ten rows do not pass for a verdict.
 */
import { UserError } from '@gradus/base';
import type { Service, ServiceDeclaration } from '@gradus/loop';
import {
  estimateFigure,
  type Figure,
  judge,
  type Limit,
  limitValue,
  MOST_IMAGE_CHARACTERS,
  togetherOf,
} from '@gradus/tasks';
import { z } from 'zod';
import type { EvidenceTable, TableKind } from './evidence/evidence.ts';
import { kindOf, TABLE_KINDS } from './evidence/kinds.ts';
import { openPhotographs, PHOTOGRAPH_COLUMNS, PhotographAnswer } from './photograph-service.ts';
import { readScorers, type Scorers } from './scorers.ts';
import { bounded } from './summary.ts';
import type { Scorer } from './train.ts';

const MOST_ROWS = 10_000;
const MOST_TEXT = 100_000;
/** Texts that are photographs are longer. */
const cell = z.union([z.string().max(MOST_IMAGE_CHARACTERS), z.number(), z.boolean(), z.null()]);
const Request = z.strictObject({
  rows: z
    .array(z.record(z.string().max(500), cell))
    .min(1)
    .max(MOST_ROWS),
  heat: z
    .boolean()
    .optional()
    .describe('of photographs: whether a picture of their odd places is wanted')
    .meta({
      en: 'of photographs: whether a picture of their odd places is wanted',
      zh: '照片：是否返回标出异常位置的图片',
    }),
});
type Request = z.infer<typeof Request>;

const verdict = z.enum(['meets', 'fails', 'cannot tell']);
const Row = z.strictObject({
  /** Null where the row has nothing that a limit is set for. */
  verdict: z.enum(['meets', 'fails']).nullable(),
  /** Figures whose limit the row does not keep. */
  wrong: z.array(z.string()),
});
const Answer = z.strictObject({
  results: z.array(z.union([Row, PhotographAnswer])),
  verdict,
  items: z.array(
    z.strictObject({
      measure: z.string(),
      figure: z.number(),
      low: z.number().nullable(),
      high: z.number().nullable(),
      limit: z.number(),
      verdict,
      n: z.number(),
      needed: z.number().nullable(),
    }),
  ),
});
type Row = z.infer<typeof Row>;

const ROW_COLUMNS = {
  verdict: {
    en: 'meets or fails: whether the row keeps every limit that is set for what it says; empty where there is none',
    zh: 'meets（达标）或 fails（不达标）：该行是否符合全部相关限值；无限值时为空',
  },
  wrong: { en: 'the figures whose limit the row does not keep', zh: '该行不符合限值的指标' },
};

const EXAMPLE: Request = { rows: [{ reference: 'set an alarm for ten', hypothesis: 'set alarm for 10' }] };

export const qualityService: ServiceDeclaration = {
  request: Request,
  answer: Answer,
  // A verdict is not corrected: it follows from evidence, and more of that is added to the file.
  correction: z.never(),
  example: EXAMPLE,
  ofFiles: { heat: true },
  columns: { ...ROW_COLUMNS, ...PHOTOGRAPH_COLUMNS },
  cells: (answer) => {
    const { verdict, wrong } = answer as Row;
    return { verdict, wrong: wrong.join('; ') };
  },
  open: async (directory) => {
    const kept = readScorers(directory);
    const photographs = kept.scorers.find(({ kind }) => kind === 'photographs');
    // Of a run that has tables too it is these whose rows say nothing without their columns.
    return photographs && kept.scorers.length === 1
      ? openPhotographs(directory, photographs.fitted)
      : serviceOf(kept);
  },
};

function serviceOf(kept: Scorers): Service {
  const limits = new Map(
    kept.standard.characteristics.flatMap(({ figures }) =>
      figures.map(({ figure, limit }) => [figure, limit] as const),
    ),
  );
  const columns = kept.scorers.flatMap((scorer) => Object.values(scorer.columns));
  const example = kept.scorers[0] && exampleOf(kept.scorers[0]);
  return {
    answerColumns: ROW_COLUMNS,
    ...(columns.length > 0 && { columns: Object.fromEntries(columns.map((column) => [column, column])) }),
    ...(example && { example }),
    answer: async (request) => judged(kept, limits, (request as Request).rows),
    close: async () => undefined,
  };
}

/** A row with the columns that the run's evidence had. */
function exampleOf({ columns }: Scorer): Request | undefined {
  const names = Object.values(columns);
  return names.length === 0 ? undefined : { rows: [Object.fromEntries(names.map((name) => [name, '1']))] };
}

function judged(
  { standard, scorers: all }: Scorers,
  limits: ReadonlyMap<string, Limit>,
  rows: Request['rows'],
) {
  checkTexts(rows);
  const scorers = all.filter(({ kind }) => kind !== 'photographs');
  const table = tableOf(rows);
  const kinds = new Set(scorers.map(({ kind }) => kind));
  const kind = kinds.size === 1 ? ([...kinds][0] as TableKind) : kindOf(table, standard);
  const fitted = scorers.find((scorer) => scorer.kind === kind)?.fitted;
  const evidence = TABLE_KINDS[kind].read(
    { table, leftOut: [], notes: [], isOfSystems: false },
    { standard, slices: [], ...(fitted !== undefined && { fitted }) },
  );
  const placeOf = new Map([...evidence.rows].map((number, place) => [number, place]));
  const limited = evidence.figures.flatMap((figure) => {
    const limit = limits.get(figure.id) ?? limits.get(figure.id.split(':')[0]!);
    return limit ? [{ figure, limit }] : [];
  });
  const items = limited.flatMap(({ figure, limit }) => {
    const estimate = estimateFigure(figure.values, evidence.clusters);
    if (!estimate) return [];
    const { verdict, needed } = judge(estimate, limit);
    return [
      {
        measure: figure.id,
        figure: estimate.value,
        low: bounded(estimate.low),
        high: bounded(estimate.high),
        limit: limitValue(limit),
        verdict,
        n: estimate.n,
        needed,
      },
    ];
  });
  return {
    results: rows.map((_, i) => rowOf(limited, placeOf.get(i + 1))),
    verdict: togetherOf(items.map(({ verdict }) => verdict)),
    items,
  };
}

function rowOf(
  limited: readonly { readonly figure: Figure; readonly limit: Limit }[],
  place: number | undefined,
): Row {
  if (place === undefined) return { verdict: null, wrong: [] };
  const own = limited.flatMap(({ figure, limit }) => {
    const value = rowValue(figure, place);
    if (Number.isNaN(value)) return [];
    return [{ id: figure.id, isRight: 'atLeast' in limit ? value >= limit.atLeast : value <= limit.atMost }];
  });
  if (own.length === 0) return { verdict: null, wrong: [] };
  const wrong = own.filter(({ isRight }) => !isRight).map(({ id }) => id);
  return { verdict: wrong.length > 0 ? 'fails' : 'meets', wrong };
}

function rowValue({ values }: Figure, row: number): number {
  if (values.kind === 'ratio')
    return values.denominator[row]! > 0 ? values.numerator[row]! / values.denominator[row]! : Number.NaN;
  return values.kind === 'quantile' ? values.values[row]! : Number.NaN;
}

/** @throws UserError */
function checkTexts(rows: Request['rows']): void {
  for (const [i, row] of rows.entries()) {
    for (const [name, value] of Object.entries(row)) {
      if (typeof value !== 'string' || value.length <= MOST_TEXT) continue;
      throw new UserError({
        en: `rows.${i}.${name}: has ${value.length} characters; expected at most ${MOST_TEXT}`,
        zh: `rows.${i}.${name}：有 ${value.length} 个字符；最多 ${MOST_TEXT} 个`,
      });
    }
  }
}

/** Rows as records of any columns, as a table. */
function tableOf(rows: Request['rows']): EvidenceTable {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return {
    file: 'rows',
    columns,
    rows: rows.map((row) => columns.map((column) => String(row[column] ?? ''))),
    numbers: rows.map((_, i) => i + 1),
  };
}
