/**
 * Preferences: of two answers to a prompt the chosen one becomes more probable against the rejected one, measured from the model
 * before (Rafailov et al., "Direct Preference Optimization", 2023):
 *
 *     −ln σ(β · ((ln π(chosen) − ln π₀(chosen)) − (ln π(rejected) − ln π₀(rejected))))
 *
 * What the model before says of both is computed once, and is data of the training.
 */
import { Random } from '@gradus/base';
import type { HostTensor, Tensor } from '@gradus/engine';
import { bootstrapInterval, wilsonInterval } from '@gradus/stats';
import type { DecoderConfig } from '../families/decoder-config.ts';
import type { LayerWeights } from '../graph/layer-weights.ts';
import type { LanguageModel } from '../model/language-model.ts';
import type { Example, ExampleOf, Examples } from './examples.ts';
import { type HeldPreferences, type Share, verdictOf } from './held.ts';
import { type ExampleLoss, lossesOf, tokenLossesOf } from './held-out.ts';
import { countOf, heldOutOf, type Learning } from './learn.ts';
import { MOST_LOGITS } from './next-token.ts';
import type { CheckedOptions } from './options.ts';
import { usableRows, withTemplate } from './read-rows.ts';
import { batchOf, batchSizes, learntOf, rowsAt } from './rows.ts';
import { cutTo, shownExample, type TokenExample, tokensOfExample } from './tokens.ts';
import { fingerprintOf, resultOptions, trainedOf } from './trained.ts';
import type { OnLayer } from './trainer.ts';
import { batchInputs, type TokenBatch } from './tuning.ts';
import { writeResult } from './write-result.ts';

/** A pair as tokens. */
interface Preference {
  readonly row: number;
  readonly chosen: TokenExample;
  readonly rejected: TokenExample;
  readonly cut: boolean;
}

/** The losses of both answers, of the pairs that train and of those held out. */
interface Measured {
  readonly training: readonly (readonly [chosen: ExampleLoss, rejected: ExampleLoss])[];
  readonly heldOut: readonly (readonly [chosen: ExampleLoss, rejected: ExampleLoss])[];
}

const DEFAULT_LENGTH = 512;
const SHOWN = 2;

/**
 * The loss of a batch whose first half of rows are chosen answers and whose second half the rejected ones.
 * @param batch with `reference` [rows]: the logarithm of each answer's probability by the model before
 */
export function preferenceLoss(
  config: DecoderConfig,
  weights: LayerWeights,
  { reference, ...batch }: Readonly<Record<string, Tensor>>,
  beta: number,
  onLayer?: OnLayer,
): Tensor {
  const logs = tokenLossesOf(config, weights, batch as Readonly<Record<keyof TokenBatch, Tensor>>, onLayer)
    .sum([1])
    .neg();
  const gains = logs.sub(reference!);
  const pairs = (gains.shape[0] as number) / 2;
  const [chosen, rejected] = gains.split([pairs, pairs], 0) as [Tensor, Tensor];
  // −ln σ(x) = softplus(−x)
  return chosen.sub(rejected).mul(-beta).softplus().mean();
}

/** Pairs as a batch of their rows, [2 × pairs, length], for `preferenceLoss`. */
export function preferenceBatch(
  pairs: readonly { readonly chosen: TokenExample; readonly rejected: TokenExample }[],
  before: readonly (readonly [number, number])[],
  length: number,
): Record<string, HostTensor> {
  const rows = [...pairs.map(({ chosen }) => [chosen]), ...pairs.map(({ rejected }) => [rejected])];
  const reference = Float32Array.from([...before.map(([own]) => own), ...before.map(([, other]) => other)]);
  return {
    ...batchOf(rows, length),
    reference: { dtype: 'float32', dims: [rows.length], data: reference },
  };
}

export async function preferencesOf(
  model: LanguageModel,
  data: string,
  read: Examples,
  options: CheckedOptions,
  { threads, signal }: { threads?: number | undefined; signal?: AbortSignal | undefined },
): Promise<Learning<Measured>> {
  const most = Math.min(options.length ?? DEFAULT_LENGTH, model.config.context);
  const needsTemplate = (example: Example) => (example as ExampleOf<'preference'>).prompt.length > 1;
  const { usable, setAside } = await withTemplate(model, read.examples.some(needsTemplate), (template) =>
    usableRows<Preference>(
      data,
      read,
      async (example) => {
        const { row, prompt, chosen, rejected } = example as ExampleOf<'preference'>;
        const both: TokenExample[] = [];
        for (const answer of [chosen, rejected]) {
          const one = template
            ? ({ row, kind: 'chat', messages: [...prompt, { role: 'assistant', content: answer }] } as const)
            : ({ row, kind: 'completion', prompt: prompt[0]?.content ?? '', completion: answer } as const);
          const tokens = await tokensOfExample(one, model, template);
          const fitted = 'reason' in tokens ? tokens : cutTo(tokens, most);
          if ('reason' in fitted) return fitted;
          both.push(fitted);
        }
        const [own, other] = both as [TokenExample, TokenExample];
        const cut = both.some((one) => (one as { cut?: boolean }).cut);
        return { row, chosen: own, rejected: other, cut };
      },
      signal,
    ),
  );
  const held = heldOutOf(usable.length, options);
  const training = usable.filter((_, i) => !held.has(i));
  const heldOut = usable.filter((_, i) => held.has(i));
  const answers = (pairs: readonly Preference[]) =>
    pairs.flatMap(({ chosen, rejected }) => [chosen, rejected]);
  const longest = answers(usable).reduce((longest, { ids }) => Math.max(longest, ids.length), 0);
  const length = options.length === undefined ? Math.min(most, Math.ceil(longest / 8) * 8) : most;
  const { rowsPerBatch, accumulate } = batchSizes(
    options.batch,
    training.length,
    Math.floor(MOST_LOGITS / (2 * length * model.config.vocabulary)),
  );
  const perStep = rowsPerBatch * accumulate;
  const trained = trainedOf(model, options, (layers) =>
    tokenLossesOf(model.config, layers, batchInputs(1, 8)),
  );
  const places = new Map(training.map((pair, i) => [pair, i]));
  const measure = async (pairs: readonly Preference[]) => {
    const losses = await lossesOf(model.config, trained.weights, answers(pairs), { length, threads, signal });
    return pairs.map((_, i) => [losses[2 * i]!, losses[2 * i + 1]!] as const);
  };
  return {
    plan: {
      kind: 'preference',
      examples: training.length,
      heldOut: heldOut.length,
      setAside,
      cut: usable.filter(({ cut }) => cut).length,
      length,
      rows: training.length,
      steps: Math.max(1, Math.ceil((training.length * options.epochs) / perStep)),
      rowsPerStep: perStep,
      tokens: answers(training).reduce((sum, { ids }) => sum + ids.length, 0),
      learntTokens: answers(training).reduce((sum, example) => sum + learntOf(example), 0),
      trainedParameters: countOf(trained.parameters),
      shown: training
        .slice(0, SHOWN)
        .flatMap(({ chosen, rejected }) => [
          `+ ${shownExample(chosen, model)}`,
          `- ${shownExample(rejected, model)}`,
        ]),
    },
    fingerprint: fingerprintOf(
      model,
      { ...options, length, perStep },
      answers([...training, ...heldOut]).map(({ ids, learnt }) => [ids, learnt]),
    ),
    parameters: trained.parameters,
    loss: (batch, onLayer) => preferenceLoss(model.config, trained.weights, batch, options.beta, onLayer),
    accumulate,
    learningRate: options.learningRate ?? (options.full ? 1e-6 : 2e-5),
    batchAt(n, before) {
      const pairs = rowsAt(training, n, rowsPerBatch, options.seed);
      const known = pairs.map((pair) => {
        const [own, other] = before.training[places.get(pair)!]!;
        return [-own.loss, -other.loss] as const;
      });
      return preferenceBatch(pairs, known, length);
    },
    // What trains is needed before alone, as the reference.
    measure: async (when) => ({
      training: when === 'before' ? await measure(training) : [],
      heldOut: await measure(heldOut),
    }),
    judge: (before, after) => ({ held: judged(before.heldOut, after.heldOut, options) }),
    write: (folder) => writeResult(folder, model, trained, resultOptions(options)),
  };
}

const share = (right: number, n: number): Share => ({ value: right / n, interval: wilsonInterval(right, n) });

function judged(
  before: Measured['heldOut'],
  after: Measured['heldOut'],
  { beta, seed }: CheckedOptions,
): HeldPreferences {
  const n = before.length;
  const margins = before.map(([own, other], i) => {
    const [ownAfter, otherAfter] = after[i]!;
    return beta * (own.loss - ownAfter.loss - (other.loss - otherAfter.loss));
  });
  const losses = margins.map((margin) => Math.log1p(Math.exp(-Math.abs(margin))) + Math.max(0, -margin));
  const gains = losses.map((loss) => Math.LN2 - loss);
  const meanGain = (rows: Int32Array) => rows.reduce((sum, row) => sum + gains[row]!, 0) / rows.length;
  const gain = gains.reduce((a, b) => a + b, 0) / n;
  const interval = bootstrapInterval(meanGain, n, new Random(seed).fork('preferences'));
  const ranked = (pairs: Measured['heldOut']) =>
    share(pairs.filter(([own, other]) => own.loss / own.tokens < other.loss / other.tokens).length, n);
  return {
    measure: 'preference',
    examples: n,
    loss: Math.LN2 - gain,
    gain,
    gainInterval: interval,
    verdict: verdictOf(interval),
    accuracy: share(margins.filter((margin) => margin > 0).length, n),
    ranked: { before: ranked(before), after: ranked(after) },
    longer: before.filter(([own, other]) => own.tokens > other.tokens).length / n,
  };
}
