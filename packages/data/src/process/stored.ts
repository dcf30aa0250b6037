/** A fitted pipeline as JSON, and read back: a file may be damaged or hostile, and nothing of it is used before it is checked. */

import { UserError } from '@gradus/base';
import { GraphError } from '@gradus/engine';
import { z } from 'zod';
import { columnType, type FittedPipeline, requireOrder, stepType, traced } from './pipeline.ts';
import { parsed } from './step.ts';

const VERSION = 1;
/** Characters of a file that are read at most. */
const MOST_CHARACTERS = 256 * 1024 * 1024;

const fileSchema = z.object({
  pipeline: z.literal(VERSION),
  columns: z
    .array(z.object({ name: z.string(), kind: z.string(), role: z.string(), dtype: z.string() }))
    .max(100_000),
  steps: z
    .array(
      z.object({
        step: z.string(),
        columns: z.array(z.string()).max(100_000),
        options: z.unknown(),
        parameters: z.unknown(),
      }),
    )
    .max(1000),
});

export function writePipeline({ columns, steps }: FittedPipeline): string {
  return JSON.stringify({ pipeline: VERSION, columns, steps });
}

/** @throws UserError naming the field that is not as it should be */
export function readPipeline(json: string): FittedPipeline {
  if (json.length > MOST_CHARACTERS)
    throw new UserError({
      en: 'the pipeline is larger than any that is written',
      zh: '流水线文件过大，不可能由本程序写出',
    });
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new UserError({
      en: `the pipeline is not JSON: ${(error as Error).message}`,
      zh: `流水线不是 JSON：${(error as Error).message}`,
    });
  }
  const file = parsed(fileSchema, value, 'pipeline');
  const columns = file.columns.map(columnType);
  const names = new Set(columns.map(({ name }) => name));
  if (names.size !== columns.length)
    throw new UserError({ en: 'pipeline: a column stands twice', zh: '流水线：有一列出现两次' });
  const steps = file.steps.map(({ step, columns, options, parameters }, i) => {
    const type = stepType(step);
    const where = `pipeline: step ${i + 1} (${step})`;
    const fitted = {
      step,
      columns,
      options: parsed(type.options, options, where),
      parameters: parsed(type.parameters, parameters, where),
    };
    if (Array.isArray(fitted.parameters) && fitted.parameters.length !== columns.length) {
      throw new UserError({
        en: `${where}: has parameters of ${fitted.parameters.length} columns for ${columns.length}`,
        zh: `流水线第 ${i + 1} 步（${step}）：有 ${fitted.parameters.length} 列的参数，而列数为 ${columns.length}`,
      });
    }
    return fitted;
  });
  requireOrder(steps);
  const pipeline = { columns, steps };
  try {
    traced(pipeline, true);
  } catch (error) {
    // Parameters each of which could be, and that do not go together.
    if (error instanceof GraphError || error instanceof TypeError || error instanceof RangeError) {
      throw new UserError({
        en: `pipeline: its steps do not go together: ${error.message}`,
        zh: `流水线：各步骤无法衔接：${error.message}`,
      });
    }
    throw error;
  }
  return pipeline;
}
