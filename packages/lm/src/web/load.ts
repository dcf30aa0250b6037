/** A language model from a server: the files of a folder of Hugging Face below one address. */
import { UserError } from '@gradus/base';
import { Tokenizer, type TokenizerFile } from '@gradus/data/tokenizer';
import { z } from 'zod';
import { decoderConfig } from '../families/families.ts';
import { checkedFields } from '../json.ts';
import { modelOfFolder, namedTemplate, TOKENIZER_CONFIG, writingConfig } from '../model/folder-model.ts';
import { GENERATION } from '../model/generation-config.ts';
import { type LanguageModel, requireFit } from '../model/language-model.ts';
import { prefixed, writingPart } from '../weights/prefixed.ts';
import { INDEX, type Ranges, safetensorsWeights, weightFiles } from '../weights/safetensors.ts';

/**
 * @param path the address of the folder, relative to the page or whole
 * @throws UserError naming the file that is missing, and the field that is wrong
 */
export async function load(path: string): Promise<LanguageModel> {
  const base = path.endsWith('/') ? path : `${path}/`;
  const place = (name: string) => base + name;
  const whole = checkedFields(place('config.json'), await jsonAt(place('config.json')), FIELDS);
  const writing = writingConfig(whole);
  const json = writing ?? whole;
  const config = decoderConfig(place('config.json'), json);
  const file = place('tokenizer.json');
  const tokenizer = new Tokenizer((await jsonAt(file)) as TokenizerFile);
  requireFit(path, tokenizer, config);
  const optional = async <T>(name: string, schema: z.ZodType<T>): Promise<T> =>
    checkedFields(place(name), (await jsonAt(place(name), true)) ?? {}, schema);
  const options = await optional('tokenizer_config.json', TOKENIZER_CONFIG);
  const generation = await optional('generation_config.json', GENERATION);
  const template =
    (await answerOf(place('chat_template.jinja'), true).then((answer) => answer?.text())) ??
    namedTemplate(options.chat_template);
  const index = await jsonAt(place('model.safetensors.index.json'), true);
  const files =
    index === undefined
      ? ['model.safetensors']
      : weightFiles(place('model.safetensors.index.json'), checkedFields(path, index, INDEX));
  const inMemory: Ranges[] = [];
  for (const file of files) inMemory.push(await fileInMemory(place(file)));
  const held = safetensorsWeights(path, inMemory);
  const weights = prefixed(writing ? writingPart(held) : held, config.prefix);
  return {
    ...modelOfFolder({ path, json, config, tokenizer, options, generation, template }),
    weights,
    files: () => ({}),
    close: () => weights.close(),
  };
}

/** The bytes of a file, which are held once: a typed array is limited to less than what several of them hold. */
async function fileInMemory(path: string): Promise<Ranges> {
  const bytes = new Uint8Array(await (await answerOf(path))!.arrayBuffer());
  return {
    path,
    size: bytes.length,
    read: (from, to) => bytes.slice(from, to),
    close: () => {},
  };
}

const FIELDS = z.record(z.string(), z.unknown());

/** @param optional whether the file may be missing: then undefined */
async function answerOf(url: string, optional = false): Promise<Response | undefined> {
  const answer = await fetch(url);
  if (answer.ok) return answer;
  if (optional && answer.status === 404) return undefined;
  throw new UserError({
    en: `${url} cannot be read: the server answers ${answer.status}`,
    zh: `无法读取 ${url}：服务器返回 ${answer.status}`,
  });
}

async function jsonAt(url: string, optional = false): Promise<unknown> {
  const answer = await answerOf(url, optional);
  if (!answer) return undefined;
  try {
    return await answer.json();
  } catch (error) {
    const { message } = error as Error;
    throw new UserError(
      { en: `${url} cannot be read as JSON: ${message}`, zh: `无法将 ${url} 作为 JSON 读取：${message}` },
      { cause: error },
    );
  }
}
