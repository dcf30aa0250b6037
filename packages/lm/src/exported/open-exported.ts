/** An exported decoder as a graph that sessions run. */
import { UserError } from '@gradus/base';
import { type CompiledGraph, compileFile } from '@gradus/engine/node';
import type { ExportedModel } from '../model/language-model.ts';
import { type EnclosureOptions, enclosureOf } from './enclosure.ts';

/** @throws UserError naming the file that the runtime does not take */
export async function openExported(
  { exported: { file, layout } }: Pick<ExportedModel, 'exported'>,
  { threads, ...options }: EnclosureOptions & { readonly threads?: number | undefined },
): Promise<CompiledGraph> {
  try {
    return await compileFile(file, { threads, alone: true, enclosure: enclosureOf(layout, options) });
  } catch (error) {
    const { message } = error as Error;
    throw new UserError(
      { en: `${file} cannot be opened: ${message}`, zh: `无法打开 ${file}：${message}` },
      { cause: error },
    );
  }
}
