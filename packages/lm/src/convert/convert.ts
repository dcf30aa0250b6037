/** A model written in another form, complete or not at all. */
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { UserError } from '@gradus/base';
import { z } from 'zod';
import type { Bits } from '../gguf/quantize.ts';
import { checkedFields } from '../json.ts';
import type { LanguageModel } from '../model/language-model.ts';
import { writeFolder } from '../model/write-folder.ts';
import { written } from '../written.ts';
import { writeModelGguf } from './to-gguf.ts';
import { writeModelOnnx, writeStandardOnnx } from './to-onnx.ts';

export const FORMS = ['safetensors', 'gguf', 'onnx'] as const;

export const CONVERT = z.strictObject({
  to: z.enum(FORMS),
  /** How many bits a weight takes. Default 16; 32 for ONNX, which the CPU computes in. */
  bits: z.union([z.literal(4), z.literal(8), z.literal(16), z.literal(32)]).optional(),
  /** Of ONNX: in operators of the standard only, for runtimes that lack those of ONNX Runtime. Default false. */
  standard: z.boolean().default(false),
  out: z.string().min(1),
});
export type ConvertOptions = z.input<typeof CONVERT>;

type Options = z.output<typeof CONVERT> & { readonly bits: Bits };

/**
 * @returns the bits of a weight
 * @throws UserError where the form cannot hold the model, or the disk is full; nothing is left half-written
 */
export function convert(model: LanguageModel, options: ConvertOptions): Bits {
  const given = checkedFields('convert', options, CONVERT);
  const checked = { ...given, bits: given.bits ?? (given.to === 'onnx' ? 32 : 16) };
  const { out, to, bits } = checked;
  if (existsSync(out)) {
    throw new UserError({
      en: `${out} is already there. Choose another place with --out`,
      zh: `${out} 已存在。请用 --out 指定其他位置`,
    });
  }
  if (checked.standard && to !== 'onnx') {
    throw new UserError({
      en: `--standard is for --to onnx: ${to} has no operators`,
      zh: `--standard 只用于 --to onnx：${to} 不含算子`,
    });
  }
  const unfinished = `${out}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  try {
    written(out, () => {
      WRITERS[to](unfinished, model, checked);
      renameSync(unfinished, out);
    });
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return bits;
}

const WRITERS: Readonly<
  Record<(typeof FORMS)[number], (path: string, model: LanguageModel, options: Options) => void>
> = {
  safetensors(path, model, { bits }) {
    if (bits < 16)
      throw new UserError({
        en: `safetensors of models have 16 or 32 bits, not ${bits}; gguf has 4 and 8`,
        zh: `safetensors 模型为 16 或 32 位，不支持 ${bits} 位；gguf 支持 4 位和 8 位`,
      });
    mkdirSync(path, { recursive: true });
    writeFolder(path, model, (name) => model.weights.read(name), bits === 32 ? 'F32' : 'BF16');
  },
  gguf: (path, model, { bits }) => writeModelGguf(path, model, bits),
  onnx(path, model, { bits, standard }) {
    if (bits === 16)
      throw new UserError({
        en: 'ONNX files of models have 4, 8 or 32 bits here, not 16: the CPU computes in 32. Say --bits',
        zh: 'ONNX 模型为 4、8 或 32 位，不支持 16 位：CPU 以 32 位计算。请用 --bits 指定',
      });
    if (!standard) return writeModelOnnx(path, model, bits);
    if (bits === 4)
      throw new UserError({
        en: 'ONNX files in standard operators have 8 or 32 bits here, not 4',
        zh: '仅用标准算子的 ONNX 文件为 8 或 32 位，不支持 4 位',
      });
    writeStandardOnnx(path, model, bits);
  },
};
