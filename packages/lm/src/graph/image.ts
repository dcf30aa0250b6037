/** The graph of an encoder of images: pixels [batch, channels, height, width] -> states [batch, places, hidden]. */
import { apply, concat, type Tensor } from '@gradus/engine';
import type { ImageConfig } from '../families/image-config.ts';
import { type ImageTextConfig, POOLING_HEAD } from '../families/image-text-config.ts';
import { encoderLayers } from './encoder.ts';
import type { LayerWeights } from './layer-weights.ts';
import { ACTIVATIONS, normalized } from './parts.ts';

/** The states behind the last layer, before the last norm. The class token, where there is one, comes first. */
function imageHidden(config: ImageConfig, weights: LayerWeights, pixels: Tensor): Tensor {
  const { hidden, channels, height, width, patch, patches, classToken, positions, firstNorm } = config;
  const kernel = weights.tensor(`${patches.name}.weight`, [hidden, channels, patch, patch]);
  const bias = patches.bias ? [weights.vector(`${patches.name}.bias`, hidden)] : [];
  const count = Math.floor(height / patch) * Math.floor(width / patch);
  let x = apply('Conv', [pixels, kernel, ...bias], { strides: [patch, patch] })
    .reshape([-1, hidden, count])
    .transpose([0, 2, 1]);
  if (classToken) {
    const token = weights.tensor(classToken.name, classToken.dims).reshape([1, 1, hidden]);
    // As many as there are images.
    x = concat([x.slice([0], [1], [1]).mul(0).add(token), x], 1);
  }
  x = x.add(weights.tensor(positions.name, positions.dims));
  if (firstNorm !== undefined) x = normalized(x, firstNorm, config.norm, weights, hidden);
  return encoderLayers(x, config, weights);
}

/** One vector an image, [batch, size]. */
export function imageVectors(config: ImageTextConfig, weights: LayerWeights, pixels: Tensor): Tensor {
  const { image, imagePooling, imageProjection } = config;
  const states = imageHidden(image, weights, pixels);
  const norm = (x: Tensor) => normalized(x, image.finalNorm, image.norm, weights, image.hidden);
  const vector = imagePooling === 'class' ? norm(first(states)) : asked(image, weights, norm(states));
  return imageProjection ? weights.linear(vector, imageProjection) : vector;
}

/** The class token's state behind the last norm: what tells classes. */
export const classState = (config: ImageConfig, weights: LayerWeights, pixels: Tensor): Tensor =>
  normalized(
    first(imageHidden(config, weights, pixels)),
    config.finalNorm,
    config.norm,
    weights,
    config.hidden,
  );

export const first = (x: Tensor): Tensor => x.slice([0], [1], [1]).squeeze(1);

/** What a learned question finds in the states of patches, and a feed-forward part on top (SigLIP). */
function asked(config: ImageConfig, weights: LayerWeights, states: Tensor): Tensor {
  const { hidden, heads, layers } = config;
  const at = (name: string) => `${POOLING_HEAD}.${name}`;
  const matrix = weights.tensor(at('attention.in_proj_weight'), [3 * hidden, hidden]);
  const bias = weights.tensor(at('attention.in_proj_bias'), [3 * hidden]);
  const third = (x: Tensor, i: number) =>
    x
      .matmul(matrix.slice([i * hidden], [(i + 1) * hidden], [0]).T)
      .add(bias.slice([i * hidden], [(i + 1) * hidden], [0]));
  const question = states
    .slice([0], [1], [1])
    .mul(0)
    .add(weights.tensor(at('probe'), [1, 1, hidden]));
  const found = apply('Attention', [third(question, 0), third(states, 1), third(states, 2)], {
    q_num_heads: heads,
    kv_num_heads: heads,
    scale: { float: (hidden / heads) ** -0.5 },
  });
  const linear = (name: string, inputs: number, outputs: number) => ({
    name: at(name),
    inputs,
    outputs,
    bias: true,
  });
  const x = weights.linear(found, linear('attention.out_proj', hidden, hidden));
  const inner = layers[0]!.up.outputs;
  const wide = weights.linear(
    normalized(x, at('layernorm'), config.norm, weights, hidden),
    linear('mlp.fc1', hidden, inner),
  );
  const fed = weights.linear(ACTIVATIONS[config.activation](wide), linear('mlp.fc2', inner, hidden));
  return x.add(fed).squeeze(1);
}
