/** Cells of a column of images as inputs of the graph. */
import type { HostTensor } from '@gradus/engine';
import { readPixelsUrl } from '../../image/inline.ts';
import type { ImageCell } from '../columns.ts';
import type { StoredImage } from './stored.ts';

/** Of the whole graph: pixels, which are decoded already. @throws RangeError where they are not */
export function pixelFeeds(
  { name, inputs, size: [height, width] }: StoredImage,
  cells: readonly ImageCell[],
): Record<string, HostTensor> {
  const length = 3 * height * width;
  const data = new Uint8Array(cells.length * length);
  for (const [i, cell] of cells.entries()) {
    if (!cell) continue;
    const pixels = readPixelsUrl(cell.source, length);
    if (!pixels)
      throw new RangeError(
        `${name}: decode the image to ${height} × ${width} first: data:application/octet-stream;base64,… of 3 × ${height} × ${width} bytes, red first`,
      );
    data.set(pixels, i * length);
  }
  return {
    [inputs.pixels]: { dtype: 'uint8', dims: [cells.length, 3, height, width], data },
    [inputs.isThere]: thereTensor(cells, (cell) => cell !== null),
  };
}

/** Of the graph from the encoder's numbers on. */
export function featureFeeds(
  { inputs, width }: StoredImage,
  cells: readonly ImageCell[],
): Record<string, HostTensor> {
  const data = new Float32Array(cells.length * width);
  for (const [i, cell] of cells.entries()) if (cell?.features) data.set(cell.features, i * width);
  return {
    [inputs.features]: { dtype: 'float32', dims: [cells.length, width], data },
    [inputs.isThere]: thereTensor(cells, (cell) => cell?.features !== undefined),
  };
}

const thereTensor = (cells: readonly ImageCell[], isThere: (cell: ImageCell) => boolean): HostTensor => ({
  dtype: 'float32',
  dims: [cells.length],
  data: Float32Array.from(cells, (cell) => Number(isThere(cell))),
});
