/**
 * An encoder of texts that a user brings to a run. A run that uses it keeps which one it was, so that whoever serves the run opens the
 * very same.
 */
import { resolve } from 'node:path';
import { UserError } from '@gradus/base';
import type { EmbedOptions, TextEncoder } from '@gradus/lm';
import { z } from 'zod';

/** Which encoder: where it lies, and what its files hold. */
export const EncoderRef = z.object({
  name: z.string(),
  /** An absolute path, or a name that the encoder has in every place. */
  place: z.string(),
  /** SHA-256 of its files. */
  digest: z.string(),
  dimensions: z.int().min(1),
});
export type EncoderRef = z.infer<typeof EncoderRef>;

/** @param place A folder, or the name of the English encoder @throws UserError where there is none */
export async function openBroughtEncoder(
  place: string,
): Promise<{ readonly encoder: TextEncoder; readonly ref: EncoderRef }> {
  // Large models are a tenth of all modules; most runs have none.
  const { ENGLISH_ENCODER, openTextEncoder, textEncoderDigest } = await import('@gradus/lm');
  const digest = await textEncoderDigest(place);
  const encoder = await openTextEncoder(place);
  const { name, dimensions } = encoder;
  return {
    encoder,
    ref: { name, place: place === ENGLISH_ENCODER ? place : resolve(place), digest, dimensions },
  };
}

/** What a service reads vectors with. */
export type ServedEncoder = Pick<TextEncoder, 'embed' | 'dimensions' | 'close'>;

/** @throws UserError where the encoder of a finished run is gone, or is another one now */
export async function openServedEncoder({ name, place, digest }: EncoderRef): Promise<ServedEncoder> {
  const { openTextEncoder, textEncoderDigest } = await import('@gradus/lm');
  const found = await textEncoderDigest(place).catch((error: Error) => {
    const why = error instanceof UserError ? error.localized : { en: error.message, zh: error.message };
    throw new UserError(
      {
        en: `This run reads texts by the encoder ${name} too, and cannot open it: ${why.en}. Put it back, or make the run again with --encoder and where it lies now, or without.`,
        zh: `该运行还使用编码器 ${name} 读取文本，但无法打开它：${why.zh}。请放回原处，或用 --encoder 指定它现在的位置重新运行，或不用它重新运行。`,
      },
      { cause: error },
    );
  });
  if (found !== digest)
    throw new UserError({
      en: `This run reads texts by the encoder ${name} too, and ${place} holds another one now (SHA-256 ${found.slice(0, 12)}…, expected ${digest.slice(0, 12)}…). Put the former back, or make the run again.`,
      zh: `该运行还使用编码器 ${name} 读取文本，但 ${place} 现在是另一个编码器（SHA-256 ${found.slice(0, 12)}…，应为 ${digest.slice(0, 12)}…）。请换回原来的编码器，或重新运行。`,
    });
  // One thread: requests share the cores.
  return await openTextEncoder(place, { threads: 1 });
}

/** The vector of each text, [dimensions]; texts that are said again are read once, and share theirs. */
export async function vectorsOfTexts(
  encoder: Pick<TextEncoder, 'embed'>,
  texts: readonly string[],
  options: EmbedOptions = {},
): Promise<Float32Array[]> {
  const different = [...new Set(texts)];
  if (different.length === 0) return [];
  const { data, dimensions } = await encoder.embed(different, options);
  const known = new Map(different.map((text, i) => [text, data.slice(i * dimensions, (i + 1) * dimensions)]));
  return texts.map((text) => known.get(text)!);
}
