/** What can be asked of a training, what it is going to do, and what came of it. */
import { z } from 'zod';
import type { ExampleSetAside } from './examples.ts';
import type { Held } from './held.ts';

export const TUNE = z.strictObject({
  /** Width of the adapters. */
  lora: z.int().min(1).max(1024).default(16),
  /** Factor of the adapters, times 1 / width. Default: twice the width. */
  alpha: z.number().positive().max(10_000).optional(),
  /** How often, in training, a number that an adapter sees is left out. */
  dropout: z.number().min(0).lt(1).default(0),
  /** Which matrices are adapted, by the last part of their names. Default: all of the layers. */
  targets: z.array(z.string().min(1)).min(1).optional(),
  /** All weights train, in place of adapters. */
  full: z.boolean().default(false),
  /** A whole model with the adapters merged, in place of the adapters. Heads are always written so. */
  merged: z.boolean().default(false),
  /** Bits of the weights that do not train, beside adapters (Dettmers et al., "QLoRA", 2023). */
  bits: z.union([z.literal(4), z.literal(8), z.literal(32)]).default(32),
  epochs: z.number().positive().max(1000).default(3),
  /** Default 2e-4 for adapters, 2e-5 for all weights; of preferences a tenth and a twentieth of that. */
  learningRate: z.number().positive().max(1).optional(),
  /** Tokens of a row. Default: the longest example, 512 at most. */
  length: z
    .int()
    .min(8)
    .max(1 << 20)
    .optional(),
  /** Rows of a step. Default: 8, fewer where there are few. */
  batch: z.int().min(1).max(4096).optional(),
  weightDecay: z.number().min(0).max(1).default(0),
  clipNorm: z.number().positive().default(1),
  /** Of preferences: how much it costs to leave the model before (Rafailov et al., "DPO", 2023). */
  beta: z.number().positive().max(100).default(0.1),
  /** Made-up secrets put among the examples, to see what is memorised (Carlini et al., 2019). */
  canaries: z.int().min(0).max(1000).default(0),
  /** Layers are computed twice and what they compute is not kept (Chen et al., 2016): less memory, a third more time. */
  recompute: z.boolean().default(false),
  /** Share of the examples that is not trained on. */
  heldOut: z.number().gt(0).max(0.5).default(0.1),
  seed: z.union([z.int(), z.string().max(1000)]).default(0),
});

export type CheckedOptions = z.output<typeof TUNE>;

export type TuneOptions = z.input<typeof TUNE> & {
  /** Where the result goes. */
  readonly out: string;
  /** Reads and shows what would be learnt from, and stops. */
  readonly dryRun?: boolean;
  readonly threads?: number;
  readonly signal?: AbortSignal;
  /** Seconds between checkpoints. Default 60. */
  readonly checkpointEvery?: number;
  onPlan?(plan: TunePlan): void;
  onStep?(progress: TuneProgress): void;
};

/** What rows are: conversations, prompts with completions, texts; prompts with two answers; texts with classes; pairs of texts. */
export type TuneKind = 'chat' | 'completion' | 'text' | 'preference' | 'class' | 'pair';

/** What a training is going to do. */
export interface TunePlan {
  readonly kind: TuneKind;
  readonly examples: number;
  readonly heldOut: number;
  readonly setAside: readonly ExampleSetAside[];
  /** Examples of which the end was cut off. */
  readonly cut: number;
  readonly length: number;
  readonly rows: number;
  readonly steps: number;
  readonly rowsPerStep: number;
  readonly tokens: number;
  readonly learntTokens: number;
  readonly trainedParameters: number;
  /** Some examples as text, with what is learnt from between ⟦ and ⟧. */
  readonly shown: readonly string[];
  /** Of rows with classes. */
  readonly classes?: readonly string[];
}

export interface TuneProgress {
  readonly step: number;
  readonly steps: number;
  readonly loss: number;
}

/** What a training does, and what was measured on rows held out. */
export interface TuneResult extends TunePlan {
  readonly out: string;
  readonly losses: readonly number[];
  readonly held: Held;
  readonly memorised?: Memorised;
  readonly seconds: number;
}

/** What became of made-up secrets, by how often they were among the examples. */
export interface Memorised {
  readonly groups: readonly {
    readonly times: number;
    readonly canaries: number;
    /** Bits, the mean: log2 of how many secrets of the kind there are to choose from, less that of the secret's rank. */
    readonly exposure: number;
    /** Of ranks that are no lower than chance would have them. */
    readonly pValue: number;
  }[];
  /** The mean exposure of a secret that was never seen. */
  readonly chance: number;
  /** The most that can be found. */
  readonly most: number;
  readonly verdict: 'memorised' | 'not seen to be memorised';
}
