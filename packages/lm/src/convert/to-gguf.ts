/** A model as a GGUF file, for llama.cpp and what is built on it. */
import { basename } from 'node:path';
import { UserError } from '@gradus/base';
import type {
  AttentionConfig,
  DecoderConfig,
  ExpertsConfig,
  FeedForwardConfig,
} from '../families/decoder-config.ts';
import { decoderConfig } from '../families/families.ts';
import { configOfGguf } from '../gguf/config.ts';
import { ARCHITECTURES, architectureOf, expertIn, isTurned, reordered, toGguf } from '../gguf/names.ts';
import type { Bits } from '../gguf/quantize.ts';
import type { Gguf } from '../gguf/read.ts';
import { tokenizerFields } from '../gguf/tokenizer-fields.ts';
import { transposed } from '../gguf/weights.ts';
import { type GgufEntry, type GgufField, writeGguf } from '../gguf/write.ts';
import type { LanguageModel } from '../model/language-model.ts';

/** Rows of blocks of 4 and 8 bits are whole multiples of this. */
const BLOCK = 32;
const FILE_TYPES: Readonly<Record<Bits, number>> = { 32: 0, 16: 1, 4: 2, 8: 7 };

/** @throws UserError where llama.cpp has no such architecture, positions or tokenizer */
export function writeModelGguf(path: string, model: LanguageModel, bits: Bits): void {
  const { config, weights, tokenizer } = model;
  const found = architectureOf(config.modelType);
  if (!found) {
    throw new UserError({
      en: `models of type "${config.modelType}" cannot be written as GGUF; those of ${Object.keys(ARCHITECTURES).join(', ')} can`,
      zh: `类型为“${config.modelType}”的模型无法写成 GGUF；支持 ${Object.keys(ARCHITECTURES).join('、')}`,
    });
  }
  const { name, architecture } = found;
  const entries: GgufEntry[] = [];
  const stacks = new Map<string, { readonly first: GgufEntry; readonly parts: GgufEntry['parts'][] }>();
  for (const [here, shape] of weights.shapes) {
    if (here === 'lm_head.weight' && config.tied) continue;
    const there = toGguf(architecture, here);
    if (there === undefined) {
      throw new UserError({
        en: `weight "${here}" has no name in GGUF files of "${name}"`,
        zh: `权重“${here}”在“${name}”的 GGUF 文件中没有对应名称`,
      });
    }
    const turnsOver = architecture.transposed && shape.length === 2 && /(?:attn|mlp)\./.test(here);
    const isRow = there.endsWith('.ffn_gate_inp_shexp.weight');
    const dims = turnsOver ? [...shape].reverse() : isRow ? shape.slice(1) : shape;
    const plain = dims.length < 2 || here.includes('wpe');
    const table = here === config.embedding || here === 'lm_head.weight';
    const own: Bits = plain
      ? 32
      : dims.at(-1)! % BLOCK !== 0 && bits < 16
        ? 16
        : table && bits === 4
          ? 8
          : bits;
    const turned = architecture.pairs ? isTurned(here) : undefined;
    const read = () => {
      const values = weights.read(here);
      if (turned)
        return reordered(
          values,
          turned === 'query' ? config.heads : config.kvHeads,
          config.headSize,
          'pairs',
        );
      if (architecture.plusOne && /norm\.weight$/.test(here)) return values.map((value) => value + 1);
      return turnsOver ? transposed(values, shape[0]!, shape[1]!) : values;
    };
    // Routers and gates of experts stay whole, as llama.cpp leaves them.
    const entry = {
      name: there,
      dims,
      bits: there.includes('.ffn_gate_inp') ? 32 : own,
      *parts() {
        yield read();
      },
    } satisfies GgufEntry;
    const within = expertIn(there);
    if (!within) entries.push(entry);
    else {
      const stack = stacks.get(within.stack) ?? { first: entry, parts: [] };
      stack.parts[within.expert] = entry.parts;
      stacks.set(within.stack, stack);
    }
  }
  for (const [stack, { first, parts }] of stacks)
    entries.push({
      name: stack,
      dims: [parts.length, ...first.dims],
      bits: first.bits,
      *parts() {
        for (const part of parts) yield* part();
      },
    });
  const rope = ropeFields(name, config);
  if (rope.factors) {
    const { factors } = rope;
    entries.push({ name: 'rope_freqs.weight', dims: [factors.length], bits: 32, parts: () => [factors] });
  }
  const fields = new Map<string, GgufField>([
    ['general.architecture', { text: name }],
    ['general.name', { text: basename(model.path) }],
    ['general.file_type', { uint32: FILE_TYPES[bits] }],
    ...sizeFields(name, model),
    ...rope.fields,
    ...tokenizerFields(model.path, tokenizer, config.vocabulary),
    ...specialFields(model),
  ]);
  requireSaid(model, fields, entries);
  writeGguf(path, fields, entries);
}

/** What says itself, or is not of the model. */
const BESIDE = ['modelType', 'context', 'bos', 'eos'];

/**
 * A GGUF file has no fields for some of what a config can say; programs then take what is usual. So the fields are read back.
 * @throws UserError naming what would be lost
 */
function requireSaid(
  { path, config }: LanguageModel,
  fields: ReadonlyMap<string, GgufField>,
  entries: readonly GgufEntry[],
): void {
  const metadata = new Map([...fields].map(([name, field]) => [name, Object.values(field)[0]]));
  const tensors = new Map(entries.map(({ name, dims }) => [name, { dims }]));
  const said = { file: { path }, metadata, tensors } as unknown as Gguf;
  const read = (name: string) => {
    const [values] = entries.find((entry) => entry.name === name)!.parts();
    return values!;
  };
  const again = decoderConfig(path, configOfGguf(said, read).json);
  const context = contextOf(config);
  const shown = (value: unknown) =>
    JSON.stringify(value, (key, part) => {
      if (key === 'window' && part >= context) return undefined;
      return typeof part === 'number' ? Number(part.toPrecision(5)) : part;
    });
  for (const key of new Set([...Object.keys(config), ...Object.keys(again)]) as Set<keyof DecoderConfig>) {
    if (BESIDE.includes(key) || shown(config[key]) === shown(again[key])) continue;
    throw new UserError({
      en: `${path}: its "${key}" cannot be written as GGUF: llama.cpp would take another value`,
      zh: `${path}：其“${key}”无法写成 GGUF：llama.cpp 会采用其他值`,
    });
  }
}

/** Windows that the architecture has no word for do not matter in a context that is no longer. */
function contextOf({ modelType, context, layers }: DecoderConfig): number {
  const windows = layers.flatMap(({ attention: { window } }) => (window === undefined ? [] : [window]));
  return modelType === 'mistral' ? Math.min(context, ...windows) : context;
}

type Fields = [string, GgufField][];

function sizeFields(name: string, { config }: LanguageModel): Fields {
  const kinds = config.layers.map(({ feedForward }) => feedForward);
  const [first] = kinds;
  const mixed = 'experts' in first! ? first : undefined;
  if (kinds.some((kind) => 'experts' in kind !== (mixed !== undefined))) {
    throw new UserError({
      en: `models of type "${config.modelType}" cannot be written as GGUF where only some layers have experts`,
      zh: `类型为“${config.modelType}”的模型仅部分层含专家，无法写为 GGUF`,
    });
  }
  const feedForward = mixed ? mixed.experts[0]! : (first as FeedForwardConfig);
  const window = config.layers.find(({ attention }) => attention.window !== undefined)?.attention.window;
  const of = (field: string, value: GgufField): [string, GgufField] => [`${name}.${field}`, value];
  return [
    of('context_length', { uint32: contextOf(config) }),
    of('embedding_length', { uint32: config.hidden }),
    of('block_count', { uint32: config.layers.length }),
    of('feed_forward_length', { uint32: feedForward.down.inputs }),
    ...(mixed ? expertFields(mixed, of) : []),
    of('attention.head_count', { uint32: config.heads }),
    of('attention.head_count_kv', { uint32: config.kvHeads }),
    of('attention.key_length', { uint32: config.headSize }),
    of('attention.value_length', { uint32: config.headSize }),
    of(config.norm.kind === 'rms' ? 'attention.layer_norm_rms_epsilon' : 'attention.layer_norm_epsilon', {
      float32: config.norm.epsilon,
    }),
    of('vocab_size', { uint32: config.vocabulary }),
    ...(config.positions === undefined ? [of('rope.dimension_count', { uint32: turned(config) })] : []),
    ...(window === undefined ? [] : [of('attention.sliding_window', { uint32: window })]),
    ...(config.clip === undefined ? [] : [of('attention.clamp_kqv', { float32: config.clip })]),
    ...(config.scoreCap === undefined ? [] : [of('attn_logit_softcapping', { float32: config.scoreCap })]),
    ...(config.logitCap === undefined ? [] : [of('final_logit_softcapping', { float32: config.logitCap })]),
  ];
}

function expertFields(
  { experts, perToken, shared }: ExpertsConfig,
  of: (field: string, value: GgufField) => [string, GgufField],
): Fields {
  return [
    of('expert_count', { uint32: experts.length }),
    of('expert_used_count', { uint32: perToken }),
    of('expert_feed_forward_length', { uint32: experts[0]!.down.inputs }),
    ...(shared ? [of('expert_shared_feed_forward_length', { uint32: shared.feedForward.down.inputs })] : []),
  ];
}

const ropesOf = ({ layers }: DecoderConfig): NonNullable<AttentionConfig['rope']>[] =>
  layers.flatMap(({ attention: { rope } }) => (rope ? [rope] : []));

const turned = (config: DecoderConfig): number =>
  2 * (ropesOf(config)[0]?.frequencies.length ?? config.headSize / 2);

/** How positions turn: by a base, and what differs from it as factors. */
function ropeFields(name: string, config: DecoderConfig): { fields: Fields; factors?: Float32Array } {
  // Where layers differ, those that see everything are meant.
  const far = config.layers.filter(({ attention }) => attention.rope && attention.window === undefined);
  const rope = (far[0] ?? config.layers.find(({ attention }) => attention.rope))?.attention.rope;
  if (!rope) return { fields: [] };
  const size = 2 * rope.frequencies.length;
  const { theta } = rope;
  const factors = rope.frequencies.map((frequency, i) => 1 / theta ** ((2 * i) / size) / frequency);
  const base: Fields = [[`${name}.rope.freq_base`, { float32: theta }]];
  const close = (a: number, b: number) => Math.abs(a - b) < 1e-6 * Math.abs(b);
  if (rope.long || rope.factor !== 1) throw unsaid();
  if (factors.every((factor) => close(factor, 1))) return { fields: base };
  if (factors.every((factor) => close(factor, factors[0]!))) {
    return {
      fields: [
        ...base,
        [`${name}.rope.scaling.type`, { text: 'linear' }],
        [`${name}.rope.scaling.factor`, { float32: factors[0]! }],
      ],
    };
  }
  if (name !== 'llama') throw unsaid();
  return { fields: base, factors: Float32Array.from(factors) };
}

const unsaid = (): UserError =>
  new UserError({
    en: 'how the positions of this model are scaled cannot be written as GGUF yet',
    zh: '该模型的位置缩放方式暂时无法写成 GGUF',
  });

function specialFields({ config, end, tokenizer, template, templateTokens }: LanguageModel): Fields {
  const { ids, specialMask } = tokenizer.encode('a');
  const begins = config.bos !== undefined && specialMask[0] === 1 && ids[0] === config.bos;
  const unknown =
    templateTokens.unk_token === undefined ? undefined : tokenizer.idOf(templateTokens.unk_token);
  return [
    ...(config.bos === undefined
      ? []
      : ([['tokenizer.ggml.bos_token_id', { uint32: config.bos }]] as Fields)),
    ...(end[0] === undefined ? [] : ([['tokenizer.ggml.eos_token_id', { uint32: end[0] }]] as Fields)),
    ...(unknown === undefined ? [] : ([['tokenizer.ggml.unknown_token_id', { uint32: unknown }]] as Fields)),
    ['tokenizer.ggml.add_bos_token', { bool: begins }],
    ...(template === undefined ? [] : ([['tokenizer.chat_template', { text: template }]] as Fields)),
  ];
}
