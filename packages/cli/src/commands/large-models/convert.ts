import { statSync } from 'node:fs';
import { bytes } from '@gradus/base';
import type { ConvertOptions } from '@gradus/lm';
import type { AddCommand } from '../../add-command.ts';
import { addFlags, JSON_OUT, MODEL, withModel } from './options.ts';

type Flags = ConvertOptions & { readonly json?: boolean };

/** `gradus convert MODEL --to FORM --out PATH`: a model in another form, an adapter merged into its base. */
export const convertCommand: AddCommand = (program, terminal) => {
  const { say } = terminal;
  const command = program
    .command('convert')
    .argument('<model>', say(MODEL))
    .description(
      say({
        en: 'write a language model in another form and at other bits; an adapter is merged into its base',
        zh: '将语言模型转换为其他格式和位数；适配器会合并进基础模型',
      }),
    )
    .requiredOption('--to <form>', say({ en: 'safetensors, gguf, onnx', zh: 'safetensors、gguf、onnx' }))
    .requiredOption('--out <path>', say({ en: 'where the result goes', zh: '结果存放位置' }));
  addFlags(command, terminal, [
    {
      flags: '--bits <count>',
      en: 'bits of a weight: 32 or 16 for safetensors; 32, 16, 8, 4 for gguf; 32, 8, 4 for onnx (default 16, of onnx 32)',
      zh: '每个权重的位数：safetensors 为 32 或 16；gguf 为 32、16、8、4；onnx 为 32、8、4（默认 16，onnx 默认 32）',
    },
    {
      flags: '--standard',
      en: 'onnx: in operators of the standard only, in the layout of optimum, for other runtimes than ONNX Runtime; 8 or 32 bits',
      zh: 'onnx：仅用标准算子，按 optimum 的布局，供 ONNX Runtime 以外的运行时使用；8 或 32 位',
    },
  ])
    .option('--json', say(JSON_OUT))
    .action((path: string, { json, ...options }: Flags) =>
      withModel(path, async (model) => {
        const { convert } = await import('@gradus/lm');
        const bits = convert(model, options);
        const { out, to } = options;
        if (json) terminal.print(JSON.stringify({ out, to, bits }));
        else {
          const size = to === 'gguf' ? ` (${bytes(statSync(out).size)})` : '';
          terminal.print(say({ en: `written to ${out}${size}`, zh: `已写入 ${out}${size}` }));
        }
      }),
    );
};
