/**
 * What a decoder is made of, in one form for all families: a family (families/*.ts) reads its own config.json into it, and one
 * builder (graph/decoder.ts) makes the graph. Weights keep Hugging Face's names.
 */

/** A matrix: y = x W (+ b). */
export interface LinearConfig {
  /** Without `.weight` and `.bias`. */
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly bias: boolean;
  /** Held as [inputs, outputs], as GPT-2 does; else [outputs, inputs]. */
  readonly transposed?: boolean;
}

export type NormKind =
  /** Zhang and Sennrich, 2019. `plusOne`: the weight is held less 1. */
  | { readonly kind: 'rms'; readonly epsilon: number; readonly plusOne?: boolean }
  /** Ba et al., 2016; OLMo's has neither weight nor bias. */
  | { readonly kind: 'layer'; readonly epsilon: number; readonly weight: boolean; readonly bias: boolean };

/** Rotary positions (Su et al., 2021): how fast each pair of features turns. */
export interface RopeConfig {
  /** The base: without scaling pair i of n turns by θ^(−i / n) a position. */
  readonly theta: number;
  readonly frequencies: readonly number[];
  /** Others for sequences that reach beyond a position. */
  readonly long?: { readonly beyond: number; readonly frequencies: readonly number[] };
  /** Factor of the cosines and sines. */
  readonly factor: number;
}

export interface AttentionConfig {
  readonly projections:
    | { readonly query: LinearConfig; readonly key: LinearConfig; readonly value: LinearConfig }
    | { readonly fused: LinearConfig };
  readonly out: LinearConfig;
  /** Norms of queries and keys: of each head by itself, or of all together. */
  readonly norms?: { readonly query: string; readonly key: string; readonly of: 'head' | 'all' };
  readonly rope?: RopeConfig;
  /** How many positions back are seen, its own included; of a decoder that looks ahead, as many to either side. */
  readonly window?: number;
}

export interface FeedForwardConfig {
  /** Gated (Shazeer, 2020), by two matrices or by one of twice the width; or plain. */
  readonly up:
    | { readonly gate: LinearConfig; readonly up: LinearConfig }
    | { readonly gateUp: LinearConfig }
    | { readonly plain: LinearConfig };
  readonly down: LinearConfig;
}

/** Several feed-forward parts, of which a token goes through those that a router gives the highest probabilities. */
export interface ExpertsConfig {
  /** A logit for each. */
  readonly router: LinearConfig;
  readonly experts: readonly FeedForwardConfig[];
  readonly perToken: number;
  /** Whether the probabilities of those that are chosen are made to add up to 1. */
  readonly normalized: boolean;
  /** One that every token goes through, times how far its gate is open. */
  readonly shared?: { readonly feedForward: FeedForwardConfig; readonly gate: LinearConfig };
}

/** Queries come from the text, keys and values from an encoder's states. `norm` stands before. */
export interface CrossConfig {
  readonly query: LinearConfig;
  readonly key: LinearConfig;
  readonly value: LinearConfig;
  readonly out: LinearConfig;
  readonly norm: string;
}

export interface LayerConfig {
  readonly attention: AttentionConfig;
  /** Attention to what an encoder made, behind attention to the text itself. */
  readonly cross?: CrossConfig;
  readonly feedForward: FeedForwardConfig | ExpertsConfig;
  /** Names of norms, by where they stand. */
  readonly norms: {
    readonly beforeAttention?: string;
    readonly afterAttention?: string;
    readonly beforeFeedForward?: string;
    readonly afterFeedForward?: string;
  };
}

export type Activation = 'silu' | 'gelu' | 'geluTanh' | 'geluQuick' | 'relu';

export interface DecoderConfig {
  readonly modelType: string;
  /** What stands before the names of all weights but the head's. */
  readonly prefix: string;
  readonly vocabulary: number;
  readonly hidden: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headSize: number;
  /** Positions that the model was made for. */
  readonly context: number;
  readonly layers: readonly LayerConfig[];
  readonly norm: NormKind;
  readonly activation: Activation;
  readonly embedding: string;
  readonly embeddingFactor?: number;
  /** Of what attention and feed-forward part add to the hidden state (Granite). */
  readonly residualFactor?: number;
  /** The name of a table of learned positions. */
  readonly positions?: string;
  /** Whether a token sees those behind it too, as in decoders that only make vectors of texts. */
  readonly looksAhead?: boolean;
  readonly finalNorm: string;
  /** How many places of an encoder its layers attend to, where they have `cross`. */
  readonly crossPlaces?: number;
  /** Whether the head is the embedding itself. */
  readonly tied: boolean;
  readonly headBias?: boolean;
  /** Of the scores; default 1 / √headSize. */
  readonly scale?: number;
  /** Scores and logits are bent to stay below (Gemma 2). */
  readonly scoreCap?: number;
  readonly logitCap?: number;
  /** Of the logits (Granite). */
  readonly logitFactor?: number;
  /** Queries, keys and values are cut off at ± this (OLMo). */
  readonly clip?: number;
  /** Tokens that the config says begin and end a text. */
  readonly bos?: number;
  readonly eos: readonly number[];
}
