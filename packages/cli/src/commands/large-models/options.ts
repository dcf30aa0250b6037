/** What the commands of large models have in common: the model, how it draws its tokens, and how its words reach the terminal. */
import { readFileSync } from 'node:fs';
import { UserError } from '@gradus/base';
import type { AnyModel, LanguageModel, RunBits, RunnableModel } from '@gradus/lm';
import { type Command, Option } from 'commander';
import type { Terminal } from '../../terminal.ts';
import { WrongUsage } from '../../wrong-usage.ts';

export const MODEL = {
  en: 'a folder of Hugging Face (config.json, safetensors, tokenizer.json), an adapter, or a .gguf file',
  zh: 'Hugging Face 文件夹（config.json、safetensors、tokenizer.json）、适配器或 .gguf 文件',
};
/** Of a model that is only run. */
export const RUNNABLE = {
  en: 'a folder of Hugging Face (config.json, safetensors, tokenizer.json), an adapter, a .gguf file, or a decoder exported as ONNX',
  zh: 'Hugging Face 文件夹（config.json、safetensors、tokenizer.json）、适配器、.gguf 文件，或导出为 ONNX 的解码器',
};
export const JSON_OUT = { en: 'print JSON on stdout', zh: '在标准输出打印 JSON' };

/** Flags of numbers and texts, by the names that the library has for them. */
interface Flag {
  readonly flags: string;
  readonly en: string;
  readonly zh: string;
}

const SAMPLING: readonly Flag[] = [
  { flags: '--max <tokens>', en: 'tokens to add at most (256)', zh: '最多生成的词元数（256）' },
  {
    flags: '--temperature <number>',
    en: '0 takes the most probable token; higher is more varied (0.7)',
    zh: '0 表示总取最可能的词元；越高越多样（0.7）',
  },
  {
    flags: '--top-k <count>',
    en: 'draw from so many most probable tokens',
    zh: '只从最可能的若干词元中抽取',
  },
  {
    flags: '--top-p <share>',
    en: 'draw from the most probable tokens that have this probability together',
    zh: '只从合计达到该概率的最可能词元中抽取',
  },
  {
    flags: '--min-p <share>',
    en: 'draw from tokens at least so probable, against the most probable one',
    zh: '只从相对最可能词元不低于该比例的词元中抽取',
  },
  {
    flags: '--repetition-penalty <number>',
    en: 'above 1 holds back tokens that were said before',
    zh: '大于 1 时抑制已出现的词元',
  },
  { flags: '--seed <number>', en: 'another seed, other words (0)', zh: '随机种子（0）' },
];

const CONTEXT: Flag = {
  flags: '--context <tokens>',
  en: 'tokens that prompt and answer may have together',
  zh: '提示与回答合计的最大词元数',
};
const BITS: Flag = {
  flags: '--bits <count>',
  en: 'bits of a weight while it runs: 4, 8 or 32 (32); fewer are smaller and faster, and less exact',
  zh: '运行时每个权重的位数：4、8 或 32（32）；位数越少越小越快，但精度更低',
};
const THREADS: Flag = {
  flags: '--threads <count>',
  en: 'threads (one a core)',
  zh: '线程数（默认每核一个）',
};

export function addFlags(command: Command, { say }: Terminal, flags: readonly Flag[]): Command {
  for (const { flags: names, ...about } of flags) {
    const option = new Option(names, say(about));
    if (/<(?:tokens|number|count|share)>$/.test(names)) option.argParser(numberOf(names));
    command.addOption(option);
  }
  return command;
}

export const addSampling = (command: Command, terminal: Terminal): Command =>
  addFlags(command, terminal, [...SAMPLING, CONTEXT, BITS, THREADS]).option(
    '--stop <text...>',
    terminal.say({ en: 'texts at which the answer ends', zh: '遇到这些文本即结束' }),
  );
export const addThreads = (command: Command, terminal: Terminal): Command =>
  addFlags(command, terminal, [BITS, THREADS]);

function numberOf(flags: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isFinite(value)) return value;
    const name = flags.split(' ')[0]!;
    throw new WrongUsage({
      en: `${name} takes a number, not "${text}"`,
      zh: `${name} 应为数字，而不是“${text}”`,
    });
  };
}

/** Words of a model as they come; control characters could move the cursor, or worse. */
export function printed(text: string): void {
  process.stdout.write(text.replace(/[^\P{Cc}\n\t]|[\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, ''));
}

const MOST_TEXT = 64 * 1024 * 1024;

/** @throws UserError where the file cannot be read as text */
export function textOf(path: string): string {
  try {
    const bytes = readFileSync(path);
    if (bytes.length > MOST_TEXT) throw new Error(`${bytes.length} bytes; at most ${MOST_TEXT}`);
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT')
      throw new UserError({ en: `there is no file ${path}`, zh: `没有文件 ${path}` }, { cause: error });
    throw new UserError(
      {
        en: `${path} cannot be read as text: ${message}`,
        zh: `无法将 ${path} 作为文本读取：${message}`,
      },
      { cause: error },
    );
  }
}

/** @throws UserError where the file is no JSON */
export function schemaOf(path: string): unknown {
  try {
    return JSON.parse(textOf(path));
  } catch (error) {
    if (error instanceof UserError) throw error;
    const { message } = error as Error;
    throw new UserError({ en: `${path} is not JSON: ${message}`, zh: `${path} 不是 JSON：${message}` });
  }
}

const closedAfter = async <M extends AnyModel | RunnableModel, T>(
  model: M,
  action: (model: M) => Promise<T>,
): Promise<T> => {
  try {
    return await action(model);
  } finally {
    model.close();
  }
};

/** Loads the model for `action`, and closes it afterwards. */
export async function withModel<T>(path: string, action: (model: LanguageModel) => Promise<T>): Promise<T> {
  const { load } = await import('@gradus/lm');
  return closedAfter(await load(path), action);
}

/** The same for one that is only run: an export as ONNX too. @param bits of the variant, where a folder has several */
export async function withRunnable<T>(
  path: string,
  bits: RunBits | undefined,
  action: (model: RunnableModel) => Promise<T>,
): Promise<T> {
  const { loadRunnable } = await import('@gradus/lm');
  return closedAfter(await loadRunnable(path, bits), action);
}

/** The same for a language model or an encoder. */
export async function withAnyModel<T>(path: string, action: (model: AnyModel) => Promise<T>): Promise<T> {
  const { loadAny } = await import('@gradus/lm');
  return closedAfter(await loadAny(path), action);
}
