import { count, percent } from '@gradus/base';
import { type Block, chartBlock } from '@gradus/report';
import { COLUMN, MISSING } from '../words.ts';
import { type MakeSection, MOST_BARS } from './section.ts';

const MOST_VALUES = 8;

export const missing: MakeSection = ({ columns }) => {
  const gaps = columns
    .filter(({ missing }) => missing.count > 0)
    .sort((a, b) => b.missing.share - a.missing.share);
  if (gaps.length === 0) return undefined;
  const shown = gaps.slice(0, MOST_BARS);
  const bars = shown.map(({ name, missing: { share, count: cells } }) => ({
    name,
    value: share,
    text: `${percent(share)} (${count(cells)})`,
  }));
  const blocks: Block[] = [
    chartBlock(MISSING.chart(shown.length, gaps.length), { kind: 'bar', full: 1, bars }),
  ];
  const asText = gaps.filter(({ missing }) => missing.disguised.length > 0).slice(0, MOST_BARS);
  if (asText.length > 0) {
    blocks.push({
      kind: 'table',
      caption: MISSING.asText,
      columns: [{ label: COLUMN }, { label: MISSING.values }],
      rows: asText.map(({ name, missing: { disguised } }) => [
        name,
        disguised
          .slice(0, MOST_VALUES)
          .map(({ value, count: cells }) => `"${value}" ${count(cells)}`)
          .join(', '),
      ]),
    });
  }
  return { id: 'missing', title: MISSING.title, blocks };
};
