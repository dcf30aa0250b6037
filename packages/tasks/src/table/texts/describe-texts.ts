/** The texts of a table's columns with what an encoder says of each. */
import {
  type EncoderRef,
  openServedEncoder,
  type ServedEncoder,
  vectorsOfTexts,
} from '../../shared/brought-encoder.ts';
import type { TableColumn, TextCells } from '../columns.ts';

/** Where there is no text, there is nothing to say. */
export async function withVectors(
  cells: TextCells,
  encoder: Pick<ServedEncoder, 'embed' | 'dimensions'>,
  options: Parameters<ServedEncoder['embed']>[1] = {},
): Promise<TextCells> {
  const nothing = new Float32Array(encoder.dimensions);
  const there = cells.values.filter((text) => text !== '');
  const vectors = (await vectorsOfTexts(encoder, there, options)).values();
  return { ...cells, vectors: cells.values.map((text) => (text === '' ? nothing : vectors.next().value!)) };
}

/** All columns of texts, by the encoder that those of a run's table were read with. */
export async function withTextVectors(
  columns: readonly TableColumn[],
  ref: EncoderRef,
): Promise<readonly TableColumn[]> {
  const encoder = await openServedEncoder(ref);
  try {
    const described: TableColumn[] = [];
    for (const column of columns) {
      const { cells } = column;
      described.push(
        cells.kind === 'text' ? { ...column, cells: await withVectors(cells, encoder) } : column,
      );
    }
    return described;
  } finally {
    await encoder.close();
  }
}
