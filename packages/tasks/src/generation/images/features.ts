/** What made and real sprites are compared by: fixed statistics of strokes and colours, or a network that somebody brings. */
import { predict } from '@gradus/nn';
import {
  encoderFeatures,
  encoderName,
  encoderSize,
  type ImageEncoder,
  pixelInput,
} from '../../image/encoder.ts';
import { fromPalette, type Palette } from './palette.ts';

/** What stands behind a sprite where there is nothing of it. */
const BACKGROUND = 128;

/** @returns [items, width], row-major */
export async function spriteFeatures(
  items: readonly string[],
  palette: Palette,
  encoder: ImageEncoder,
): Promise<{ readonly features: Float32Array; readonly width: number; readonly name: string }> {
  const [high, wide] = encoderSize(encoder);
  const pixels = pixelInput(encoder, 'pixels');
  const graph = {
    name: 'features',
    inputs: { pixels },
    outputs: { features: encoderFeatures(encoder, pixels) },
  };
  const images = items.map((item) => fromPalette(palette, item));
  const { features } = await predict(graph, {
    size: items.length,
    batch: (rows) => {
      const data = new Uint8Array(rows.length * 3 * high * wide).fill(BACKGROUND);
      for (const [place, row] of rows.entries()) {
        const { width, height, data: own } = images[row]!;
        for (let y = 0; y < high; y++) {
          for (let x = 0; x < wide; x++) {
            const from = 4 * (Math.floor((y * height) / high) * width + Math.floor((x * width) / wide));
            if (own[from + 3] === 0) continue;
            for (let k = 0; k < 3; k++) data[((place * 3 + k) * high + y) * wide + x] = own[from + k]!;
          }
        }
      }
      return { pixels: { dtype: 'uint8', dims: [rows.length, 3, high, wide], data } };
    },
  });
  return { features: features!, width: features!.length / items.length, name: encoderName(encoder) };
}
