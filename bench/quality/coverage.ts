/**
 * How often 95 % intervals hold the truth, of figures whose truth is known. GRADUS_TRIALS says how many cases of each are simulated
 * (1,000; with so many, what is said of 95 % lies within 1.4 points of it).
 */
import { Random } from '@gradus/base';
import {
  binomialCdf,
  correctedRate,
  type Interval,
  kappaInfluence,
  kappaInterval,
  keyDrivers,
} from '@gradus/stats';
import { estimateFigure, type Ratio } from '@gradus/tasks';
import type { Measurement } from '../measurement.ts';

const TRIALS = Number(process.env.GRADUS_TRIALS ?? 1000);

/** An interval, or none where the case has no figure. */
type Case = (random: Random) => Interval | undefined;

function held(what: string, truth: number, draw: Case): Measurement {
  const random = new Random(what);
  let [inside, all, below] = [0, 0, 0];
  for (let trial = 0; trial < TRIALS; trial++) {
    const interval = draw(random);
    if (!interval) continue;
    all++;
    inside += Number(interval[0] <= truth && truth <= interval[1]);
    below += Number(truth < interval[0]);
  }
  return {
    what: `95 % interval of ${what} holds the truth, % of ${all}`,
    gradus: `${((100 * inside) / all).toFixed(1)} (above it ${((100 * below) / all).toFixed(1)})`,
    peer: '95',
  };
}

export async function* coverage(): AsyncGenerator<Measurement> {
  yield* ratios();
  yield* satisfaction();
  yield* kappas();
  yield* correctedRates();
  yield* drivers();
}

function* ratios(): Generator<Measurement> {
  const kinds = {
    'a share of 300 rows of 60 users': {
      range: 'share',
      truth: 0.8,
      draw: (random: Random, own: number) =>
        Number(random.uniform() < Math.min(1, Math.max(0, 0.8 + 0.1 * own))),
    },
    'an error rate of 300 rows of 60 users': {
      range: 'positive',
      truth: 0.5,
      draw: (random: Random, own: number) => Math.max(0, 0.5 + 0.1 * own + 0.2 * random.normal()),
    },
    'an NPS of 300 rows of 60 users': {
      range: 'any',
      truth: 0,
      draw: (random: Random, own: number) => 100 * Math.sign(Math.round(own + random.normal())),
    },
  } as const;
  for (const [name, { range, truth, draw }] of Object.entries(kinds))
    yield held(name, truth, (random) => {
      const users = Array.from({ length: 60 }, () => random.normal());
      const clusters = Int32Array.from({ length: 300 }, (_, row) => row % 60);
      const numerator = Float64Array.from(clusters, (user) => draw(random, users[user]!));
      const ratio: Ratio = { kind: 'ratio', range, numerator, denominator: new Float64Array(300).fill(1) };
      const { low, high } = estimateFigure(ratio, clusters)!;
      return [low, high];
    });
}

/** In closed form: of each count of satisfied answers whether its interval holds the truth, and how likely it is. */
function* satisfaction(): Generator<Measurement> {
  for (const n of [20, 60, 250])
    for (const share of [0.5, 0.8, 0.95]) {
      let inside = 0;
      for (let satisfied = 0; satisfied <= n; satisfied++) {
        const numerator = Float64Array.from({ length: n }, (_, row) => Number(row < satisfied));
        const denominator = new Float64Array(n).fill(1);
        const { low, high } = estimateFigure({ kind: 'ratio', range: 'share', numerator, denominator })!;
        const odds = binomialCdf(satisfied, n, share) - binomialCdf(satisfied - 1, n, share);
        inside += low <= share && share <= high ? odds : 0;
      }
      yield {
        what: `95 % interval of CSAT of ${n} answers, ${100 * share} % satisfied, holds the truth, %, exactly`,
        gradus: (100 * inside).toFixed(1),
        peer: '95',
      };
    }
}

/** People pass this share; the judge is right on so many of what they pass, and of what they fail. */
interface Judge {
  readonly good: number;
  readonly right: readonly [ofGood: number, ofBad: number];
}
const JUDGES: readonly Judge[] = [
  { good: 0.5, right: [0.8, 0.8] },
  { good: 0.9, right: [0.85, 0.85] },
  { good: 0.9, right: [0.95, 0.7] },
  { good: 0.9, right: [0.97, 0.9] },
];
const nameOf = ({ good, right: [ofGood, ofBad] }: Judge) =>
  `${100 * good} % good, judge right on ${ofGood} of these and ${ofBad} of the others`;

function rowOf(random: Random, { good, right: [ofGood, ofBad] }: Judge): [truth: number, said: number] {
  const truth = Number(random.uniform() < good);
  const isRight = random.uniform() < (truth ? ofGood : ofBad);
  return [truth, isRight ? truth : 1 - truth];
}

function* kappas(): Generator<Measurement> {
  for (const judge of JUDGES) {
    const {
      good,
      right: [ofGood, ofBad],
    } = judge;
    const agreed = good * ofGood + (1 - good) * ofBad;
    const passed = good * ofGood + (1 - good) * (1 - ofBad);
    const chance = good * passed + (1 - good) * (1 - passed);
    for (const n of [30, 92, 300])
      yield held(`kappa of ${n} verdicts, ${nameOf(judge)}`, (agreed - chance) / (1 - chance), (random) => {
        const rows = Array.from({ length: n }, () => rowOf(random, judge));
        const [a, b] = [rows.map(([truth]) => truth), rows.map(([, said]) => said)];
        return Number.isFinite(kappaInfluence(a, b, 2).value) ? kappaInterval(a, b, 2) : undefined;
      });
  }
}

function* correctedRates(): Generator<Measurement> {
  for (const judge of JUDGES)
    for (const [n, labelled] of [
      [100, 100],
      [300, 150],
      [1000, 50],
      [1000, 200],
    ] as const)
      yield held(
        `the rate of ${n} rows, ${labelled} of them labelled, ${nameOf(judge)}`,
        judge.good,
        (random) => {
          const rows = Array.from({ length: n }, () => rowOf(random, judge));
          return correctedRate(
            rows.map(([, said]) => said),
            rows.map(([truth], i) => (i < labelled ? truth : Number.NaN)),
          )?.interval;
        },
      );
}

/** Independent drivers, so that a share is the square of its weight over the outcome's variance; noise of 1. */
const WEIGHTS = [
  [0.5, 0.3, 0.1, 0.035],
  [1.5, 0.4, 0.2, 0.1],
];
/** A case resamples 400 times. */
const FEWER = 4;

function* drivers(): Generator<Measurement> {
  for (const weights of WEIGHTS) {
    const variance = weights.reduce((sum, weight) => sum + weight ** 2, 1);
    for (const n of [40, 150, 400]) {
      const name = `${n} answers`;
      const random = new Random(`${name} ${weights}`);
      const trials = Math.ceil(TRIALS / FEWER);
      const inside = weights.map(() => 0);
      for (let trial = 0; trial < trials; trial++) {
        const columns = weights.map(() => Float64Array.from({ length: n }, () => random.normal()));
        const outcome = Float64Array.from({ length: n }, (_, row) =>
          weights.reduce((sum, weight, k) => sum + weight * columns[k]![row]!, random.normal()),
        );
        const found = keyDrivers(outcome, columns, `trial ${trial}`);
        for (const [k, weight] of weights.entries()) {
          const [low, high] = found.drivers[k]!.interval;
          const truth = weight ** 2 / variance;
          inside[k]! += Number(low <= truth && truth <= high);
        }
      }
      for (const [k, weight] of weights.entries())
        yield {
          what: `95 % interval of a driver's share of ${(weight ** 2 / variance).toFixed(4)} of R², ${name}, holds the truth, % of ${trials}`,
          gradus: ((100 * inside[k]!) / trials).toFixed(1),
          peer: '95',
        };
    }
  }
}
