/** Tokenizer files of Hugging Face (`tokenizer.json`), from anyone: nothing in them is trusted. */
import { readFileSync, statSync } from 'node:fs';
import { UserError } from '@gradus/base';
import { reasonOf } from '../../files.ts';
import { Tokenizer, type TokenizerFile } from './tokenizer.ts';

/** The largest that are in use, of 260,000 tokens, have some 35 MB. */
const MAX_BYTES = 200_000_000;

/** @throws UserError where the file cannot be read, or holds what is not supported; it says what and where. */
export function readTokenizer(path: string): Tokenizer {
  let json: unknown;
  try {
    const { size } = statSync(path);
    if (size > MAX_BYTES)
      throw new UserError({
        en: `it has ${size} bytes; at most ${MAX_BYTES} are read`,
        zh: `有 ${size} 字节；最多读取 ${MAX_BYTES} 字节`,
      });
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const { en, zh } = reasonOf(error);
    throw new UserError(
      { en: `${path} is no tokenizer file: ${en}.`, zh: `${path} 不是分词器文件：${zh}。` },
      { cause: error },
    );
  }
  try {
    return new Tokenizer(json as TokenizerFile);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(
      { en: `${path}: ${error.message}`, zh: `${path}：${error.localized.zh}` },
      { cause: error },
    );
  }
}
