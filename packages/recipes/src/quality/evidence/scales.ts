/** Questionnaires with rules of their own: the System Usability Scale, and gaps between what is expected and what is perceived. */
import type { Figure } from '@gradus/tasks';
import { plainName } from './columns.ts';
import type { EvidenceTable } from './evidence.ts';
import { type Ratings, ratingsOf } from './ratings.ts';

/** Brooke (1996): ten items from 1 to 5, odd ones for, even ones against; from 0 to 100, 68 is usual. */
export function susFigure(table: EvidenceTable): Figure[] {
  const items = Array.from({ length: 10 }, (_, i) =>
    table.columns.find((name) => [`sus${i + 1}`, `susq${i + 1}`, `sus0${i + 1}`].includes(plainName(name))),
  );
  const read = items.map((name) => (name === undefined ? undefined : ratingsOf(table, name, 1)));
  if (read.some((one) => one?.scale.to !== 5)) return [];
  const scores = Float64Array.from(table.rows, (_, row) =>
    read.reduce(
      (sum, one, i) => sum + 2.5 * (i % 2 === 0 ? one!.values[row]! - 1 : 5 - one!.values[row]!),
      0,
    ),
  );
  return [meanFigure('sus', { en: 'SUS: usability, 0–100', zh: 'SUS：可用性（0–100）' }, scores)];
}

const EXPECTED = /[_.\- ]?(expectation|expected|exp|e|期望)$/i;
const PERCEIVED = ['perception', 'perceived', 'per', 'p', '感知', '实际'];

/** Parasuraman, Zeithaml and Berry (1988): perception less expectation, item by item. */
export function gapFigures(ratings: ReadonlyMap<string, Ratings>): Figure[] {
  const pairs = [...ratings].flatMap(([name, expected]) => {
    const base = EXPECTED.test(name) ? plainName(name.replace(EXPECTED, '')) : '';
    const perceived =
      base === ''
        ? undefined
        : [...ratings].find(([other]) => PERCEIVED.some((end) => plainName(other) === base + end));
    return perceived ? [{ name: name.replace(EXPECTED, ''), expected, perceived: perceived[1] }] : [];
  });
  if (pairs.length === 0) return [];
  const gaps = pairs.map(({ expected, perceived }) =>
    perceived.values.map((value, row) => value - expected.values[row]!),
  );
  const mean = gaps[0]!.map((_, row) => gaps.reduce((sum, gap) => sum + gap[row]!, 0) / gaps.length);
  const title = (name: string) => ({
    en: `gap of service${name === '' ? '' : `: ${name}`}`,
    zh: `服务质量差距${name === '' ? '' : `：${name}`}`,
  });
  return [
    meanFigure('servqual_gap', title(''), mean),
    ...pairs.map(({ name }, i) => meanFigure(`gap_${plainName(name)}`, title(name), gaps[i]!)),
  ];
}

const meanFigure = (id: string, title: Figure['title'], values: Float64Array): Figure => ({
  id,
  title,
  unit: 'points',
  better: 'more',
  values: {
    kind: 'ratio',
    range: 'any',
    numerator: values.map((value) => (Number.isNaN(value) ? 0 : value)),
    denominator: values.map((value) => (Number.isNaN(value) ? 0 : 1)),
  },
});
