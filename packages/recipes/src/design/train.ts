/** Step 4: the model of sequences, and in which epoch it was best; of sprites also what other generators make. */
import type { RunContext } from '@gradus/loop';
import {
  type FittedSequenceModel,
  fitSequenceModel,
  fitTilePatterns,
  fromPalette,
  isOver,
  PATTERN_TEMPERATURE,
  type Ranker,
  type Rival,
  rivalImages,
  type TilePatterns,
  timeLimit,
  toPalette,
  Vocabulary,
} from '@gradus/tasks';
import { KINDS } from './kinds/kinds.ts';
import { type SpriteRules, split } from './kinds/sprites.ts';
import type { Maker } from './make.ts';
import { rankerOf } from './marks.ts';
import { ENDS, LEARNING, OWN_SHARE, stopwatch, untilOf } from './minutes.ts';
import type { DesignOptions } from './options.ts';
import type { Built, Prepared, Processed } from './prepare.ts';
import { chosenTemperature } from './sprite-samples.ts';

export interface Trained extends FittedSequenceModel {
  /** What people keep; null where they marked too few. */
  readonly ranker: Ranker | null;
  /** Below 1 likely tokens are made likelier where items are drawn. */
  readonly temperature: number;
  /** Of levels: how likely patterns of tiles are made; null where that brings nothing. */
  readonly patterns: TilePatterns | null;
  /** That the run has taken up to here. */
  readonly seconds: number;
  /** Items that other generators made, to be judged beside the model's. */
  readonly rivals: Readonly<Partial<Record<Rival, readonly string[]>>>;
}

/** Items of a rival, at most, and for each minute of work: drawing them is work too. */
const MOST_ITEMS = 200;
const ITEMS_A_MINUTE = 100;
const FEWEST_ITEMS = 20;

export async function train({
  run,
  prepare: { corpus, train, validation, seconds: before },
  process: { characters },
  build: { epochs, ...size },
}: {
  readonly run: RunContext<DesignOptions>;
  readonly prepare: Prepared;
  readonly process: Processed;
  readonly build: Built;
}): Promise<Trained> {
  const { random, signal, checkpoint } = run;
  const kind = KINDS[corpus.kind];
  const { rules } = corpus;
  const { window, stride = 1, contexts } = kind.shape(rules);
  const vocabulary = new Vocabulary(characters);
  const itemsOf = (places: readonly number[]) => places.map((place) => corpus.items[place]!);
  const sequences = (items: readonly string[]) =>
    items.map((item) => vocabulary.encode(kind.sequenceOf(item, rules)));
  const originals = itemsOf(train);
  const { minutes } = run.options;
  const seconds = stopwatch();
  const limit = untilOf(minutes, ENDS.learning, before);
  const isRivalled = corpus.kind === 'sprites';
  const fitted = await fitSequenceModel(
    sequences(originals.flatMap((item) => kind.variants?.(item, rules) ?? [item])),
    sequences(itemsOf(validation)),
    {
      shape: { vocabulary: vocabulary.size, length: window, ...size },
      epochs,
      contexts,
      limit: isRivalled ? timeLimit(OWN_SHARE * limit.secondsLeft()) : limit,
      windows: (sequence) => windowsOf(sequence, window, stride),
      random,
      signal,
      checkpoint,
      onStep: (step, steps) => run.progress({ en: 'learning', zh: '学习' }, step, steps),
    },
  );
  const ranker = rankerOf(run.corrections, kind, rules, random.fork('ranker'));
  const { longest, isTiled = false } = kind.shape(rules);
  const patterns =
    isTiled &&
    (await fitTilePatterns(fitted.model, sequences(originals), sequences(itemsOf(validation)), {
      stride,
      size: vocabulary.size,
      length: longest,
      weights: kind.weights(rules, vocabulary, {}),
      random: random.fork('patterns'),
      limit,
      signal,
    }));
  if (!isRivalled) {
    return {
      ...fitted,
      ranker,
      rivals: {},
      temperature: patterns ? PATTERN_TEMPERATURE : 1,
      patterns: patterns || null,
      isCut: fitted.isCut || isOver(limit),
      seconds: before + seconds(),
    };
  }
  const maker: Maker = {
    kind,
    rules,
    vocabulary,
    originals: corpus.items,
    learnt: originals,
    ranker: null,
    temperature: 1,
    patterns: null,
  };
  const trying = timeLimit(limit.secondsLeft() / 3);
  const temperature = await chosenTemperature(maker, fitted.model, itemsOf(validation), {
    random: random.fork('temperature'),
    limit: trying,
    signal,
  });
  let isCut = fitted.isCut || isOver(trying);
  const { palette, width, height } = rules as SpriteRules;
  const images = originals.map((item) => fromPalette(palette, split(item)[1]));
  const inPalette = toPalette(palette);
  const rivals: Partial<Record<Rival, readonly string[]>> = {};
  for (const rival of ['gan', 'flow'] as const) {
    const own = rival === 'gan' ? timeLimit(limit.secondsLeft() / 2) : limit;
    const made = await rivalImages(rival, images, {
      count: Math.min(MOST_ITEMS, Math.max(FEWEST_ITEMS, Math.round(ITEMS_A_MINUTE * minutes))),
      seconds: LEARNING * minutes * 60,
      random: random.fork(rival),
      limit: own,
      signal,
      onStep: (step, steps) => run.progress(RIVAL_WORDS[rival], step, steps),
    });
    rivals[rival] = made.map((image) => `\n${inPalette({ ...image, width, height })}`);
    isCut ||= isOver(own);
  }
  return { ...fitted, ranker, rivals, temperature, patterns: null, isCut, seconds: before + seconds() };
}

const RIVAL_WORDS = {
  gan: { en: 'a GAN, to compare with', zh: '用于对比的 GAN' },
  flow: { en: 'flow matching, to compare with', zh: '用于对比的流匹配' },
} as const;

/** A sequence that is longer than the transformer sees at once, from every column on; else the whole. */
function windowsOf(sequence: readonly number[], window: number, stride: number): (readonly number[])[] {
  if (sequence.length < window) return [sequence];
  const starts = Math.floor((sequence.length - window) / stride) + 1;
  return Array.from({ length: starts }, (_, i) => sequence.slice(i * stride, i * stride + window - 1));
}
