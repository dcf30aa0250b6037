/** The house of quality as a table: needs by characteristics. */
import { percent } from '@gradus/base';
import type { Section } from '@gradus/report';
import { type House, UNASKED } from '../build.ts';
import type { Evaluated } from '../evaluate.ts';
import type { Standard } from '../standard/standard.ts';
import { VERDICTS } from '../words.ts';

const MOST_NEEDS = 40;

export function houseSection(house: House, standard: Standard, { items }: Evaluated): Section | undefined {
  if (house.needs.length === 0) return undefined;
  const { characteristics } = standard;
  const unanswered = house.needs.filter((_, i) => house.strengths[i]!.every((strength) => strength === 0));
  const isAnswered = house.strengths.some((row) => row.some((strength) => strength > 0));
  const unasked = characteristics.filter(
    (_, i) => isAnswered && house.strengths.every((row) => row[i] === 0),
  );
  const verdictOf = (name: string) => {
    const own = items.filter(({ characteristic }) => characteristic === name).map(({ verdict }) => verdict);
    const worst = (['fails', 'cannot tell', 'meets'] as const).find((kind) => own.includes(kind));
    return worst ? VERDICTS[worst] : { en: 'not measured', zh: '未测量' };
  };
  return {
    id: 'house',
    title: { en: 'House of quality', zh: '质量屋' },
    blocks: [
      {
        kind: 'table',
        columns: [
          { label: { en: 'need', zh: '需求' } },
          { label: { en: 'weight', zh: '权重' }, align: 'right' },
          ...characteristics.map(({ name }) => ({ label: name, align: 'right' as const })),
        ],
        rows: [
          ...house.needs
            .slice(0, MOST_NEEDS)
            .map(({ name, weight }, i) => [
              name,
              percent(weight),
              ...house.strengths[i]!.map((strength) => (strength === 0 ? '' : String(strength))),
            ]),
          [{ en: 'weight of the characteristic', zh: '特性权重' }, '', ...house.weights.map(percent)],
          [{ en: 'verdict', zh: '结论' }, '', ...characteristics.map(({ name }) => verdictOf(name.en))],
        ],
      },
      ...(unasked.length === 0
        ? []
        : [
            {
              kind: 'note' as const,
              tone: 'info' as const,
              text: {
                en: `No need speaks of: ${unasked.map(({ name }) => name.en).join(', ')}. Each counts as ${percent(UNASKED)} of a characteristic that needs speak of as much as of others.`,
                zh: `没有需求提到：${unasked.map(({ name }) => name.zh).join('、')}。它们按一般被提及特性的 ${percent(UNASKED)} 计权。`,
              },
            },
          ]),
      ...(unanswered.length === 0
        ? []
        : [
            {
              kind: 'note' as const,
              tone: 'warning' as const,
              text: {
                en: `No characteristic of the standard answers: ${unanswered
                  .map(({ name }) => name.en)
                  .slice(0, 20)
                  .join(
                    ', ',
                  )}. Say which does under needs: answered_by in the standard, or add a characteristic.`,
                zh: `标准中没有特性对应以下需求：${unanswered
                  .map(({ name }) => name.zh)
                  .slice(0, 20)
                  .join('、')}。请在标准的 needs: answered_by 中说明，或增加质量特性。`,
              },
            },
          ]),
    ],
  };
}
