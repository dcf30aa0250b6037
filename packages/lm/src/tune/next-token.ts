/** Conversations, completions and texts: each token that is to be learnt is predicted from those before it. */
import type { LanguageModel } from '../model/language-model.ts';
import { type Canary, canariesOf, memorised } from './canaries.ts';
import type { Example, ExampleOf, Examples } from './examples.ts';
import { compareHeldOut, type ExampleLoss, lossesOf } from './held-out.ts';
import { countOf, heldOutOf, type Learning } from './learn.ts';
import type { CheckedOptions } from './options.ts';
import { usableRows, withTemplate } from './read-rows.ts';
import { batchOf, batchSizes, learntOf, packed, rowsAt } from './rows.ts';
import { cutTo, shownExample, type TokenExample, tokensOfExample } from './tokens.ts';
import { fingerprintOf, resultOptions, trainedOf } from './trained.ts';
import { batchInputs, nextTokenLoss, stretchOf } from './tuning.ts';
import { writeResult } from './write-result.ts';

const DEFAULT_LENGTH = 512;
const SHOWN = 2;
/** Numbers of a batch's logits at most: they and their slopes are the largest arrays. */
export const MOST_LOGITS = 2 ** 26;

/** Losses of the examples held out, and of canaries with what they are compared with. */
interface Measured {
  readonly held: readonly ExampleLoss[];
  readonly canaries: readonly ExampleLoss[];
}

export async function nextTokens(
  model: LanguageModel,
  data: string,
  read: Examples,
  options: CheckedOptions,
  { threads, signal }: { threads?: number | undefined; signal?: AbortSignal | undefined },
): Promise<Learning<Measured>> {
  const most = Math.min(options.length ?? DEFAULT_LENGTH, model.config.context);
  const { usable, setAside } = await withTemplate(model, read.kind === 'chat', (template) =>
    usableRows<TokenExample & { readonly cut?: boolean }>(
      data,
      read,
      async (example) => {
        const own = read.kind === 'text' ? undefined : template;
        const tokens = await tokensOfExample(example as NextTokenExample, model, own);
        return 'reason' in tokens ? tokens : cutTo(tokens, most);
      },
      signal,
    ),
  );
  const held = heldOutOf(usable.length, options);
  const plain = usable.filter((_, i) => !held.has(i));
  const heldOut = usable.filter((_, i) => held.has(i));
  const canaries = canariesOf(model, options.canaries, options.seed);
  const training = [...plain, ...canaries.flatMap(repeated)];
  const longest = [...usable, ...canaries.map(({ example }) => example)].reduce(
    (longest, { ids }) => Math.max(longest, ids.length),
    0,
  );
  const length = options.length === undefined ? Math.min(most, Math.ceil(longest / 8) * 8) : most;
  const rows = packed(training, length);
  const { rowsPerBatch, accumulate } = batchSizes(
    options.batch,
    rows.length,
    Math.floor(MOST_LOGITS / (length * model.config.vocabulary)),
  );
  const perStep = rowsPerBatch * accumulate;
  const trained = trainedOf(model, options, (layers) =>
    nextTokenLoss(model.config, layers, batchInputs(1, 8)),
  );
  const measured = [...canaries.flatMap(({ example, others }) => [example, ...others])];
  const losses = (examples: readonly TokenExample[]) =>
    examples.length === 0
      ? Promise.resolve([])
      : lossesOf(model.config, trained.weights, examples, { length, threads, signal });
  return {
    plan: {
      kind: read.kind,
      examples: training.length,
      heldOut: heldOut.length,
      setAside,
      cut: usable.filter(({ cut }) => cut).length,
      length,
      rows: rows.length,
      steps: Math.max(1, Math.ceil((rows.length * options.epochs) / perStep)),
      rowsPerStep: perStep,
      tokens: training.reduce((sum, { ids }) => sum + ids.length, 0),
      learntTokens: training.reduce((sum, example) => sum + learntOf(example), 0),
      trainedParameters: countOf(trained.parameters),
      shown: training.slice(0, SHOWN).map((example) => shownExample(example, model)),
    },
    fingerprint: fingerprintOf(
      model,
      { ...options, length, perStep },
      [...training, ...heldOut].map(({ ids, learnt }) => [ids, learnt]),
    ),
    parameters: trained.parameters,
    loss: (batch, onLayer) =>
      nextTokenLoss(model.config, trained.weights, batch, {
        onLayer,
        stretch: stretchOf(model.config, trained.parameters, batch.ids!),
      }),
    accumulate,
    learningRate: options.learningRate ?? (options.full ? 2e-5 : 2e-4),
    batchAt: (n) => ({ ...batchOf(rowsAt(rows, n, rowsPerBatch, options.seed), length) }),
    measure: async () => ({ held: await losses(heldOut), canaries: await losses(measured) }),
    judge: (before, after) => ({
      held: compareHeldOut(before.held, after.held, options.seed),
      ...(canaries.length > 0 && { memorised: memorised(canaries, after.canaries) }),
    }),
    write: (folder) => writeResult(folder, model, trained, resultOptions(options)),
  };
}

type NextTokenExample = ExampleOf<'chat' | 'completion' | 'text'> & Example;

const repeated = ({ example, times }: Canary): TokenExample[] =>
  Array.from({ length: times }, () => ({ ...example }));
