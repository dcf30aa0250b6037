/**
 * Step 5: the four numbers of what the model draws, beside the two baselines (the n-gram model, parts of the originals put together), and
 * what the originals themselves come to; then the items that people get.
 */
import type { RunContext } from '@gradus/loop';
import {
  type FourNumbers,
  fourNumbers,
  isOver,
  natsOfEach,
  type Rival,
  sequenceNats,
  timeLimit,
  Vocabulary,
} from '@gradus/tasks';
import { type Drafts, draftItems } from './drafts.ts';
import type { Wants } from './kinds/kind.ts';
import { KINDS } from './kinds/kinds.ts';
import type { SpriteRules } from './kinds/sprites.ts';
import { type Drawn, drawItems, judged, type MadeItems, type Maker, makeItems } from './make.ts';
import { ENDS, untilOf } from './minutes.ts';
import type { DesignOptions } from './options.ts';
import type { Prepared, Processed } from './prepare.ts';
import { MOST_ORIGINALS, type SpriteSamples, samplesOf, some } from './sprite-samples.ts';
import type { Trained } from './train.ts';
import { missOf, readWants } from './wants.ts';

export interface Evaluated extends MadeItems {
  readonly model: FourNumbers;
  readonly baselines: Readonly<
    Record<'ngram' | 'recombination', FourNumbers> & Partial<Record<Rival, FourNumbers>>
  >;
  /** Of sprites. */
  readonly samples: SpriteSamples | null;
  /** The most that "like" can come to: originals beside held-out ones. */
  readonly ceiling: number;
  /** Nats a token of the test items, ends included. */
  readonly nats: { readonly model: number; readonly ngram: number };
  /** Of each test item, by its place in the corpus. */
  readonly heldOut: readonly { readonly item: string; readonly nats: number }[];
  /** Whether fewer were measured, or made, than were to be, because the time was over. */
  readonly isCut: boolean;
  readonly wants: Wants;
  /** Of the model that the user brings: what became of its drafts. */
  readonly drafts: (Omit<Drafts, 'items'> & { readonly numbers: FourNumbers | null }) | null;
  /** The mean relative difference from what was asked for; null where nothing was. */
  readonly miss: number | null;
}

/** Draws that the four numbers are measured on. */
const MEASURED = 200;

export async function evaluate({
  run,
  prepare: { corpus, train, test },
  process: { characters },
  train: { model, ranker, rivals, temperature, patterns, seconds },
}: {
  readonly run: RunContext<DesignOptions>;
  readonly prepare: Prepared;
  readonly process: Processed;
  readonly train: Trained;
}): Promise<Evaluated> {
  const { random, signal, options } = run;
  const kind = KINDS[corpus.kind];
  const { items, rules } = corpus;
  const vocabulary = new Vocabulary(characters);
  const learnt = train.map((place) => items[place]!);
  const maker: Maker = {
    kind,
    rules,
    vocabulary,
    originals: items,
    learnt,
    ranker,
    temperature,
    patterns,
  };
  const tested = test.map((place) => items[place]!);
  const say = (done: number) => run.progress({ en: 'making and judging', zh: '生成并评判' }, done, STAGES);
  const measure = (drawn: readonly Drawn[], name: string) =>
    fourNumbers(drawn, some(learnt, MOST_ORIGINALS, random.fork(`originals ${name}`)), tested, {
      patterns: (item) => kind.patterns(item, rules),
      distance: (a, b) => kind.distance(a, b),
      random: random.fork(`measures ${name}`),
    });
  // Each part may take what the parts before it left.
  const left = untilOf(options.minutes, ENDS.making, seconds).secondsLeft();
  const by = (share: number) => timeLimit(share * left);
  const limits = { own: by(0.35), ngram: by(0.5), recombination: by(0.6), made: by(1) };
  const draw = { count: MEASURED, wants: {}, signal };
  say(0);
  const own = await drawItems(maker, model, {
    ...draw,
    limit: limits.own,
    random: random.fork('model'),
  });
  say(1);
  const ngramAlone = { ngram: model.ngram, weight: 0 };
  const ngram = await drawItems({ ...maker, temperature: 1, patterns: null }, ngramAlone, {
    ...draw,
    isLookingAhead: false,
    limit: limits.ngram,
    random: random.fork('ngram'),
  });
  say(2);
  const seen = new Set<string>();
  const recombining = random.fork('recombination');
  const recombined: Drawn[] = [];
  while (recombined.length < MEASURED && !(isOver(limits.recombination) && recombined.length >= own.length))
    recombined.push(judged(maker, kind.recombine(learnt, rules, recombining), seen));
  const others = Object.fromEntries(
    Object.entries(rivals).map(([name, made]): [string, Drawn[]] => {
      const before = new Set<string>();
      return [name, made.map((item) => judged(maker, item, before))];
    }),
  );
  say(3);
  const wants = readWants(options.want, kind.askable(rules));
  const drafts = await draftItems(run, kind, rules, learnt, wants);
  const before = new Set<string>();
  const drafted = drafts?.items.map((item) => judged(maker, item, before)) ?? [];
  const made = await makeItems(
    maker,
    model,
    { count: options.count, wants, random: random.fork('made'), limit: limits.made, signal },
    drafted,
  );
  say(4);
  // What the transformer sees at once stands for an item that is longer.
  const { window } = kind.shape(rules);
  const sequences = tested.map((item) =>
    vocabulary.encode(kind.sequenceOf(item, rules)).slice(0, window - 1),
  );
  const nats = await natsOfEach(model, sequences);
  const weights = sequences.map(({ length }) => length + 1);
  const asKnown = some(learnt, MEASURED, random.fork('ceiling'));
  return {
    ...made,
    isCut:
      [own, ngram, recombined].some(({ length }) => length < MEASURED) ||
      (made.made.length < options.count && isOver(limits.made)),
    wants,
    drafts: drafts && draftsWith(drafts, drafted.length > 0 ? measure(drafted, 'drafts') : null),
    model: measure(own, 'model'),
    baselines: {
      ngram: measure(ngram, 'ngram'),
      recombination: measure(recombined, 'recombination'),
      ...Object.fromEntries(Object.entries(others).map(([name, drawn]) => [name, measure(drawn, name)])),
    },
    samples:
      corpus.kind === 'sprites'
        ? await samplesOf(
            itemsOf({ model: own, ngram, recombination: recombined, ...others }),
            learnt,
            tested,
            rules as SpriteRules,
            random,
          )
        : null,
    ceiling: measure(asKnown.map(asDrawn), 'ceiling').like.value,
    nats: {
      model:
        nats.reduce((sum, value, i) => sum + value * weights[i]!, 0) / weights.reduce((a, b) => a + b, 0),
      ngram: await sequenceNats(ngramAlone, sequences),
    },
    heldOut: tested.map((item, i) => ({ item, nats: nats[i]! })),
    miss:
      Object.keys(wants).length === 0 || made.made.length === 0
        ? null
        : made.made.reduce(
            (sum, { properties }) => sum + (kind.miss?.(properties, wants) ?? missOf(properties, wants)),
            0,
          ) / made.made.length,
  };
}

const STAGES = 5;

const draftsWith = (
  { items: _, ...drafts }: Drafts,
  numbers: FourNumbers | null,
): NonNullable<Evaluated['drafts']> => ({ ...drafts, numbers });

const itemsOf = (drawn: Readonly<Record<string, readonly Drawn[]>>): Record<string, string[]> =>
  Object.fromEntries(Object.entries(drawn).map(([name, own]) => [name, own.map(({ item }) => item)]));

const asDrawn = (item: string): Drawn => ({
  item,
  isValid: true,
  isNew: true,
  proof: null,
  reason: null,
  nearest: null,
});
