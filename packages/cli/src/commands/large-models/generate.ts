import { decimals, percent } from '@gradus/base';
import type { GenerateOptions, LanguageModel } from '@gradus/lm';
import type { AddCommand } from '../../add-command.ts';
import type { Terminal } from '../../terminal.ts';
import { WrongUsage } from '../../wrong-usage.ts';
import { addSampling, JSON_OUT, MODEL, printed, schemaOf, textOf, withModel } from './options.ts';

type Flags = Omit<GenerateOptions, 'signal' | 'session'> & {
  readonly prompt: string;
  readonly context?: number;
  readonly schema?: string;
  readonly round?: string;
  readonly json?: boolean;
};

/** `gradus generate MODEL --prompt TEXT`: a text continued. */
export const generateCommand: AddCommand = (program, terminal) => {
  const { say, signal } = terminal;
  const command = program
    .command('generate')
    .argument('<model>', say(MODEL))
    .description(say({ en: 'continue a text with a language model', zh: '用语言模型续写文本' }))
    .requiredOption('--prompt <text>', say({ en: 'what comes before', zh: '前文' }));
  addSampling(command, terminal)
    .option(
      '--logprobs <count>',
      say({
        en: 'with --json: of each token its log probability, and of so many others',
        zh: '与 --json 合用：每个词元及若干其他词元的对数概率',
      }),
      Number,
    )
    .option(
      '--schema <file>',
      say({
        en: 'a JSON schema: the answer is JSON that is valid by it',
        zh: 'JSON schema 文件：回答为符合它的 JSON',
      }),
    )
    .option(
      '--round <file>',
      say({
        en: 'with --bits 4: faster, by rounding to 8 bits what weights are multiplied by, where the perplexity of this text grows by 0.5% at most',
        zh: '与 --bits 4 合用：将与权重相乘的数舍入到 8 位以加速，仅当该文本的困惑度增加不超过 0.5% 时启用',
      }),
    )
    .option('--json', say(JSON_OUT))
    .action((path: string, { prompt, context, schema, round, json, threads, bits, ...options }: Flags) =>
      withModel(path, async (model) => {
        const { DecoderSession, generate, jsonSchemaConstraint } = await import('@gradus/lm');
        const constraint = schema === undefined ? undefined : jsonSchemaConstraint(schemaOf(schema), model);
        const open = { ...(context !== undefined && { places: context }), threads, bits };
        const rounds =
          round === undefined ? false : await rounding(terminal, model, round, { bits, threads, signal });
        const session =
          context === undefined && !rounds
            ? undefined
            : await DecoderSession.open(model, { ...open, rounds });
        const tokens = [];
        try {
          const common = {
            ...options,
            constraint,
            signal,
            ...(session ? { session } : { bits, ...(threads && { threads }) }),
          };
          for await (const token of generate(model, prompt, common)) {
            tokens.push(token);
            if (!json) printed(token.text);
          }
        } finally {
          await session?.close();
        }
        if (!json) {
          printed('\n');
          return;
        }
        const text = tokens.map((token) => token.text).join('');
        const usage = { prompt: model.tokenizer.encode(prompt).ids.length, generated: tokens.length };
        terminal.print(JSON.stringify({ text, finish: tokens.at(-1)?.finish, usage, tokens }));
      }),
    );
};

/** Whether 4-bit weights may be multiplied by rounded numbers, as a text says; what was measured is told. */
async function rounding(
  { say, tell }: Terminal,
  model: LanguageModel,
  file: string,
  { bits, threads, signal }: { bits: Flags['bits']; threads: number | undefined; signal: AbortSignal },
): Promise<boolean> {
  if (bits !== 4) {
    throw new WrongUsage({ en: '--round goes with --bits 4', zh: '--round 须与 --bits 4 合用' });
  }
  const { measureRounding } = await import('@gradus/lm');
  const { exact, rounded, growth, allowed } = await measureRounding(model, textOf(file), { threads, signal });
  const [before, after] = [decimals(exact, 3), decimals(rounded, 3)];
  tell(
    allowed
      ? say({
          en: `Rounding is used: perplexity ${after}, without it ${before} (${percent(growth)}).`,
          zh: `启用舍入：困惑度 ${after}，不舍入为 ${before}（${percent(growth)}）。`,
        })
      : say({
          en: `Rounding is refused: perplexity ${after}, without it ${before} (${percent(growth)}, at most 0.5%).`,
          zh: `不启用舍入：困惑度 ${after}，不舍入为 ${before}（${percent(growth)}，上限 0.5%）。`,
        }),
  );
  return allowed;
}
