/**
 * What rounding costs a model (rounding.ts), on a text or by itself, measured once: the result is kept beside the model, and holds while
 * text and weights are the same. Where nothing can be written it is measured each time.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from '@gradus/base/files';
import { z } from 'zod';
import type { LanguageModel } from '../model/language-model.ts';
import { measureRounding, type Rounding } from './rounding.ts';

/** Of the file in a model's folder; a model that is one file has it behind its name. */
export const ROUNDING_FILE = 'rounding.json';

const KEPT = z.object({
  /** Of text and weights. */
  of: z.string(),
  exact: z.number(),
  rounded: z.number(),
  growth: z.number(),
  allowed: z.boolean(),
  tokens: z.number(),
});

/** @throws UserError where the text has no tokens */
export async function keptRounding(
  model: LanguageModel,
  text: string | undefined,
  options: { readonly threads?: number | undefined; readonly signal?: AbortSignal } = {},
): Promise<Rounding> {
  const isFile = statSync(model.path).isFile();
  const place = isFile ? `${model.path}.${ROUNDING_FILE}` : join(model.path, ROUNDING_FILE);
  const of = createHash('sha256')
    .update(stampOf(model.path, isFile))
    .update(text ?? '')
    .digest('hex');
  const kept = readKept(place);
  if (kept?.of === of) {
    const { of: _, ...rounding } = kept;
    return rounding;
  }
  const rounding = await measureRounding(model, text, options);
  try {
    writeWhole(place, `${JSON.stringify({ of, ...rounding }, undefined, 2)}\n`);
  } catch {
    // A model may lie where nobody may write.
  }
  return rounding;
}

function readKept(place: string): z.output<typeof KEPT> | undefined {
  if (!existsSync(place)) return undefined;
  try {
    return KEPT.parse(JSON.parse(readFileSync(place, 'utf8')));
  } catch {
    return undefined;
  }
}

/** Sizes and times of the files that a model is made of. */
function stampOf(path: string, isFile: boolean): string {
  const files = isFile
    ? [path]
    : readdirSync(path)
        .filter((name) => /\.(?:safetensors|json)$/.test(name) && name !== ROUNDING_FILE)
        .sort()
        .map((name) => join(path, name));
  return files.map((file) => `${file} ${statSync(file).size} ${statSync(file).mtimeMs}\n`).join('');
}
