/** A photograph with heat laid over it: red where something is odd. */

export interface HeatMap {
  /** [height, width]; 0: nothing, 1: hottest. */
  readonly values: Float32Array;
  readonly size: readonly [height: number, width: number];
}

/** Of red at the hottest places. */
const STRENGTH = 0.7;

/** @param photograph [3, height, width], 0 to 255 @returns the bytes of an image file */
export async function heatPicture(
  {
    pixels,
    size: [height, width],
  }: { readonly pixels: Uint8Array; readonly size: readonly [height: number, width: number] },
  { values, size: [high, wide] }: HeatMap,
  format: 'png' | 'jpeg' = 'png',
): Promise<Uint8Array> {
  const area = height * width;
  const picture = new Uint8Array(3 * area);
  const at = (y: number, x: number): number =>
    values[Math.min(high - 1, Math.max(0, y)) * wide + Math.min(wide - 1, Math.max(0, x))]!;
  for (let y = 0; y < height; y++) {
    const v = ((y + 0.5) * high) / height - 0.5;
    const [top, down] = [Math.floor(v), v - Math.floor(v)];
    for (let x = 0; x < width; x++) {
      const u = ((x + 0.5) * wide) / width - 0.5;
      const [left, right] = [Math.floor(u), u - Math.floor(u)];
      const heat =
        (1 - down) * ((1 - right) * at(top, left) + right * at(top, left + 1)) +
        down * ((1 - right) * at(top + 1, left) + right * at(top + 1, left + 1));
      const weight = STRENGTH * Math.min(1, Math.max(0, heat));
      for (let c = 0; c < 3; c++) {
        const own = pixels[c * area + y * width + x]!;
        picture[3 * (y * width + x) + c] = own + weight * ((c === 0 ? 255 : 0) - own);
      }
    }
  }
  const { default: sharp } = await import('sharp');
  return sharp(picture, { raw: { width, height, channels: 3 } })
    .toFormat(format)
    .toBuffer();
}
