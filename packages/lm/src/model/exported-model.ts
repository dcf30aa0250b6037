/**
 * A decoder that somebody else exported as ONNX: a folder as optimum and onnx-community lay it out (config.json, tokenizer.json,
 * `onnx/model.onnx` and its variants of fewer bits), or one of ONNX Runtime GenAI (genai_config.json). It runs with the weights that it
 * has, on the operators that it has.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { UserError } from '@gradus/base';
import { readTokenizer } from '@gradus/data';
import { interfaceOf, ModelFileError } from '@gradus/engine';
import { z } from 'zod';
import { type ExportNames, exportLayout, OPTIMUM, type StatedSizes } from '../exported/layout.ts';
import { COUNT, tokensOf } from '../families/common.ts';
import type { RunBits } from '../graph/quantized-weights.ts';
import { readJson } from '../json.ts';
import { namedTemplate, TOKENIZER_CONFIG, templateTokensOf } from './folder-model.ts';
import { drawingOf, endOf, GENERATION } from './generation-config.ts';
import { type ExportedModel, requireFit } from './language-model.ts';
import { templateIn } from './template-file.ts';

const GENAI_CONFIG = 'genai_config.json';
const STEMS = ['model', 'decoder_model_merged'];
/** Behind the stem, by the bits of most weights. */
const VARIANTS: readonly (readonly [bits: number, endings: readonly string[]])[] = [
  [32, ['']],
  [8, ['_quantized', '_int8', '_uint8']],
  [4, ['_q4', '_bnb4', '_q4f16']],
  [16, ['_fp16']],
];

const TOKEN = z.int().min(0);
const TOKENS = z.union([TOKEN, z.array(TOKEN)]).nullish();
const SIZES = z.looseObject({
  vocab_size: COUNT.optional(),
  max_position_embeddings: COUNT.optional(),
  n_positions: COUNT.optional(),
  num_attention_heads: COUNT.optional(),
  num_key_value_heads: COUNT.nullish(),
  hidden_size: COUNT.optional(),
  head_dim: COUNT.nullish(),
  bos_token_id: TOKENS,
  eos_token_id: TOKENS,
});
const CONFIG = SIZES.extend({ text_config: SIZES.optional() });

const NAME = z.string().min(1).max(200);
const OF_LAYERS = NAME.refine((name) => name.split('%d').length === 2, { error: '%d' });
const GENAI = z.looseObject({
  model: z.looseObject({
    bos_token_id: TOKENS,
    eos_token_id: TOKENS,
    context_length: COUNT,
    vocab_size: COUNT.optional(),
    encoder: z.unknown().optional(),
    vision: z.unknown().optional(),
    speech: z.unknown().optional(),
    embedding: z.unknown().optional(),
    decoder: z.looseObject({
      filename: NAME.default('model.onnx'),
      head_size: COUNT.optional(),
      num_key_value_heads: COUNT.optional(),
      pipeline: z.unknown().optional(),
      inputs: z.looseObject({
        input_ids: NAME.default(OPTIMUM.ids),
        attention_mask: NAME.default(OPTIMUM.mask),
        position_ids: NAME.default(OPTIMUM.positions),
        past_key_names: OF_LAYERS.default(OPTIMUM.past.key),
        past_value_names: OF_LAYERS.default(OPTIMUM.past.value),
      }),
      outputs: z.looseObject({
        logits: NAME.default(OPTIMUM.logits),
        present_key_names: OF_LAYERS.default(OPTIMUM.present.key),
        present_value_names: OF_LAYERS.default(OPTIMUM.present.value),
      }),
    }),
  }),
});

interface Stated {
  readonly file: string;
  readonly names: ExportNames;
  readonly sizes: StatedSizes;
  readonly context: number;
  readonly bos: number | undefined;
  readonly eos: readonly number[];
}

const filesIn = (path: string): readonly (readonly [bits: number, file: string])[] =>
  VARIANTS.flatMap(([bits, endings]) =>
    endings.flatMap((ending) =>
      STEMS.flatMap((stem) =>
        [join(path, `${stem}${ending}.onnx`), join(path, 'onnx', `${stem}${ending}.onnx`)]
          .filter((file) => existsSync(file))
          .map((file) => [bits, file] as const),
      ),
    ),
  );

/** The folder that an .onnx file belongs to: its own, or that around `onnx/`. */
const folderOf = (file: string): string =>
  basename(dirname(file)) === 'onnx' && !existsSync(join(dirname(file), 'tokenizer.json'))
    ? dirname(dirname(file))
    : dirname(file);

const isOnnxFile = (path: string): boolean =>
  /\.onnx$/i.test(path) && existsSync(path) && statSync(path).isFile();

/** Whether a path is an .onnx file, or a folder with one and no weights that could be read otherwise. */
export const isExported = (path: string): boolean =>
  isOnnxFile(path) ||
  existsSync(join(path, GENAI_CONFIG)) ||
  (filesIn(path).length > 0 &&
    !['model.safetensors', 'model.safetensors.index.json'].some((name) => existsSync(join(path, name))));

/**
 * @param path the folder, or one of its .onnx files
 * @param bits of the variant, where a folder has several; default: the one of most bits
 * @throws UserError naming the file, and the field, input or output that is missing or wrong
 */
export function loadExported(path: string, bits?: RunBits): ExportedModel {
  const folder = isOnnxFile(path) ? folderOf(path) : path;
  const place = (name: string) => join(folder, name);
  const { file, names, sizes, context, bos, eos } = existsSync(place(GENAI_CONFIG))
    ? statedByGenai(folder, path, bits)
    : statedByConfig(folder, isOnnxFile(path) ? path : variant(path, bits));
  const layout = exportLayout(file, interfaceIn(file), names, sizes);
  const tokenizer = readTokenizer(place('tokenizer.json'));
  requireFit(folder, tokenizer, layout);
  const options = existsSync(place('tokenizer_config.json'))
    ? readJson(place('tokenizer_config.json'), TOKENIZER_CONFIG)
    : TOKENIZER_CONFIG.parse({});
  const generation = existsSync(place('generation_config.json'))
    ? readJson(place('generation_config.json'), GENERATION)
    : {};
  const templateTokens = templateTokensOf(options);
  const template = templateIn(place('chat_template.jinja')) ?? namedTemplate(options.chat_template);
  return {
    path,
    config: {
      vocabulary: layout.vocabulary,
      kvHeads: layout.kvHeads,
      headSize: layout.headSize,
      layers: Array.from({ length: layout.layers }),
      context,
      ...(bos !== undefined && { bos }),
    },
    exported: { file, layout },
    tokenizer,
    end: endOf(generation, eos, tokenizer, templateTokens.eos_token),
    drawing: drawingOf(generation),
    ...(template !== undefined && { template }),
    templateTokens,
    close: () => undefined,
  };
}

function interfaceIn(file: string) {
  try {
    return interfaceOf(readFileSync(file));
  } catch (error) {
    if (error instanceof ModelFileError) throw error.within({ en: file, zh: file });
    const { message } = error as Error;
    throw new UserError(
      { en: `${file} cannot be opened: ${message}`, zh: `无法打开 ${file}：${message}` },
      { cause: error },
    );
  }
}

function variant(path: string, bits: RunBits | undefined): string {
  const files = filesIn(path);
  const found = bits === undefined ? files[0] : files.find(([of]) => of === bits);
  if (found) return found[1];
  const there = files.map(([, file]) => file).join(', ');
  throw new UserError({
    en: `${path} has no export of ${bits} bits, and exports run with the weights that they have. There is ${there}`,
    zh: `${path} 中没有 ${bits} 位的导出，而导出的模型只按其自身的权重运行。现有 ${there}`,
  });
}

function statedByConfig(folder: string, file: string): Stated {
  const { text_config: inner, ...outer } = readJson(join(folder, 'config.json'), CONFIG);
  const config = { ...outer, ...inner };
  const context = config.max_position_embeddings ?? config.n_positions;
  if (context === undefined) {
    throw new UserError({
      en: `${join(folder, 'config.json')} has no max_position_embeddings`,
      zh: `${join(folder, 'config.json')} 中没有 max_position_embeddings`,
    });
  }
  const { hidden_size: hidden, num_attention_heads: heads } = config;
  return {
    file,
    names: OPTIMUM,
    context,
    sizes: {
      vocabulary: config.vocab_size,
      kvHeads: config.num_key_value_heads ?? heads,
      headSize: config.head_dim ?? (hidden && heads && hidden / heads),
    },
    bos: tokensOf(config.bos_token_id ?? outer.bos_token_id)[0],
    eos: tokensOf(config.eos_token_id ?? outer.eos_token_id),
  };
}

function statedByGenai(folder: string, path: string, bits: RunBits | undefined): Stated {
  const place = join(folder, GENAI_CONFIG);
  const { model } = readJson(place, GENAI);
  const { decoder } = model;
  const { inputs, outputs } = decoder;
  const other = (['encoder', 'vision', 'speech', 'embedding'] as const).find(
    (part) => model[part] !== undefined,
  );
  if (other !== undefined || decoder.pipeline !== undefined) {
    const field = other === undefined ? 'model.decoder.pipeline' : `model.${other}`;
    throw new UserError({
      en: `${place} has ${field}: only decoders that are one graph of texts are run`,
      zh: `${place} 含有 ${field}：只能运行由单个计算图组成的文本解码器`,
    });
  }
  if (bits !== undefined && bits !== 32) {
    throw new UserError({
      en: `${folder} runs with the weights that it has; --bits is for folders with safetensors and for GGUF files`,
      zh: `${folder} 按其自身的权重运行；--bits 只用于含 safetensors 的文件夹和 GGUF 文件`,
    });
  }
  if (basename(decoder.filename) !== decoder.filename || decoder.filename.includes('\\')) {
    throw new UserError({
      en: `${place}: model.decoder.filename is ${JSON.stringify(decoder.filename)}; expected a file of this folder`,
      zh: `${place}：model.decoder.filename 为 ${JSON.stringify(decoder.filename)}；应为此文件夹中的文件`,
    });
  }
  return {
    file: isOnnxFile(path) ? path : join(folder, decoder.filename),
    context: model.context_length,
    names: {
      ids: inputs.input_ids,
      mask: inputs.attention_mask,
      positions: inputs.position_ids,
      past: { key: inputs.past_key_names, value: inputs.past_value_names },
      present: { key: outputs.present_key_names, value: outputs.present_value_names },
      logits: outputs.logits,
    },
    sizes: {
      vocabulary: model.vocab_size,
      kvHeads: decoder.num_key_value_heads,
      headSize: decoder.head_size,
    },
    bos: tokensOf(model.bos_token_id)[0],
    eos: tokensOf(model.eos_token_id),
  };
}
