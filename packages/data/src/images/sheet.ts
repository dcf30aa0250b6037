/** Images side by side in one PNG. */
import type { Images } from './images.ts';

/**
 * @param columns Images in a row. Default: as many as make a square.
 * @returns the bytes of a PNG, `scale` screen pixels for each of an image's
 */
export async function imageSheet(
  images: Images,
  columns = Math.ceil(Math.sqrt(images.count)),
  scale = 3,
): Promise<Uint8Array> {
  const { count, channels, height, width, pixels } = images;
  const rows = Math.ceil(count / columns);
  const [high, wide] = [rows * (height + 1) + 1, columns * (width + 1) + 1];
  const sheet = new Uint8Array(high * wide * channels).fill(128);
  for (let i = 0; i < count; i++) {
    const top = Math.floor(i / columns) * (height + 1) + 1;
    const left = (i % columns) * (width + 1) + 1;
    for (let channel = 0; channel < channels; channel++) {
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          const from = ((i * channels + channel) * height + y) * width + x;
          sheet[((top + y) * wide + left + x) * channels + channel] = pixels[from]!;
        }
      }
    }
  }
  const { default: sharp } = await import('sharp');
  return sharp(sheet, { raw: { width: wide, height: high, channels: channels as 1 | 3 } })
    .resize(wide * scale, high * scale, { kernel: 'nearest' })
    .png()
    .toBuffer();
}
