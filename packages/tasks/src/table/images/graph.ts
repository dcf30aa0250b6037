/**
 * A column of images in the deployed graph: pixels in; the numbers that models learn from out, and the encoder's own numbers as an output
 * of the graph. There the graph can be cut in two, so that who asks about the same images again and again describes them once.
 */
import { concat, constant, type Graph, input, rebuild, type Tensor } from '@gradus/engine';
import { encoderFeatures, pixelInput } from '../../image/encoder.ts';
import type { ImageColumn } from './image-column.ts';
import type { StoredImage } from './stored.ts';

export interface ImageTensors {
  /** [batch, scores + 1] float32: the scores, not a number where there is no image, and whether there is one */
  readonly trees: Tensor;
  /** [batch, scores + 1] float32 */
  readonly dense: Tensor;
  /** [batch, numbers] float32 */
  readonly features: Tensor;
}

export function imageTensors({
  inputs,
  encoder,
  center,
  scale,
  linear: { weights, bias },
  means,
  spreads,
}: ImageColumn): ImageTensors {
  const features = encoderFeatures(encoder, pixelInput(encoder, inputs.pixels));
  const isThere = input(inputs.isThere, ['batch'], 'float32').unsqueeze(1);
  const row = (values: readonly number[]) =>
    constant({ dtype: 'float32', dims: [1, values.length], data: Float32Array.from(values) });
  const table = constant(
    { dtype: 'float32', dims: [center.length, bias.length], data: weights },
    'image.weight',
  );
  const scores = features.sub(row(center)).div(row(scale)).matmul(table).add(row(bias));
  const k = bias.length;
  const standardized = scores.sub(row(means.slice(0, k))).div(row(spreads.slice(0, k)));
  const missing = constant({ dtype: 'float32', dims: [1, 1], data: Float32Array.of(Number.NaN) });
  return {
    features,
    trees: concat([isThere.greater(0).where(scores, missing), isThere], 1),
    dense: concat([standardized.mul(isThere), isThere.sub(means[k]!).div(spreads[k]!)], 1),
  };
}

/** The graph from the encoder's numbers on, and that of each column's numbers. */
export function cutAtFeatures(
  graph: Graph<Tensor>,
  images: readonly StoredImage[],
): { readonly head: Graph<Tensor>; readonly encoders: readonly Graph<Tensor>[] } {
  const featured = new Set(images.map(({ inputs }) => inputs.features));
  const answers = Object.entries(graph.outputs).filter(([name]) => !featured.has(name));
  const given = images.map(
    ({ inputs: { features }, width }) =>
      [graph.outputs[features]!, input(features, ['batch', width])] as const,
  );
  const rest = rebuild(
    answers.map(([, value]) => value),
    { values: new Map(given) },
  );
  const pixels = new Set(images.map(({ inputs }) => inputs.pixels));
  return {
    head: {
      name: graph.name,
      inputs: {
        ...Object.fromEntries(Object.entries(graph.inputs).filter(([name]) => !pixels.has(name))),
        ...Object.fromEntries(images.map(({ inputs }, i) => [inputs.features, given[i]![1]])),
      },
      outputs: Object.fromEntries(answers.map(([name], i) => [name, rest[i]!])),
    },
    encoders: images.map(({ inputs }) => ({
      name: 'encoder',
      inputs: { [inputs.pixels]: graph.inputs[inputs.pixels]! },
      outputs: { [inputs.features]: graph.outputs[inputs.features]! },
    })),
  };
}
