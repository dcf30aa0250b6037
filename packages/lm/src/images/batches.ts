/** Images as batches for a graph: several at once, so that neither memory nor the runtime's cores are wasted. */
import type { HostTensor } from '@gradus/engine';
import type { CompiledGraph } from '@gradus/engine/node';
import type { ImageProcessor } from './image-processor.ts';

/** The path of an image file, or its bytes. */
export type ImageInput = string | Uint8Array;

export interface ImageRunOptions {
  readonly signal?: AbortSignal;
  onImages?(done: number, all: number): void;
}

const BATCH = 16;

/** What a graph (pixels) -> (output [batch, size]) says of images, row by row. */
export async function runImages(
  compiled: CompiledGraph,
  processor: ImageProcessor,
  images: readonly ImageInput[],
  size: number,
  { signal, onImages }: ImageRunOptions,
): Promise<Float32Array> {
  const found = new Float32Array(images.length * size);
  const { height, width } = processor;
  const length = 3 * height * width;
  for (let from = 0; from < images.length; from += BATCH) {
    signal?.throwIfAborted();
    const batch = images.slice(from, from + BATCH);
    const data = new Float32Array(batch.length * length);
    for (const [i, image] of batch.entries())
      await processor.process(image, data.subarray(i * length, (i + 1) * length));
    const pixels: HostTensor = { dtype: 'float32', dims: [batch.length, 3, height, width], data };
    const { output } = await compiled.run({ pixels });
    found.set(output!.data as Float32Array, from * size);
    onImages?.(from + batch.length, images.length);
  }
  return found;
}
