/** One-hot: a column of 0 and 1 for each level of a text. Levels that are rare share one, with those never seen in training. */
import { z } from 'zod';
import { levelsOf, levelsSchema, lookUp, oneHotOf } from '../levels.ts';
import { columnError, columnStep, declares } from '../step.ts';
import { levelName } from '../words.ts';

export const oneHotStep = columnStep({
  name: 'oneHot',
  title: { en: 'One-hot encoding', zh: '独热编码' },
  accepts: ['text'],
  options: z.strictObject({
    /** Levels in fewer training rows are rare. */
    minCount: z.int().min(1).default(1),
    /** At most so many levels get a column, the most frequent. */
    maxLevels: z.int().min(1).max(10_000).default(100),
    /** What becomes of rare and unknown levels: they share a column, or are zeros in all. */
    other: z.enum(['column', 'zeros']).default('column'),
    /** Leaves out the first level's column, which follows from the others. */
    dropFirst: z.boolean().default(false),
  }),
  parameters: z.object({ levels: levelsSchema }),
  fit: (column, { minCount, maxLevels }) => {
    const levels = levelsOf(column)
      .filter(([, count]) => count >= minCount)
      .slice(0, maxLevels)
      .map(([level]) => level);
    if (levels.length > 0) return { levels };
    throw columnError(column.step, column.block.name, {
      en: `no level is in ${minCount} training rows; lower minCount`,
      zh: `没有任何水平出现于 ${minCount} 个训练行；请调低 minCount`,
    });
  },
  trace: (block, { levels }, { other, dropFirst }) => {
    const order = levels.map((_, i) => i);
    const names = [...levels.map(levelName), ...(other === 'column' ? ['(other)'] : [])];
    const places = dropFirst ? [...order.map((i) => (i === 0 ? names.length : i - 1))] : order;
    const shown = dropFirst ? names.slice(1) : names;
    if (shown.length === 0) return [];
    // Unknown levels go to the last column, or behind it.
    const unknown = other === 'column' ? shown.length - 1 : names.length;
    return {
      ...block,
      kind: 'encoded',
      features: shown.map((level) => `${block.name}=${level}`),
      tensor: oneHotOf(lookUp(block.tensor, levels, places, unknown, 'int64'), shown.length),
    };
  },
  describe: ({ minCount, maxLevels, other, dropFirst }) => ({
    en: `a column for each of at most ${maxLevels} levels in ${minCount} rows or more${dropFirst ? ' but the first' : ''}; ${
      other === 'column' ? 'one for all others' : 'others are zeros'
    }`,
    zh: `至少出现于 ${minCount} 行的水平各占一列（至多 ${maxLevels} 列${dropFirst ? '，省去第一列' : ''}）；${
      other === 'column' ? '其余共用一列' : '其余全为零'
    }`,
  }),
  describeFitted: ({ levels }) => ({
    en: `${levels.length} levels: ${shortList(levels)}`,
    zh: `${levels.length} 个水平：${shortList(levels)}`,
  }),
});

/**
 * Missing texts are a level like any other. Levels are in the order of how frequent they are in the training rows. Where the
 * only level's column is left out, nothing is left of the column.
 */
export const oneHot = declares(oneHotStep);

export const shortList = (levels: readonly string[]): string =>
  levels.slice(0, 5).map(levelName).join(', ') + (levels.length > 5 ? ', …' : '');
