/**
 * A model of good pieces as one graph, from a photograph's pixels to how odd the piece is, whether that is too odd, and where. The score
 * is a weighted mean of two or four, each in units of good pieces' own spread: how far the piece lies from good ones; how much it looks like
 * good pieces with a made-up defect; and, where defects were known, how much its places, and it as a whole, look like those.
 */
import { concat, constant, type Graph, scalar, type Tensor } from '@gradus/engine';
import { type ImageEncoder, pixelInput } from '../image/encoder.ts';
import { type Gaussian, gaussianDistance } from './gaussian.ts';
import type { KnownDefects } from './known-defects.ts';
import { knownLinearLogits } from './known-linear.ts';
import { looksOf } from './looks.ts';
import { patchLogits } from './patch-network.ts';
import type { Threshold } from './threshold.ts';
import { turnedTensors, unturned } from './turns.ts';

/** A linear model of all features. Plain data. */
export interface FeatureScore {
  readonly center: Float32Array;
  /** Weights over spreads. */
  readonly weights: Float32Array;
  readonly bias: number;
}

/** Plain data. */
export interface AnomalyModel {
  readonly encoder: ImageEncoder;
  /** By part of the features; maxima have none. */
  readonly gaussians: readonly { readonly at: number; readonly gaussian: Gaussian }[];
  readonly made: FeatureScore;
  readonly known: KnownDefects | null;
  /** Of each of these scores over good pieces that it was not learnt from. */
  readonly scales: readonly { readonly mean: number; readonly spread: number; readonly weight: number }[];
  /** Of the narrow map at one place. */
  readonly places: Gaussian;
  /** Of heat at places of good pieces: nothing odd, and clearly odd. */
  readonly heat: readonly [usual: number, odd: number];
  readonly threshold: Threshold;
}

export const INPUT = 'pixels';
export const OUTPUTS = {
  score: 'score',
  isDefect: 'is_defect',
  threshold: 'threshold',
  heat: 'heat',
} as const;

/** uint8 [batch, 3, height, width] in; out: score [batch], is_defect [batch], threshold [1], heat [batch, height, width] of a map. */
export function anomalyGraph(model: AnomalyModel): Graph<Tensor> {
  const pixels = pixelInput(model.encoder, INPUT);
  const turns = model.known?.whole.turns ?? 1;
  const { deep, ...looks } = looksOf(model.encoder, turnedTensors(pixels, turns));
  const [features, map, local] = [looks.features, looks.map, looks.local].map((of) =>
    unturned(of, turns),
  ) as [Tensor, Tensor, Tensor];
  const scores = [
    distances(model.gaussians, features),
    linear(model.made, features),
    ...(model.known
      ? [patchLogits(model.known.places, local), knownLinearLogits(model.known.whole, deep)]
      : []),
  ];
  const total = scores
    .map((score, k) => {
      const { mean, spread, weight } = model.scales[k]!;
      return score.sub(mean).mul(weight / spread);
    })
    .reduce((sum, score) => sum.add(score));
  const threshold = constant({ dtype: 'float32', dims: [1], data: Float32Array.of(model.threshold.value) });
  return {
    name: 'anomaly',
    inputs: { [INPUT]: pixels },
    outputs: {
      [OUTPUTS.score]: total,
      [OUTPUTS.isDefect]: total.less(threshold).cast('float32').neg().add(1).cast('int64'),
      [OUTPUTS.threshold]: threshold.add(scalar(0)),
      [OUTPUTS.heat]: heatOf(model.places, map),
    },
  };
}

/** The mean over the parts. @returns [batch] */
function distances(gaussians: AnomalyModel['gaussians'], features: Tensor): Tensor {
  const each = gaussians.map(({ at, gaussian }) =>
    gaussianDistance(gaussian, features.slice([at], [at + gaussian.mean.length], [1])).unsqueeze(1),
  );
  return each.length === 1 ? each[0]!.squeeze(1) : concat(each, 1).mean([1]);
}

function linear({ center, weights, bias }: FeatureScore, features: Tensor): Tensor {
  const width = center.length;
  const row = constant({ dtype: 'float32', dims: [1, width], data: center });
  const column = constant({ dtype: 'float32', dims: [width, 1], data: weights });
  return features.sub(row).matmul(column).squeeze(1).add(bias);
}

/** How far each place lies from places of good pieces, as a distance. */
function heatOf(places: Gaussian, map: Tensor): Tensor {
  const [, channels, height, width] = map.shape as [string, number, number, number];
  const rows = map.transpose([0, 2, 3, 1]).reshape(-1, channels);
  return gaussianDistance(places, rows).div(2).exp().reshape('batch', height, width);
}
