/** Losses: traced scalars, the mean over the batch, or the weighted mean where weights are given. */

export { bceWithLogits, hinge, multiClassHinge } from './binary.ts';
export { contrastive, infoNce, triplet } from './contrastive.ts';
export { type CrossEntropyOptions, crossEntropy } from './cross-entropy.ts';
export { type CtcOptions, ctc } from './ctc.ts';
export { klDivergence } from './kl-divergence.ts';
export { l1Penalty, l2Penalty } from './penalties.ts';
export { huber, mae, mse, quantileLoss } from './regression.ts';
