/** What a text encoder added to the themes, or that it added nothing. */
import { decimals } from '@gradus/base';
import type { Section } from '@gradus/report';
import type { EncoderUse } from '../needs/embeddings.ts';

export function encoderSection({ name, gain }: EncoderUse): Section {
  const text = gain
    ? {
        en: `Another seed finds the same themes by ${decimals(gain.words)} of 1 by their words, and by ${decimals(gain.both)} with ${name} beside them (standard error of the difference ${decimals(gain.standardError)}). ${gain.isUsed ? 'It is used to find the themes; the model that is deployed reads words alone.' : 'That is no gain beyond its error: it added nothing, and the themes are those without it.'}`,
        zh: `换一个随机种子时，仅凭词语的主题一致程度为 ${decimals(gain.words)}（满分 1），加上 ${name} 为 ${decimals(gain.both)}（差值的标准误差为 ${decimals(gain.standardError)}）。${gain.isUsed ? '寻找主题时使用了它；部署的模型只读词语。' : '提高未超过误差：它没有带来补充，主题与不使用它时相同。'}`,
      }
    : {
        en: `${name} added nothing: the themes of this file are needs, which are read by words in both languages.`,
        zh: `${name} 没有带来补充：这份文件的主题是需求，由中英文词语读出。`,
      };
  return {
    id: 'encoder',
    title: { en: 'Text encoder', zh: '文本编码器' },
    blocks: [{ kind: 'text', text }],
  };
}
