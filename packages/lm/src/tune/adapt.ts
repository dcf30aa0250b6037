/**
 * Adapters for a model in memory, of examples in memory: what `tune` does with files, in little, and also in a page. The losses are those
 * of `tune` on the same rows in the same order.
 */
import { UserError } from '@gradus/base';
import { type HostTensor, writeSafetensors } from '@gradus/engine';
import type { Parameter } from '@gradus/nn';
import type { z } from 'zod';
import { mergeAdapter } from '../adapters/merge.ts';
import { ADAPTER_CONFIG, ADAPTER_WEIGHTS, adapterConfig, adapterName } from '../adapters/peft.ts';
import type { ChatTemplate } from '../chat/chat-template.ts';
import type { Message } from '../chat/message.ts';
import { linearsOf, moduleOf } from '../families/linears.ts';
import { weightsIn } from '../graph/quantized-weights.ts';
import { checkedFields } from '../json.ts';
import type { LanguageModel } from '../model/language-model.ts';
import { TUNE, type TuneProgress } from './options.ts';
import { batchOf, batchSizes, packed, rowsAt } from './rows.ts';
import { cutTo, type TokenExample, tokensOfExample } from './tokens.ts';
import { adaptedWeights } from './trained-weights.ts';
import { scheduled } from './trainer.ts';
import { tokenTrainer } from './tuning.ts';

export const ADAPT = TUNE.pick({
  lora: true,
  alpha: true,
  targets: true,
  bits: true,
  epochs: true,
  learningRate: true,
  length: true,
  batch: true,
  weightDecay: true,
  clipNorm: true,
  seed: true,
});

/** A text to learn, a prompt whose completion is learnt, or a conversation whose answers are. */
export type AdaptExample =
  | string
  | { readonly prompt: string; readonly completion: string }
  | { readonly messages: readonly Message[] };

export type AdaptOptions = z.input<typeof ADAPT> & {
  /** The model's template: conversations need it, and prompts with completions are then questions and answers. */
  readonly template?: Pick<ChatTemplate, 'render'> | undefined;
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  onStep?(progress: TuneProgress): void;
};

export interface Adapted {
  /** The model with what was learnt merged into its weights as they are read; the one given stays as it was, and open. */
  readonly model: LanguageModel;
  /** Of each step, before it. */
  readonly losses: readonly number[];
  /** In peft's layout, by the names of the files. */
  readonly files: Readonly<Record<string, Uint8Array | string>>;
}

const DEFAULT_LENGTH = 512;
const MOST_LOGITS = 2 ** 24;

/** @throws UserError where there is nothing to learn from */
export async function adapt(
  model: LanguageModel,
  examples: readonly AdaptExample[],
  { template, threads, signal, onStep, ...given }: AdaptOptions = {},
): Promise<Adapted> {
  const options = checkedFields('adapt', given, ADAPT);
  const { config } = model;
  const most = Math.min(options.length ?? DEFAULT_LENGTH, config.context);
  const usable: TokenExample[] = [];
  for (const [row, example] of examples.entries()) {
    const tokens = await tokensOfExample(exampleAt(row, example, template), model, template);
    const cut = 'reason' in tokens ? tokens : cutTo(tokens, most);
    if (!('reason' in cut)) usable.push(cut);
  }
  if (usable.length === 0)
    throw new UserError({ en: 'no example holds anything to learn from', zh: '没有可学习的样本' });
  const longest = usable.reduce((longest, { ids }) => Math.max(longest, ids.length), 0);
  const length = options.length === undefined ? Math.min(most, Math.ceil(longest / 8) * 8) : most;
  const rows = packed(usable, length);
  const { rowsPerBatch, accumulate } = batchSizes(
    options.batch,
    rows.length,
    Math.floor(MOST_LOGITS / (length * config.vocabulary)),
  );
  const steps = Math.max(1, Math.ceil((rows.length * options.epochs) / (rowsPerBatch * accumulate)));
  const rank = options.lora;
  const alpha = options.alpha ?? 2 * rank;
  const trained = adaptedWeights(
    config,
    weightsIn(model.weights, options.bits),
    { rank, alpha, ...(options.targets && { targets: options.targets }) },
    options.seed,
  );
  const trainer = tokenTrainer(config, trained, {
    learningRate: scheduled(options.learningRate ?? 2e-4, steps),
    weightDecay: options.weightDecay,
    accumulate,
    clipNorm: options.clipNorm,
    seed: options.seed,
    threads,
  });
  const losses: number[] = [];
  try {
    for (let step = 0; step < steps; step++) {
      let sum = 0;
      for (let i = 0; i < accumulate; i++) {
        signal?.throwIfAborted();
        const batch = batchOf(rowsAt(rows, step * accumulate + i, rowsPerBatch, options.seed), length);
        sum += (await trainer.step({ ...batch })).loss!;
      }
      losses.push(sum / accumulate);
      onStep?.({ step: step + 1, steps, loss: sum / accumulate });
    }
    trainer.sync();
  } finally {
    await trainer.close();
  }
  return { model: merged(model, trained.parameters, alpha / rank), losses, files: filesOf() };

  function filesOf(): Record<string, Uint8Array | string> {
    const tensors = [...trained.parameters].map(([name, { value }]) => [adapterName(name), value!] as const);
    const linears = linearsOf(config).filter(
      (linear) => !options.targets || options.targets.includes(moduleOf(linear)),
    );
    const fields = adapterConfig({ rank, alpha, dropout: 0, base: model.path, linears });
    return {
      [ADAPTER_CONFIG]: `${JSON.stringify(fields, undefined, 2)}\n`,
      [ADAPTER_WEIGHTS]: writeSafetensors(Object.fromEntries<HostTensor>(tensors)),
    };
  }
}

/** @throws UserError where a conversation has no template */
function exampleAt(
  row: number,
  example: AdaptExample,
  template: AdaptOptions['template'],
): Parameters<typeof tokensOfExample>[0] {
  if (typeof example === 'string') return { kind: 'text', row, text: example };
  if (!('messages' in example)) return { kind: 'completion', row, ...example };
  if (template) return { kind: 'chat', row, messages: example.messages };
  throw new UserError({
    en: `example ${row} is a conversation: give the template of the model`,
    zh: `样本 ${row} 是对话：请给出模型的对话模板`,
  });
}

/** The model with its adapters added as weights are read. */
function merged(
  model: LanguageModel,
  parameters: ReadonlyMap<string, Parameter>,
  scale: number,
): LanguageModel {
  const linears = new Map(linearsOf(model.config).map((linear) => [`${linear.name}.weight`, linear]));
  const numbers = (name: string) => parameters.get(name)?.value?.data as Float32Array | undefined;
  return {
    ...model,
    weights: {
      path: model.weights.path,
      shapes: model.weights.shapes,
      close: model.weights.close,
      read(name) {
        const weight = model.weights.read(name);
        const linear = linears.get(name);
        const [a, b] = ['A', 'B'].map((part) => numbers(`${linear?.name}.lora_${part}.weight`));
        if (linear && a && b) mergeAdapter(weight, linear, a, b, scale);
        return weight;
      },
    },
  };
}
