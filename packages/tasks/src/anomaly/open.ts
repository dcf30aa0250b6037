/** A model of good pieces that answers photographs: a score, a verdict, and where it looks odd, as a picture. */
import type { Localized } from '@gradus/base';
import { heatPicture, reasonOf } from '@gradus/data';
import { compile } from '@gradus/engine/node';
import { z } from 'zod';
import { encoderSize } from '../image/encoder.ts';
import { decodeSource } from '../image/source.ts';
import { type AnomalyModel, INPUT, OUTPUTS } from './model.ts';

/** What a model needs beside its graph. Plain JSON. */
export const AnomalyBundle = z.object({
  format: z.literal('gradus-anomaly-1'),
  size: z.tuple([z.int().min(1), z.int().min(1)]),
  threshold: z.number(),
  /** Of heat at places of good pieces: nothing odd, and clearly odd. */
  heat: z.tuple([z.number(), z.number()]),
});
export type AnomalyBundle = z.infer<typeof AnomalyBundle>;

export interface PieceAnswer {
  readonly score: number;
  readonly threshold: number;
  readonly verdict: 'good' | 'defect';
  /** How odd each place of the map is. [height, width] */
  readonly heat: Float32Array;
  readonly heatSize: readonly [height: number, width: number];
}

export interface OpenedAnomaly {
  /** @param pixels [3, height, width] each, of the bundle's size */
  answer(pixels: readonly Uint8Array[]): Promise<PieceAnswer[]>;
  /** Files of a folder, or `data:` URLs. */
  answerSources(sources: readonly string[], folder?: string): Promise<(PieceAnswer | Localized)[]>;
  /** The photograph with its odd places in red, as a PNG or a JPEG. */
  heatPicture(pixels: Uint8Array, answer: PieceAnswer, format?: 'png' | 'jpeg'): Promise<Uint8Array>;
  close(): Promise<void>;
}

const BATCH = 8;

/** @param graph The bytes of the model's graph */
export async function openAnomaly(
  { size, threshold, heat: [usual, odd] }: AnomalyBundle,
  graph: Uint8Array,
  { threads = 0 }: { readonly threads?: number } = {},
): Promise<OpenedAnomaly> {
  const compiled = await compile(graph, { threads });
  const [height, width] = size;
  const length = 3 * height * width;
  const answer = async (pixels: readonly Uint8Array[]): Promise<PieceAnswer[]> => {
    const answers: PieceAnswer[] = [];
    for (let from = 0; from < pixels.length; from += BATCH) {
      const batch = pixels.slice(from, from + BATCH);
      const data = new Uint8Array(batch.length * length);
      for (const [i, one] of batch.entries()) data.set(one, i * length);
      const outputs = await compiled.run({
        [INPUT]: { dtype: 'uint8', dims: [batch.length, 3, height, width], data },
      });
      const scores = outputs[OUTPUTS.score]!.data as Float32Array;
      const { dims, data: heats } = outputs[OUTPUTS.heat]! as { dims: readonly number[]; data: Float32Array };
      const [, high, wide] = dims as [number, number, number];
      for (const i of batch.keys())
        answers.push({
          score: scores[i]!,
          threshold,
          verdict: scores[i]! >= Math.fround(threshold) ? 'defect' : 'good',
          heat: heats.slice(i * high * wide, (i + 1) * high * wide),
          heatSize: [high, wide],
        });
    }
    return answers;
  };
  return {
    answer,
    answerSources: async (sources, folder) => {
      const read = await Promise.all(
        sources.map((source) =>
          decodeSource(source, size, folder).catch((error: unknown) => reasonOf(error)),
        ),
      );
      const answers = await answer(read.filter((one) => one instanceof Uint8Array));
      return read.map((one) => (one instanceof Uint8Array ? answers.shift()! : one));
    },
    heatPicture: (pixels, { heat, heatSize }, format) =>
      heatPicture(
        { pixels, size },
        { values: heat.map((value) => (value - usual) / (odd - usual)), size: heatSize },
        format,
      ),
    close: () => compiled.close(),
  };
}

/** What of a model its graph does not hold. */
export const anomalyBundle = ({ encoder, threshold, heat }: AnomalyModel): AnomalyBundle => ({
  format: 'gradus-anomaly-1',
  size: [...encoderSize(encoder)] as [number, number],
  threshold: threshold.value,
  heat: [...heat],
});
