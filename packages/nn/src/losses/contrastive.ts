/** Contrastive losses: they pull similar examples together and push different ones apart. */
import { int64, scalar, type Tensor } from '@gradus/engine';
import { crossEntropy } from './cross-entropy.ts';
import { mean } from './mean.ts';

const distance = (a: Tensor, b: Tensor): Tensor => a.sub(b).square().sum([-1]).add(1e-12).sqrt();

/**
 * Pairs (Hadsell, Chopra and LeCun, 2006): d² for those alike, max(0, margin − d)² for the others.
 *
 * @param a [batch, features] @param b the same @param alike float32 [batch], 1 or 0
 */
export function contrastive(a: Tensor, b: Tensor, alike: Tensor, margin = 1, weights?: Tensor): Tensor {
  const d = distance(a, b);
  const apart = d.neg().add(margin).relu().square();
  return mean(alike.mul(d.square()).add(alike.neg().add(1).mul(apart)), weights);
}

/** An anchor nearer to its like than to another, by a margin (Schroff, Kalenichenko and Philbin, 2015). */
export function triplet(anchor: Tensor, like: Tensor, other: Tensor, margin = 1, weights?: Tensor): Tensor {
  return mean(distance(anchor, like).sub(distance(anchor, other)).add(margin).relu(), weights);
}

/**
 * Each row of `a` is to pick its partner among all rows of `b` by cosine, and the other way round (van den Oord, Li and
 * Vinyals, 2018; both ways as in CLIP, Radford et al., 2021).
 *
 * @param a [batch, features] @param b the same
 * @param weights float32 [batch], of each pair; a pair of weight 0 is none that others could pick either
 */
export function infoNce(a: Tensor, b: Tensor, temperature = 0.07, weights?: Tensor): Tensor {
  const unit = (x: Tensor) => x.div(x.square().sum([1], true).add(1e-12).sqrt());
  const scores = unit(a).matmul(unit(b).T).div(temperature);
  const partner = int64(Array.from({ length: a.shape[0] as number }, (_, i) => i));
  const among = (x: Tensor) => (weights ? x.add(weights.equal(0).where(scalar(NEVER), scalar(0))) : x);
  const picked = (x: Tensor) => crossEntropy(among(x), partner, weights ? { weights } : {});
  return picked(scores).add(picked(scores.T)).mul(0.5);
}

/** Added to a score that is not to be picked: its probability is then 0. */
const NEVER = -1e9;
