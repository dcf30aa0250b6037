/**
 * A standard: which characteristics a product is judged by, the figures that measure each, and their limits; whom a characteristic
 * matters to (needs), and how tables name their columns. It is a short YAML file that a founder reads and changes; presets are such
 * files. Characteristics are those of ISO/IEC 25010:2023 or the founder's own.
 */
import { type Localized, UserError } from '@gradus/base';
import { reasonOf } from '@gradus/base/schema';
import { INSPECTION_LEVELS } from '@gradus/stats';
import type { Limit } from '@gradus/tasks';
import type { Document } from 'yaml';
import { z } from 'zod';

const words = z.union([
  z.string().min(1).max(300),
  z.strictObject({ en: z.string().min(1), zh: z.string().min(1) }),
]);

const limitedFigure = z
  .strictObject({
    figure: z.string().min(1).max(200),
    at_least: z.number().optional(),
    at_most: z.number().optional(),
  })
  .refine(({ at_least, at_most }) => (at_least === undefined) !== (at_most === undefined), {
    error: 'expected one limit: at_least or at_most',
  });

const characteristic = z.strictObject({
  characteristic: words,
  weight: z.number().positive().max(1000).default(1),
  /** Words by which needs are found that this answers. */
  keywords: z.array(z.string().min(1).max(100)).max(200).default([]),
  figures: z.array(limitedFigure).min(1).max(50),
});

const tolerance = z
  .strictObject({ lower: z.number().optional(), upper: z.number().optional(), target: z.number().optional() })
  .refine(({ lower, upper }) => lower !== undefined || upper !== undefined, {
    error: 'expected lower, upper or both',
  })
  .refine(({ lower, upper }) => lower === undefined || upper === undefined || lower < upper, {
    error: 'the limits are swapped: lower has to be below upper',
  });

const StandardFile = z.strictObject({
  title: words.optional(),
  characteristics: z.array(characteristic).min(1).max(100),
  needs: z
    .array(
      z.strictObject({
        need: words,
        weight: z.number().positive().max(1000).default(1),
        /** Characteristics that answer it, with how strongly: 9, 3 or 1. */
        answered_by: z.record(z.string(), z.union([z.literal(1), z.literal(3), z.literal(9)])).default({}),
      }),
    )
    .max(200)
    .default([]),
  columns: z.record(z.string(), z.string().min(1).max(500)).default({}),
  tolerances: z.record(z.string(), tolerance).default({}),
  sampling: z
    .strictObject({
      lot: z.int().min(2).max(1e9),
      aql: z.number().positive(),
      level: z.enum(INSPECTION_LEVELS).default('II'),
      /** Defective units found in the sample of each lot so far, in order. */
      found: z.array(z.int().min(0).max(1e6)).max(10_000).default([]),
      /** Production is steady and reduced inspection is wanted. */
      may_reduce: z.boolean().default(false),
    })
    .optional(),
  checks: z
    .strictObject({
      longest: z.int().positive().optional(),
      shortest: z.int().positive().optional(),
      contains: z.array(z.string().min(1).max(500)).max(100).default([]),
      without: z.array(z.string().min(1).max(500)).max(1000).default([]),
      json: z.boolean().default(false),
      no_personal_data: z.boolean().default(true),
    })
    .prefault({}),
});
type StandardFile = z.infer<typeof StandardFile>;

export interface LimitedFigure {
  readonly figure: string;
  readonly limit: Limit;
}

export interface Characteristic {
  readonly name: Localized;
  readonly weight: number;
  readonly keywords: readonly string[];
  readonly figures: readonly LimitedFigure[];
}

export type Tolerance = StandardFile['tolerances'][string];
export type AnswerChecks = StandardFile['checks'];

export interface Standard {
  readonly title: Localized | undefined;
  readonly characteristics: readonly Characteristic[];
  readonly needs: readonly {
    readonly name: Localized;
    readonly weight: number;
    readonly answeredBy: Readonly<Record<string, number>>;
  }[];
  readonly columns: Readonly<Record<string, string>>;
  readonly tolerances: Readonly<Record<string, Tolerance>>;
  readonly checks: AnswerChecks;
  readonly sampling?: StandardFile['sampling'];
}

const MOST_CHARACTERS = 1e6;

const both = (text: z.infer<typeof words>): Localized =>
  typeof text === 'string' ? { en: text, zh: text } : text;

/** @param file For messages. @throws UserError naming the line or the field that is wrong */
export async function readStandard(text: string, file: string): Promise<Standard> {
  if (text.length > MOST_CHARACTERS) throw tooLong(file);
  // Loaded where it is needed: every command loads this file.
  const { parseDocument } = await import('yaml');
  const document = parseDocument(text, { maxAliasCount: 0 } as never);
  const [problem] = document.errors;
  if (problem) throw notYaml(file, problem.message.split('\n')[0]!);
  const parsed = StandardFile.safeParse(contentOf(document, file));
  if (!parsed.success) throw wrongStandard(file, reasonOf(parsed.error));
  const { title, characteristics, needs, ...rest } = parsed.data;
  return {
    title: title === undefined ? undefined : both(title),
    characteristics: characteristics.map(({ characteristic, weight, keywords, figures }) => ({
      name: both(characteristic),
      weight,
      keywords,
      figures: figures.map(({ figure, at_least, at_most }) => ({
        figure,
        limit: at_least === undefined ? { atMost: at_most! } : { atLeast: at_least },
      })),
    })),
    needs: needs.map(({ need, weight, answered_by }) => ({
      name: both(need),
      weight,
      answeredBy: answered_by,
    })),
    ...rest,
  };
}

/** Aliases could make a small file very large. */
function contentOf(document: Pick<Document, 'toJS'>, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch (error) {
    throw notYaml(file, (error as Error).message);
  }
}

/** Several standards as one: the characteristics of all. */
export function joinedStandards(standards: readonly Standard[]): Standard {
  const [first] = standards as [Standard];
  if (standards.length === 1) return first;
  return {
    ...first,
    title: undefined,
    characteristics: standards.flatMap(({ characteristics }) => characteristics),
  };
}

const tooLong = (file: string) =>
  new UserError({
    en: `${file} is too long for a standard: it may have a million characters.`,
    zh: `${file} 过长，标准文件最多一百万个字符。`,
  });

const notYaml = (file: string, reason: string) =>
  new UserError({
    en: `${file} is no readable YAML: ${reason} Copy a preset from a run's standard.yaml and change it.`,
    zh: `${file} 不是可读的 YAML：${reason} 可复制某次运行中的 standard.yaml 后修改。`,
  });

const wrongStandard = (file: string, { en, zh }: Localized) =>
  new UserError({
    en: `${file} is no standard: ${en}. A standard lists characteristics, each with figures and a limit; docs/quality.md shows one.`,
    zh: `${file} 不是标准文件：${zh}。标准列出各质量特性及其指标和限值；示例见 docs/quality.zh-CN.md。`,
  });
