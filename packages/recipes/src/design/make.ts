/** Makes items: draws sequences, keeps what is valid, new and as people want it, and counts why the rest was refused. */
import type { Localized, Random } from '@gradus/base';
import {
  isOver,
  isTelling,
  keptProbabilities,
  ngramGain,
  type Ranker,
  type SequenceModel,
  sampleSequences,
  type TilePatterns,
  type TimeLimit,
  type Vocabulary,
  weighed,
} from '@gradus/tasks';
import type { DesignKind, Gain, Made, MadeBy, Nearest, Wants } from './kinds/kind.ts';
import { looksOf } from './marks.ts';
import { type CountedReason, Reasons } from './reasons.ts';
import { missOf } from './wants.ts';

/** What items are made with. */
export interface Maker {
  readonly kind: DesignKind;
  readonly rules: unknown;
  readonly vocabulary: Vocabulary;
  /** Items that were learnt from, and those that were held out: neither is new. */
  readonly originals: readonly string[];
  /** Those that were learnt from. */
  readonly learnt: readonly string[];
  /** What people keep; null where nothing was marked. */
  readonly ranker: Ranker | null;
  /** Of draws: below 1 likely tokens become likelier. */
  readonly temperature: number;
  /** Of levels: how likely patterns of tiles are made; null where they are drawn as they come. */
  readonly patterns: TilePatterns | null;
}

export interface Drawn {
  readonly item: string;
  readonly isValid: boolean;
  readonly isNew: boolean;
  readonly proof: string | null;
  /** Of what is not kept. */
  readonly reason: Localized | null;
  readonly nearest: Nearest | null;
}

export interface DrawOptions {
  readonly count: number;
  /** What can no longer become valid is drawn again where it began to go wrong. Default true. */
  readonly isLookingAhead?: boolean;
  readonly wants: Wants;
  readonly random: Random;
  /** Where it is over no more are drawn, however few there are. */
  readonly limit?: TimeLimit | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Draws that are made at once. */
const BATCH = 32;

/** Items as the model draws them, judged. */
export async function drawItems(
  maker: Maker,
  model: SequenceModel,
  { count, wants, random, limit, signal, isLookingAhead = true }: DrawOptions,
): Promise<Drawn[]> {
  const { kind, rules, vocabulary, patterns } = maker;
  const { longest, stride } = kind.shape(rules);
  const weights = kind.weights(rules, vocabulary, wants);
  const drawn: Drawn[] = [];
  const seen = new Set<string>();
  const isOpen = isLookingAhead ? kind.isOpen?.(rules, vocabulary, maker.originals) : undefined;
  const settle = isLookingAhead ? kind.settle?.(rules, vocabulary) : undefined;
  const gain: Gain = (sequence, at, token) => ngramGain(model.ngram, sequence, at, token);
  const strides = isOpen && kind.strides?.(maker.learnt, rules).map((each) => vocabulary.encode(each));
  while (drawn.length < count) {
    const sequences = await sampleSequences(model, {
      count: Math.min(BATCH, count - drawn.length),
      length: longest,
      stride,
      random,
      temperature: maker.temperature,
      weights: patterns ? (before) => weighed(weights(before), patterns, before) : weights,
      isOpen,
      strides,
      signal,
    });
    for (const each of sequences) {
      const sequence = settle ? settle(each, gain, random) : each;
      drawn.push(judged(maker, kind.itemOf(vocabulary.decode(sequence), rules), seen));
    }
    if (isOver(limit)) break;
  }
  return drawn;
}

/** @param seen Items that were drawn before; the item is added */
export function judged({ kind, rules, originals }: Maker, item: string, seen: Set<string>): Drawn {
  const repeated = seen.has(item);
  seen.add(item);
  const { isValid, proof, reason } = kind.judge(item, rules);
  // Looking for the nearest original is the dearest part, and of what cannot be used nobody asks for it.
  const nearest = isValid && !repeated ? kind.nearest(item, originals, rules) : null;
  const isCopy = nearest?.isCopy ?? originals.includes(item);
  return {
    item,
    isValid,
    isNew: !isCopy && !repeated,
    proof: proof ?? null,
    reason: !isValid ? (reason ?? INVALID) : repeated ? REPEATED : isCopy ? COPY : null,
    nearest,
  };
}

export interface MadeItems {
  readonly made: readonly Made[];
  readonly refused: readonly CountedReason[];
  readonly drawn: number;
  /** How likely people keep them, as the ranker has it: those that were chosen, and those that it chose from. */
  readonly kept: { readonly chosen: number; readonly all: number } | null;
}

/** Items that one is chosen from, where a ranker knows what people keep. */
const CHOICE = 4;
/** Draws for one that is kept, at most; more where people want something that few have. */
const DRAWS = 12;
const DRAWS_FOR_WANTS = 40;

/** @param drafts Items that another model drafted, judged: those that can be kept come first */
export async function makeItems(
  maker: Maker,
  model: SequenceModel,
  options: DrawOptions,
  drafts: readonly Drawn[] = [],
): Promise<MadeItems> {
  const { kind, rules } = maker;
  const { wants } = options;
  const ranker = maker.ranker && isTelling(maker.ranker) ? maker.ranker : null;
  const count = options.count * (ranker ? CHOICE : 1);
  const isWanted = Object.keys(wants).length > 0;
  const most = count * (isWanted ? DRAWS_FOR_WANTS : DRAWS);
  const kept: (Made & { readonly miss: number })[] = [];
  const refused = new Reasons();
  const seen = new Set<string>();
  let drawn = 0;
  const isEnough = () => {
    const near = kept.filter(({ miss }) => miss <= NEAR).length;
    return (isWanted ? near : kept.length) >= count;
  };
  const take = (each: Drawn, by: MadeBy): void => {
    const { item, isValid, isNew, proof, reason, nearest } = each.isValid
      ? each
      : repaired(maker, each, options.random);
    if (isValid && isNew && nearest && !seen.has(item)) {
      seen.add(item);
      const properties = kind.properties(item, rules);
      const miss = kind.miss?.(properties, wants) ?? missOf(properties, wants);
      kept.push({ item, by, proof, nearest, properties, miss });
    } else refused.add(reason ?? REPEATED);
  };
  for (const draft of drafts) take(draft, 'draft');
  while (drawn < most && !isEnough() && !(isOver(options.limit) && drawn > 0)) {
    const batch = await drawItems(maker, model, { ...options, count: Math.min(BATCH, most - drawn) });
    drawn += batch.length;
    for (const each of batch) take(each, 'model');
  }
  // Few originals may teach a model nothing that is valid and new; their own parts still may be.
  for (let part = 0; part < most && kept.length < options.count && !isOver(options.limit); part++) {
    take(judged(maker, kind.recombine(maker.learnt, rules, options.random), new Set()), 'parts');
  }
  const likely = ranker
    ? keptProbabilities(
        ranker,
        kept.map(({ item }) => looksOf(item, kind, rules)),
      )
    : kept.map(() => 0);
  const made = [...kept.entries()]
    // What is near enough to what was asked for is equal in that.
    .toSorted(
      ([a, x], [b, y]) =>
        Math.max(NEAR, x.miss) - Math.max(NEAR, y.miss) || likely[b]! - likely[a]! || x.miss - y.miss,
    )
    .slice(0, options.count);
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / Math.max(1, values.length);
  return {
    made: made.map(([, { miss, ...item }]) => item),
    kept: ranker && { chosen: mean(made.map(([place]) => likely[place]!)), all: mean(likely) },
    refused: refused.all,
    drawn,
  };
}

/** What was drawn, made valid where its kind knows how. */
function repaired(maker: Maker, drawn: Drawn, random: Random): Drawn {
  const { kind, rules } = maker;
  const item = kind.repair?.(drawn.item, rules, random);
  return item === undefined ? drawn : judged(maker, item, new Set());
}

/** An item that misses what was asked for by no more is as people wanted it. */
const NEAR = 0.1;

const INVALID: Localized = { en: 'breaks a rule', zh: '违反规则' };
const REPEATED: Localized = { en: 'the same as one that was made before', zh: '与之前生成的相同' };
const COPY: Localized = { en: 'a copy of an original', zh: '与原有的设计雷同' };
