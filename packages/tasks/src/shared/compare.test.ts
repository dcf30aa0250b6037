import { Random } from '@gradus/base';
import { describe, expect, it } from 'vitest';
import { compareHeldOut } from './compare.ts';
import { type Answers, type AnswersOf, HeldOut } from './held-out.ts';

const N = 300;
const rows = Array.from({ length: N }, (_, i) => i + 1);

const heldOut = (answers: Answers, more: Partial<HeldOut> = {}): HeldOut =>
  HeldOut.parse({ rows, answers, ...more });

/** Three classes; right about as often as it says. */
function classes(right: number, seed: number, n = N): Answers {
  const random = new Random(seed);
  const labels = Array.from({ length: n }, (_, i) => i % 3);
  const probabilities = labels.flatMap((label) => {
    const said = random.uniform() < right ? label : (label + 1) % 3;
    return [0, 1, 2].map((k) => (k === said ? right : (1 - right) / 2));
  });
  return { kind: 'classes', classes: ['a', 'b', 'c'], labels, probabilities };
}

function values(noise: number, seed: number): AnswersOf<'values'> {
  const random = new Random(seed);
  const actual = rows.map((row) => row / 10);
  return { kind: 'values', actual, predicted: actual.map((value) => value + random.normal(0, noise)) };
}

const scores = (mean: number, seed: number): Answers => {
  const random = new Random(seed);
  return { kind: 'scores', metric: 'silhouette', scores: rows.map(() => random.normal(mean, 0.2)) };
};

describe('a comparison of held-out answers', () => {
  it.each<[string, Answers, Answers, string]>([
    ['classes', classes(0.7, 1), classes(0.95, 2), 'logLoss'],
    ['values', values(2, 1), values(1, 2), 'mae'],
    ['values', { ...values(2, 1), deciding: 'rmse' }, { ...values(1, 2), deciding: 'rmse' }, 'rmse'],
    ['scores', scores(0.3, 1), scores(0.5, 2), 'silhouette'],
  ])('promotes what is better beyond chance and nothing else: %s', (_, worse, better, deciding) => {
    const [a, b] = [heldOut(worse), heldOut(better)];
    const up = compareHeldOut(a, b);
    expect(up).toMatchObject({ promote: true, n: N, reason: { zh: expect.stringContaining('接替') } });
    expect(up.metrics[deciding]!.pValue).toBe(up.pValue);
    expect(compareHeldOut(b, a)).toMatchObject({
      promote: false,
      reason: { en: expect.stringContaining('worse beyond chance') },
    });
    expect(compareHeldOut(b, b)).toMatchObject({
      promote: false,
      reason: { en: expect.stringContaining('no better') },
    });
  });

  it('tests the deciding figure as scipy.stats.ttest_rel does', () => {
    const places = Array.from({ length: 40 }, (_, i) => i + 1);
    const off = (errors: readonly number[]) =>
      heldOut({ kind: 'values', actual: places.map(() => 0), predicted: [...errors] }, { rows: places });
    const champion = off(places.map((i) => 2 * Math.sin(i)));
    const { pValue, n } = compareHeldOut(champion, off(places.map((i) => 1.5 * Math.cos(i))));
    expect(n).toBe(40);
    expect(pValue).toBeCloseTo(0.03332784139863603, 12);
  });

  it('weighs the newest rows too: worse there is worse', () => {
    const recent = (answers: Answers) => ({ recent: { inputs: rows, answers } });
    const challenger = heldOut(classes(0.95, 2), recent(classes(0.6, 5)));
    const verdict = compareHeldOut(heldOut(classes(0.7, 1)), challenger, { recent: classes(0.95, 4) });
    expect(verdict.promote).toBe(false);
    expect(verdict.recent!.metrics.accuracy!.challenger).toBeLessThan(0.7);
    expect(verdict.reason.en).toMatch(/on the 300 newest rows/);
  });

  it('has a figure for each large slice of any column, and for the newest rows', () => {
    const slices = { channel: rows.map((row) => (row <= 100 ? 'mail' : row <= 290 ? 'chat' : null)) };
    const of = (answers: Answers) => heldOut(answers, { slices, times: rows });
    const { slices: found } = compareHeldOut(of(values(2, 1)), of(values(1, 2)));
    expect(found!.map(({ name, n }) => [name.en, n])).toEqual([
      ['channel: mail', 100],
      ['channel: chat', 190],
      ['the newest quarter', 75],
    ]);
    for (const { measured, isGain } of found!) {
      expect(isGain).toBe(false);
      expect(measured.challenger).toBeLessThan(measured.champion);
      expect(measured.pValue).toBeLessThan(0.01);
    }
  });

  it('is the same whatever the order of the classes, and knows one class more', () => {
    const [champion, challenger] = [classes(0.7, 1), classes(0.95, 2)] as AnswersOf<'classes'>[];
    const { labels, probabilities } = challenger!;
    const turned: Answers = {
      kind: 'classes',
      classes: ['c', 'new', 'a', 'b'],
      labels: labels.map((label) => [2, 3, 0][label]!),
      probabilities: labels.flatMap((_, i) => {
        const [a, b, c] = probabilities.slice(3 * i, 3 * i + 3);
        return [c!, 0, a!, b!];
      }),
    };
    const { pValue, metrics } = compareHeldOut(heldOut(champion!), heldOut(turned));
    const plain = compareHeldOut(heldOut(champion!), heldOut(challenger!));
    expect(pValue).toBe(plain.pValue);
    expect(metrics.logLoss).toEqual(plain.metrics.logLoss);
    expect(metrics.accuracy).toEqual(plain.metrics.accuracy);
  });

  it('is the same where the two classes have changed places', () => {
    const of = (names: readonly string[], right: number): Answers => ({
      kind: 'classes',
      classes: [...names],
      labels: rows.map((row) => names.indexOf(row % 2 === 0 ? 'even' : 'odd')),
      probabilities: rows.map((row) => (names[1] === (row % 2 === 0 ? 'even' : 'odd') ? right : 1 - right)),
    });
    const { metrics } = compareHeldOut(heldOut(of(['even', 'odd'], 0.8)), heldOut(of(['odd', 'even'], 0.8)));
    expect(metrics.logLoss!.champion).toBeCloseTo(metrics.logLoss!.challenger, 12);
    expect(metrics.accuracy).toMatchObject({ champion: 1, challenger: 1 });
  });

  it('is refused for other rows, other labels and other kinds', () => {
    const a = heldOut(classes(0.7, 1));
    for (const other of [
      heldOut(classes(0.7, 1), { rows: rows.map((row) => row + 1) }),
      heldOut(values(1, 1)),
      heldOut({ ...(classes(0.7, 1) as Extract<Answers, { kind: 'classes' }>), classes: ['a', 'b', 'd'] }),
    ])
      expect(() => compareHeldOut(a, other)).toThrow(/held out different rows/);
  });
});
