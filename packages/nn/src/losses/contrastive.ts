/** Contrastive losses: they pull similar examples together and push different ones apart. */
import { asTensor, int64, scalar, type Tensor, type TensorLike } from '@gradus/engine';
import { requireRange } from '../index-ranges.ts';
import { sizeAt } from '../layers/size.ts';
import { crossEntropy } from './cross-entropy.ts';
import { mean } from './mean.ts';
import { beside } from './shapes.ts';

const distance = (a: Tensor, b: Tensor): Tensor => a.sub(b).square().sum([-1]).add(1e-12).sqrt();

/**
 * Pairs (Hadsell, Chopra and LeCun, 2006): d² for those alike, max(0, margin − d)² for the others.
 *
 * @param a [batch, features] @param b the same @param alike [batch], 1 or 0
 * @throws GraphError where shapes differ
 */
export function contrastive(
  a: Tensor,
  b: Tensor,
  alike: TensorLike,
  margin = 1,
  weights?: TensorLike,
): Tensor {
  const d = distance(a, beside('contrastive', a, b, 'partners'));
  const labels = asTensor(alike, d.dtype);
  requireRange(labels, { where: 'contrastive', what: 'probability', from: 0, to: 1 });
  const same = beside('contrastive', d, labels, 'labels');
  const apart = d.neg().add(margin).relu().square();
  return mean(same.mul(d.square()).add(same.neg().add(1).mul(apart)), weights);
}

/**
 * An anchor nearer to its like than to another, by a margin (Schroff, Kalenichenko and Philbin, 2015).
 *
 * @param anchor [batch, features]; the others the same
 * @throws GraphError where shapes differ
 */
export function triplet(
  anchor: Tensor,
  like: Tensor,
  other: Tensor,
  margin = 1,
  weights?: TensorLike,
): Tensor {
  const far = (x: Tensor) => distance(anchor, beside('triplet', anchor, x, 'partners'));
  return mean(far(like).sub(far(other)).add(margin).relu(), weights);
}

/**
 * Each row of `a` is to pick its partner among all rows of `b` by cosine, and the other way round (van den Oord, Li and
 * Vinyals, 2018; both ways as in CLIP, Radford et al., 2021).
 *
 * @param a [batch, features] @param b the same
 * @param weights [batch], of each pair; a pair of weight 0 is none that others could pick either
 */
export function infoNce(a: Tensor, b: Tensor, temperature = 0.07, weights?: TensorLike): Tensor {
  const unit = (x: Tensor) => x.div(x.square().sum([1], true).add(1e-12).sqrt());
  const scores = unit(a)
    .matmul(unit(beside('infoNce', a, b, 'partners')).T)
    .div(temperature);
  const partner = int64(Array.from({ length: sizeAt(a, 0) }, (_, i) => i));
  const ofPairs = weights === undefined ? undefined : asTensor(weights, a.dtype);
  const among = (x: Tensor) => (ofPairs ? x.add(ofPairs.equal(0).where(scalar(NEVER), scalar(0))) : x);
  const picked = (x: Tensor) => crossEntropy(among(x), partner, ofPairs ? { weights: ofPairs } : {});
  return picked(scores).add(picked(scores.T)).mul(0.5);
}

/** Added to a score that is not to be picked: its probability is then 0. */
const NEVER = -1e9;
