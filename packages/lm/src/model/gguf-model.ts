/** A GGUF file as a language model. */
import { Tokenizer } from '@gradus/data';
import { decoderConfig } from '../families/families.ts';
import { configOfGguf } from '../gguf/config.ts';
import { type Gguf, readGguf } from '../gguf/read.ts';
import { tokenizerOfGguf } from '../gguf/tokenizer.ts';
import { ggufTensor, ggufWeights } from '../gguf/weights.ts';
import { type Drawing, drawingOf, GENERATION } from './generation-config.ts';
import type { LanguageModel } from './language-model.ts';
import { requireFit } from './language-model.ts';

/** @throws UserError naming what is wrong in the file */
export function loadGguf(path: string): LanguageModel {
  const gguf = readGguf(path);
  try {
    const { architecture, json } = configOfGguf(gguf, (name) => ggufTensor(gguf, name));
    const config = decoderConfig(path, json);
    const file = tokenizerOfGguf(gguf);
    const tokenizer = new Tokenizer(file);
    requireFit(path, tokenizer, config);
    const weights = ggufWeights(gguf, architecture, config);
    const template = gguf.metadata.get('tokenizer.chat_template');
    const templateTokens = Object.fromEntries(
      (['bos', 'eos', 'unknown', 'padding'] as const).flatMap((name) => {
        const id = gguf.metadata.get(`tokenizer.ggml.${name}_token_id`);
        const token = typeof id === 'number' ? tokenizer.tokenOf(id) : undefined;
        return token === undefined ? [] : [[`${SHORT[name]}_token`, token]];
      }),
    );
    return {
      path,
      json,
      config,
      weights,
      tokenizer,
      end: config.eos,
      drawing: drawingIn(gguf.metadata),
      ...(typeof template === 'string' && { template }),
      templateTokens,
      files: () => ({
        'tokenizer.json': JSON.stringify(file),
        'tokenizer_config.json': JSON.stringify({ ...templateTokens, chat_template: template }),
      }),
      close: () => weights.close(),
    };
  } catch (error) {
    gguf.file.close();
    throw error;
  }
}

/** Newer files say how tokens are drawn. */
function drawingIn(metadata: Gguf['metadata']): Drawing {
  const fields = Object.entries(SAMPLING_KEYS).flatMap(([name, key]) => {
    const value = metadata.get(`general.sampling.${key}`);
    return typeof value === 'number' ? [[name, value]] : [];
  });
  const { success, data } = GENERATION.safeParse(Object.fromEntries(fields));
  return success ? drawingOf(data) : {};
}

const SAMPLING_KEYS = {
  temperature: 'temp',
  top_k: 'top_k',
  top_p: 'top_p',
  min_p: 'min_p',
  repetition_penalty: 'penalty_repeat',
};

const SHORT = { bos: 'bos', eos: 'eos', unknown: 'unk', padding: 'pad' } as const;
