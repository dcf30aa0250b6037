/** `--round FILE`: 4-bit weights multiplied by rounded numbers, where a text allows it; in conversations also where the model itself does. */
import { decimals, type Localized, percent } from '@gradus/base';
import type { Rounding, RunBits, RunnableModel } from '@gradus/lm';
import type { Command } from 'commander';
import type { Terminal } from '../../terminal.ts';
import { WrongUsage } from '../../wrong-usage.ts';
import { textOf } from './options.ts';

export const ROUND: Localized = {
  en: 'with --bits 4: faster, by rounding to 8 bits what weights are multiplied by, where the perplexity of this text grows by 0.5% at most; what was measured is kept beside the model',
  zh: '与 --bits 4 合用：将与权重相乘的数舍入到 8 位以加速，仅当该文本的困惑度增加不超过 0.5% 时启用；测量结果保存在模型旁',
};
/** Of what writes for long. */
export const ROUND_UNLESS: Localized = {
  en: `${ROUND.en}. Default: where that is so of what the model itself would write; "none": never`,
  zh: `${ROUND.zh}。默认以模型自身会写出的内容衡量；"none"：从不启用`,
};
const NEVER = 'none';

export const addRound = (command: Command, { say }: Terminal, words: Localized = ROUND): Command =>
  command.option('--round <file>', say(words));

/** What a rounding is measured on, of those that are measured unless somebody says no. @throws WrongUsage */
export function measuredOn(
  file: string | undefined,
  bits: RunBits | undefined,
): 'itself' | { readonly text: string } | undefined {
  if (file === undefined) return bits === 4 ? 'itself' : undefined;
  requireRoundable(bits);
  return file === NEVER ? undefined : { text: textOf(file) };
}

/** @throws WrongUsage where weights have other bits */
function requireRoundable(bits: RunBits | undefined): void {
  if (bits === 4) return;
  throw new WrongUsage({ en: '--round goes with --bits 4', zh: '--round 须与 --bits 4 合用' });
}

/** Whether what it is measured on allows it; what was measured is told. */
export async function rounding(
  terminal: Terminal,
  model: RunnableModel,
  on: ReturnType<typeof measuredOn>,
  threads: number | undefined,
): Promise<boolean> {
  if (on === undefined) return false;
  if ('exported' in model) {
    if (on === 'itself') return false;
    throw new WrongUsage({
      en: '--round is for weights that Gradus holds in 4 bits; an ONNX export runs as it is',
      zh: '--round 只用于由 Gradus 以 4 位保存的权重；ONNX 导出的模型按原样运行',
    });
  }
  const { keptRounding } = await import('@gradus/lm');
  const text = on === 'itself' ? undefined : on.text;
  const found = await keptRounding(model, text, { threads, signal: terminal.signal });
  terminal.tell(terminal.say(roundingWords(found)));
  return found.allowed;
}

export function roundingWords({ exact, rounded, growth, allowed }: Rounding): Localized {
  const [before, after] = [decimals(exact, 3), decimals(rounded, 3)];
  return allowed
    ? {
        en: `Rounding is used: perplexity ${after}, without it ${before} (${percent(growth)}).`,
        zh: `启用舍入：困惑度 ${after}，不舍入为 ${before}（${percent(growth)}）。`,
      }
    : {
        en: `Rounding is refused: perplexity ${after}, without it ${before} (${percent(growth)}, at most 0.5%).`,
        zh: `不启用舍入：困惑度 ${after}，不舍入为 ${before}（${percent(growth)}，上限 0.5%）。`,
      };
}
