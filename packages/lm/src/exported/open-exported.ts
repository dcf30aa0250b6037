/** An exported decoder as a graph that sessions run. */
import { UserError } from '@gradus/base';
import { type CompiledGraph, compileFile } from '@gradus/engine/node';
import { type EnclosureOptions, enclosureOf } from './enclosure.ts';
import type { ExportedGraph } from './layout.ts';

/** @throws UserError naming the file that the runtime does not take */
export async function openExported(
  { file, layout }: ExportedGraph,
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
