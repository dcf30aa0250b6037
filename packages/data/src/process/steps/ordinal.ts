/** Ordinal encoding: each level of a text by its number, for levels that have an order, for embeddings, and for target classes. */
import { apply, constant, isFloat, scalar, type Tensor } from '@gradus/engine';
import { z } from 'zod';
import { levelsOf, levelsSchema, lookUp } from '../levels.ts';
import { ALL_MISSING, columnError, columnStep, declares } from '../step.ts';
import { shortList } from './one-hot.ts';

export const ordinalStep = columnStep({
  name: 'ordinal',
  title: { en: 'Ordinal encoding', zh: '序数编码' },
  accepts: ['text'],
  options: z.strictObject({
    /** The levels from first to last. Default: those of the training rows, by code point. */
    levels: levelsSchema.optional(),
    /**
     * - `number`: 0 for the first level and so on; unknown levels are missing
     * - `class`: whole numbers, for a target: 0 for the first level; unknown levels are −1
     * - `index`: whole numbers, for an embedding: 1 for the first level, 0 for unknown ones
     */
    as: z.enum(['number', 'class', 'index']).default('number'),
  }),
  parameters: z.object({ levels: levelsSchema }),
  fit: (column, { levels }) => {
    const present = levelsOf(column).map(([level]) => level);
    const strange = levels && present.find((level) => level !== '' && !levels.includes(level));
    if (strange !== undefined) {
      throw columnError(column.step, column.block.name, {
        en: `holds "${strange}", which is not among its levels`,
        zh: `含有“${strange}”，不在其水平之中`,
      });
    }
    const known = levels ?? present.filter((level) => level !== '').sort((a, b) => (a < b ? -1 : 1));
    if (known.length > 0) return { levels: known };
    throw columnError(column.step, column.block.name, ALL_MISSING);
  },
  trace: (block, { levels }, { as }) => {
    const { first, otherwise, dtype, kind } = FORMS[as];
    const places = levels.map((_, i) => first + i);
    return { ...block, kind, tensor: lookUp(block.tensor, levels, places, otherwise, dtype) };
  },
  inverse: (tensor, { levels }, { as }) => {
    const { first } = FORMS[as];
    const texts = constant({ dtype: 'string', dims: [levels.length + 1], data: [...levels, ''] });
    return texts.gather(placeOf(tensor, first, levels.length));
  },
  describe: ({ levels, as }) => ({
    en: `levels by their number${levels ? `, in the order ${shortList(levels)}` : ''} (as ${as})`,
    zh: `以序号表示各水平${levels ? `，次序为 ${shortList(levels)}` : ''}（${ZH[as]}）`,
  }),
  describeFitted: ({ levels }) => ({
    en: `${levels.length} levels: ${shortList(levels)}`,
    zh: `${levels.length} 个水平：${shortList(levels)}`,
  }),
});

/** Missing texts are unknown, unless the empty text is among `levels`. The inverse gives the level, or the empty text for none. */
export const ordinal = declares(ordinalStep);

const ZH = { number: '数值', class: '类别', index: '索引' } as const;

const FORMS = {
  number: { first: 0, otherwise: Number.NaN, dtype: 'float64', kind: 'number' },
  class: { first: 0, otherwise: -1, dtype: 'int64', kind: 'class' },
  index: { first: 1, otherwise: 0, dtype: 'int64', kind: 'class' },
} as const;

/** Where in the list of levels a number points; behind them where it is none of them. */
function placeOf(tensor: Tensor, first: number, count: number): Tensor {
  // A missing value is not greater than anything.
  const whole = isFloat(tensor.dtype)
    ? tensor.greater(-1).where(tensor.min(count), scalar(-1, tensor.dtype)).add(0.5).cast('int64')
    : tensor;
  const place = whole.sub(first);
  const inside = apply('And', [place.greater(-1), place.less(count)]);
  return inside.where(place, scalar(count, place.dtype));
}
