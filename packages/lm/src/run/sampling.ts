/**
 * How the next token is drawn from logits: what was said before is held back, then probabilities are sharpened or flattened, then
 * the unlikely is cut off. The order is that of transformers' `generate`.
 */
import type { Random } from '@gradus/base';
import { z } from 'zod';
import { DamagedModel } from './damaged-model.ts';

export const SAMPLING = z.strictObject({
  /** Below 1 probable tokens become more probable; 0 always takes the most probable one. */
  temperature: z.number().min(0).max(100).default(0.7),
  /** Draws from so many most probable tokens; 0: from all. */
  topK: z.int().min(0).default(0),
  /** Draws from the most probable tokens that together have this probability (Holtzman et al., 2020). */
  topP: z.number().gt(0).max(1).default(1),
  /** Draws from tokens at least this times as probable as the most probable one (Nguyen et al., 2024). */
  minP: z.number().min(0).max(1).default(0),
  /** Divides the logits of tokens that the text has already (Keskar et al., 2019). */
  repetitionPenalty: z.number().gt(0).max(10).default(1),
  /** Taken from the logits of tokens that were written, as often as they were (OpenAI's API). */
  frequencyPenalty: z.number().min(-2).max(2).default(0),
  /** Taken once from the logits of tokens that were written (OpenAI's API). */
  presencePenalty: z.number().min(-2).max(2).default(0),
  /** Added to the logits of tokens, by their ids. */
  logitBias: z.record(z.string().regex(/^\d+$/), z.number().min(-100).max(100)).default({}),
});
export type Sampling = z.output<typeof SAMPLING>;

/** @param said the tokens of the text so far */
export function drawToken(
  logits: Float32Array,
  said: ReadonlySet<number>,
  options: Sampling,
  random: Random,
): number {
  const { temperature, topK, topP, minP, repetitionPenalty: penalty } = options;
  const held = penalty === 1 ? logits : penalized(logits, said, penalty);
  let best = 0;
  for (let i = 1; i < held.length; i++) if (held[i]! > held[best]!) best = i;
  // A constraint leaves one token at least.
  if (!Number.isFinite(held[best])) throw new DamagedModel();
  if (temperature === 0) return best;
  let candidates = likely(held, held[best]!, temperature, minP);
  if (topK > 0) candidates = mostProbable(candidates, topK, Infinity);
  if (topP < 1) candidates = mostProbable(candidates, candidates.ids.length, topP * massOf(candidates));
  return drawn(candidates, random);
}

interface Candidates {
  readonly ids: Int32Array;
  /** In proportion to their probabilities. */
  readonly weights: Float64Array;
}

/** Those that no random number would reach are left out before anything is made of them: a vocabulary has 150,000 tokens. */
function likely(logits: Float32Array, most: number, temperature: number, minP: number): Candidates {
  const least = most + temperature * Math.log(Math.max(minP, 1e-12));
  let count = 0;
  for (const logit of logits) if (logit >= least) count++;
  const ids = new Int32Array(count);
  const weights = new Float64Array(count);
  for (let id = 0, at = 0; at < count; id++) {
    if (logits[id]! < least) continue;
    ids[at] = id;
    weights[at++] = Math.exp((logits[id]! - most) / temperature);
  }
  return { ids, weights };
}

function massOf({ weights }: Candidates): number {
  let mass = 0;
  for (const weight of weights) mass += weight;
  return mass;
}

function drawn({ ids, weights }: Candidates, random: Random): number {
  let left = random.uniform() * massOf({ ids, weights });
  for (let at = 0; at < ids.length; at++) {
    left -= weights[at]!;
    if (left < 0) return ids[at]!;
  }
  return ids.at(-1)!;
}

/** Steps of a quarter in the logarithm of a weight, down to the least that is drawn from. */
const STEPS = 4 * 28;

/** At most `count`, the most probable first, up to the one with which they reach `mass`. */
function mostProbable({ ids, weights }: Candidates, count: number, mass: number): Candidates {
  // Only those that may be among them are sorted: how many there are, and how heavy they are, is counted by steps of weight first.
  const steps = new Uint8Array(weights.length);
  const counts = new Int32Array(STEPS);
  const masses = new Float64Array(STEPS);
  for (let at = 0; at < weights.length; at++) {
    const step = Math.min(STEPS - 1, Math.floor(-4 * Math.log(weights[at]!)));
    steps[at] = step;
    counts[step]! += 1;
    masses[step]! += weights[at]!;
  }
  let last = 0;
  for (let n = 0, sum = 0; last < STEPS - 1; last++) {
    n += counts[last]!;
    sum += masses[last]!;
    if (n >= count || sum > mass) break;
  }
  const places: number[] = [];
  for (let at = 0; at < steps.length; at++) if (steps[at]! <= last) places.push(at);
  places.sort((a, b) => weights[b]! - weights[a]! || a - b);
  let kept = 0;
  for (let sum = 0; kept < places.length && kept < count && sum < mass; kept++)
    sum += weights[places[kept]!]!;
  places.length = kept;
  return {
    ids: Int32Array.from(places, (at) => ids[at]!),
    weights: Float64Array.from(places, (at) => weights[at]!),
  };
}

/** Logits with what OpenAI's API takes from those of tokens that were written, and adds to those that are named. */
export function heldBack(
  logits: Float32Array,
  written: ReadonlyMap<number, number>,
  { frequencyPenalty, presencePenalty, logitBias }: Sampling,
): Float32Array {
  const biased = Object.entries(logitBias);
  const holds = frequencyPenalty !== 0 || presencePenalty !== 0;
  if (!holds && biased.length === 0) return logits;
  const held = logits.slice();
  if (holds) for (const [id, times] of written) held[id]! -= presencePenalty + times * frequencyPenalty;
  for (const [id, bias] of biased) if (Number(id) < held.length) held[Number(id)]! += bias;
  return held;
}

function penalized(logits: Float32Array, said: ReadonlySet<number>, penalty: number): Float32Array {
  const held = logits.slice();
  for (const id of said) held[id] = held[id]! > 0 ? held[id]! / penalty : held[id]! * penalty;
  return held;
}

/** The logarithm of the probability of each of `ids`, and of the `top` most probable tokens. */
export function logProbabilities(
  logits: Float32Array,
  top: number,
): { of(id: number): number; top: number[] } {
  let most = Number.NEGATIVE_INFINITY;
  for (const logit of logits) if (logit > most) most = logit;
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - most);
  const norm = most + Math.log(sum);
  const best: number[] = [];
  for (let id = 0; top > 0 && id < logits.length; id++) {
    if (best.length === top && logits[id]! <= logits[best[top - 1]!]!) continue;
    const at = best.findIndex((other) => logits[id]! > logits[other]!);
    best.splice(at < 0 ? best.length : at, 0, id);
    best.length = Math.min(best.length, top);
  }
  return { of: (id) => logits[id]! - norm, top: best };
}
