import { count, percent } from '@gradus/base';
import { type Block, chartBlock } from '@gradus/report';
import { PREDICTION_MEASURE_NAMES } from '../../vocabulary.ts';
import { TARGET } from '../words.ts';
import { type MakeSection, MOST_BARS } from './section.ts';

export const target: MakeSection = ({ target }) => {
  if (!target) return undefined;
  const { column, classes, predictors, notJudged } = target;
  const blocks: Block[] = [];
  if (classes && classes.length > 0) {
    const bars = classes.map(({ value, share, count: rows }) => ({
      name: value,
      value: share,
      text: `${count(rows)} (${percent(share)})`,
    }));
    blocks.push(chartBlock(TARGET.classes(column), { kind: 'bar', full: 1, bars }));
  }
  const [best] = predictors;
  if (best) {
    const bars = predictors.slice(0, MOST_BARS).map(({ column: name, value, low, high }) => ({
      name,
      value: Math.max(0, value),
      text: `${value.toFixed(3)} (${low.toFixed(2)}–${high.toFixed(2)})`,
    }));
    const caption = TARGET.predictorChart(PREDICTION_MEASURE_NAMES[best.measure]);
    blocks.push(
      { kind: 'text', text: TARGET.predictors(column, best.measure, best.rows) },
      chartBlock(caption, { kind: 'bar', full: 1, bars }),
    );
  }
  if (notJudged.length > 0)
    blocks.push({ kind: 'text', text: TARGET.notJudged(notJudged.slice(0, MOST_BARS)) });
  return { id: 'target', title: TARGET.title(column), blocks };
};
