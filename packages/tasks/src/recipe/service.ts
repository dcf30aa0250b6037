/** How a finished run of a task answers: `{"texts": […]}`, one result each, with reasons on request. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '@gradus/base';
import { isWhole, MODEL_FILE, readRun, type Service, type ServiceDeclaration } from '@gradus/loop';
import { z } from 'zod';
import type { Opened, Task, TaskRow, TaskTypes } from '../task.ts';
import { readTaskSummary } from './summary.ts';

export const BUNDLE_FILE = 'bundle.json';
const MOST_TEXTS = 1000;
const MOST_REASONS = 10;

/** Tasks whose inputs are texts. */
export type TextTypesOf = TaskTypes & {
  readonly input: string;
  readonly rows: readonly TaskRow<string>[];
};

export interface TaskServiceOptions {
  /** Texts of ordinary size: shown to those who try it. */
  readonly example: readonly string[];
  /** The role of the texts' column. */
  readonly role: string;
}

const Reasons = z.array(z.object({ unit: z.string(), weight: z.number() }));

export function taskService<T extends TextTypesOf>(
  task: Task<T>,
  { example, role }: TaskServiceOptions,
): ServiceDeclaration {
  const Request = z.strictObject({
    texts: z.array(task.input).min(1).max(MOST_TEXTS),
    /** With it, each result says which words carried it. */
    reasons: z.boolean().optional(),
  });
  const correction = (labels?: readonly string[]) =>
    z.strictObject({
      text: task.input,
      label: z.string().refine((label) => !labels || labels.includes(label), {
        error: `no class has this name; there are: ${labels?.join(', ')}`,
      }),
    });
  return {
    request: Request,
    answer: z.object({
      results: z.array(z.intersection(task.answer, z.object({ reasons: Reasons.optional() }))),
    }),
    correction: task.needsLabels ? correction() : z.never(),
    example: { texts: example },
    columns: task.columns,
    open: async (directory): Promise<Service> => {
      const opened = await openTask(task, directory);
      const column = readTaskSummary(readRun(directory)).columns[role];
      const texts = (request: unknown): readonly string[] => Request.parse(request).texts;
      return {
        ...(column !== undefined && { columns: { texts: column } }),
        ...(opened.labels && { correction: correction(opened.labels) }),
        ...(opened.labels && { correctionOf }),
        answer: async (request) => {
          const { reasons = false, texts } = Request.parse(request);
          const answers = await opened.answer(texts);
          if (!reasons || !opened.reasons) return { results: answers };
          const found = await opened.reasons(texts);
          return {
            results: answers.map((answer, i) => ({
              ...(answer as object),
              reasons: found[i]!.slice(0, MOST_REASONS),
            })),
          };
        },
        describe: (request, answer) => {
          const { results } = answer as { readonly results: readonly T['answer'][] };
          return texts(request).map((text, i) => opened.describe(text, results[i]!));
        },
        close: () => opened.close(),
      };
    },
  };
}

/** What came of one text: its class, by itself or as a field; nothing where the text was cut in the log. */
function correctionOf(request: unknown, row: number, outcome: unknown): unknown {
  const text = (request as { readonly texts?: readonly unknown[] } | null)?.texts?.[row];
  if (typeof text !== 'string' || !isWhole(text)) return undefined;
  const label =
    typeof outcome === 'object' && outcome !== null ? (outcome as { label?: unknown }).label : outcome;
  return label === undefined ? undefined : { text, label };
}

/** Opens the model of a finished run. @throws UserError where its files are missing or damaged */
export async function openTask<T extends TaskTypes>(task: Task<T>, directory: string): Promise<Opened<T>> {
  return task.open(readBundle(task, directory), readModel(directory));
}

export const readModel = (directory: string): Uint8Array => readFileSync(join(directory, MODEL_FILE));

/** @throws UserError where the file is missing or damaged */
export const readBundle = <T extends TaskTypes>(task: Task<T>, directory: string): T['bundle'] =>
  parseBundle(directory, task.parseBundle);

/** @throws UserError where the file is missing or damaged */
export function parseBundle<Bundle>(directory: string, parse: (value: unknown) => Bundle): Bundle {
  const path = join(directory, BUNDLE_FILE);
  try {
    return parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    throw new UserError(
      {
        en: `${path} is missing or damaged: ${(error as Error).message}`,
        zh: `${path} 缺失或已损坏：${(error as Error).message}`,
      },
      { cause: error },
    );
  }
}
