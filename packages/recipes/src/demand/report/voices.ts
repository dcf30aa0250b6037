import { count, joined, type Localized, percent } from '@gradus/base';
import type { Block, Section } from '@gradus/report';
import type { DemandAnalysis } from '../analysis/findings.ts';
import type { Voice, VoiceKind } from '../analysis/voices.ts';
import { quoted, type ReviewTexts } from './quotes.ts';

const SHOWN = 2;

const NAMES: Readonly<Record<VoiceKind, Localized>> = {
  request: { en: 'Requests', zh: '请求与建议' },
  question: { en: 'Questions', zh: '提问' },
  farewell: { en: 'Customers who say that they leave, or tell others to', zh: '表示不再购买或劝阻他人' },
  rival: { en: 'Competitors that are named', zh: '提到的竞争对手' },
};

/** Requests, questions, farewells and rivals. */
export function voiceSection({ voices }: DemandAnalysis, texts: ReviewTexts): Section | null {
  if (voices.length === 0) return null;
  return {
    id: 'voices',
    title: { en: 'Requests, questions and farewells', zh: '请求、提问与流失' },
    blocks: voices.map((voice): Block => {
      const quotes = quoted(voice.evidence, texts);
      return {
        kind: 'finding',
        title: NAMES[voice.kind],
        figure: figureOf(voice),
        quotes: quotes.slice(0, SHOWN),
        more: quotes.length > SHOWN ? [{ kind: 'quotes', items: quotes.slice(SHOWN) }] : [],
      };
    }),
  };
}

function figureOf({ count: n, share, names }: Voice): Localized {
  const said: Localized = {
    en: `${count(n)} ${n === 1 ? 'review' : 'reviews'}, ${percent(share.value)}.`,
    zh: `${count(n)} 条评价，${percent(share.value)}。`,
  };
  if (names.length === 0) return said;
  return joined([
    said,
    {
      en: `${names.map(({ name, count: by }) => `${name} (${by})`).join(', ')}.`,
      zh: `${names.map(({ name, count: by }) => `${name}（${by}）`).join('、')}。`,
    },
  ]);
}
