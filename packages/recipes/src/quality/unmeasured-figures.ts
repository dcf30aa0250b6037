/** Figures of a founder's own standard that nothing here measures: what is measured is named, and what may have been meant. */
import type { Localized } from '@gradus/base';
import { closestName } from '@gradus/data';
import type { Evaluated } from './evaluate.ts';
import type { Prepared } from './prepare.ts';
import type { Processed } from './process.ts';

const MOST_NAMED = 12;

export function unmeasuredNotes(
  standardOf: Prepared['standardOf'],
  { items }: Evaluated,
  { evidence }: Processed,
): Localized[] {
  if (standardOf !== 'founder') return [];
  const missed = [...new Set(items.filter(({ source }) => source === null).map(({ measure }) => measure))];
  const measured = [
    ...new Set(evidence.flatMap(({ figures }) => figures.map(({ id }) => id.replace(/:.*/su, '')))),
  ];
  if (measured.length === 0) return [];
  const named = measured.slice(0, MOST_NAMED).join(', ');
  const more = measured.length > MOST_NAMED ? ' …' : '';
  return missed.map((figure) => {
    const close = closestName(figure, measured);
    return {
      en: `Nothing here measures the figure "${figure}" of the standard.${close ? ` Did you mean "${close}"?` : ''} Measured are: ${named}${more}`,
      zh: `标准中的指标“${figure}”没有可用的测量。${close ? `是否指“${close}”？` : ''}已测量的指标：${named}${more}`,
    };
  });
}
