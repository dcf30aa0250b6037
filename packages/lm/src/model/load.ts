/**
 * A language model as somebody brings it: a folder of Hugging Face, or a GGUF file. Nothing in it is executed: weights, numbers and
 * templates are read as data, and weights only when they are asked for.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UserError } from '@gradus/base';
import { readTokenizer } from '@gradus/data';
import { z } from 'zod';
import { baseOfAdapter, isAdapter, mergedWeights } from '../adapters/adapter-files.ts';
import { decoderConfig } from '../families/families.ts';
import type { RunBits } from '../graph/quantized-weights.ts';
import { readJson } from '../json.ts';
import { prefixed, writingPart } from '../weights/prefixed.ts';
import { safetensorsFolder } from '../weights/safetensors.ts';
import { isExported, loadExported } from './exported-model.ts';
import { modelOfFolder, namedTemplate, TOKENIZER_CONFIG, writingConfig } from './folder-model.ts';
import { GENERATION } from './generation-config.ts';
import { loadGguf } from './gguf-model.ts';
import { type LanguageModel, type RunnableModel, requireFit } from './language-model.ts';
import { templateIn } from './template-file.ts';

const BESIDE = [
  'generation_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'chat_template.jinja',
];

/**
 * Opens a model. Its weights stay in the file until they are needed.
 * @param path a folder of Hugging Face, a GGUF file, or the folder of an adapter in peft's layout, which names its base
 * @throws UserError naming the file and the field that is missing or wrong
 */
export function load(path: string): Promise<LanguageModel> {
  return loadOn(path, []);
}

/**
 * Opens a model to be run: one that `load` opens, or a decoder that somebody else exported as ONNX, which has no weights to be adapted.
 * @param bits of the variant, where a folder has several exports
 * @throws UserError naming the file and the field that is missing or wrong
 */
export async function loadRunnable(path: string, bits?: RunBits): Promise<RunnableModel> {
  return isExported(path) ? loadExported(path, bits) : load(path);
}

/** @param over adapters on the way to their base */
async function loadOn(path: string, over: readonly string[]): Promise<LanguageModel> {
  if (isExported(path)) {
    throw new UserError({
      en: `${path} is an ONNX export: it is run as it is (generate, chat, perplexity, serve). This needs its weights, as safetensors or GGUF`,
      zh: `${path} 是 ONNX 导出的模型：只能按原样运行（generate、chat、perplexity、serve）。此操作需要 safetensors 或 GGUF 格式的权重`,
    });
  }
  if (existsSync(path) && statSync(path).isFile()) return loadGguf(path);
  if (!isAdapter(path)) return requireWriter(loadFolder(path));
  const place = resolve(path);
  if (over.includes(place)) {
    throw new UserError({
      en: `${path} is an adapter whose base is itself, by base_model_name_or_path`,
      zh: `${path} 是一个以自身为基础模型的适配器（base_model_name_or_path）`,
    });
  }
  const base = await loadOn(baseOfAdapter(path), [...over, place]);
  try {
    const weights = mergedWeights(path, base.weights, base.config);
    return { ...base, path, weights, close: () => weights.close() };
  } catch (error) {
    base.close();
    throw error;
  }
}

/** @throws UserError where it sees what comes after a token, and so cannot tell what does */
function requireWriter(model: LanguageModel): LanguageModel {
  if (!model.config.looksAhead) return model;
  model.close();
  throw new UserError({
    en: `${model.path} looks ahead (use_bidirectional_attention, or is_causal false in its config.json): it makes vectors of texts (embed), and writes none`,
    zh: `${model.path} 使用双向注意力（config.json 中的 use_bidirectional_attention，或 is_causal 为 false）：只能生成文本向量（embed），不能生成文本`,
  });
}

/**
 * A decoder of any kind, those that look ahead and only make vectors (embedding-model.ts) among them.
 * @throws UserError naming the file and the field that is missing or wrong
 */
export function loadFolder(path: string): LanguageModel {
  const file = (name: string) => join(path, name);
  if (!existsSync(file('config.json'))) {
    throw new UserError(
      existsSync(path)
        ? {
            en: `${path} is no folder of a model: it has no config.json`,
            zh: `${path} 不是模型文件夹：其中没有 config.json`,
          }
        : {
            en: `there is no ${path}: expected a folder of a model, or a .gguf file`,
            zh: `没有 ${path}：应为模型文件夹或 .gguf 文件`,
          },
    );
  }
  const whole = readJson(file('config.json'), z.record(z.string(), z.unknown()));
  const writing = writingConfig(whole);
  const json = writing ?? whole;
  const config = decoderConfig(file('config.json'), json);
  if (!existsSync(file('tokenizer.json'))) {
    throw new UserError({
      en: `${path} has no tokenizer.json. Save it with transformers: AutoTokenizer.from_pretrained(…).save_pretrained(…)`,
      zh: `${path} 中没有 tokenizer.json。可用 transformers 保存：AutoTokenizer.from_pretrained(…).save_pretrained(…)`,
    });
  }
  const tokenizer = readTokenizer(file('tokenizer.json'));
  requireFit(path, tokenizer, config);
  const options = existsSync(file('tokenizer_config.json'))
    ? readJson(file('tokenizer_config.json'), TOKENIZER_CONFIG)
    : TOKENIZER_CONFIG.parse({});
  const generation = existsSync(file('generation_config.json'))
    ? readJson(file('generation_config.json'), GENERATION)
    : {};
  const template = templateIn(file('chat_template.jinja')) ?? namedTemplate(options.chat_template);
  const files = safetensorsFolder(path);
  const weights = prefixed(writing ? writingPart(files) : files, config.prefix);
  return {
    ...modelOfFolder({ path, json, config, tokenizer, options, generation, template }),
    weights,
    files: () =>
      Object.fromEntries(
        BESIDE.filter((name) => existsSync(file(name))).map((name) => [
          name,
          readFileSync(file(name), 'utf8'),
        ]),
      ),
    close: () => weights.close(),
  };
}
