import { Random, WebAssembly } from '@gradus/base';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numberSplit } from './number-split.ts';
import { nextPromising } from './promising-bins.ts';
import { worth } from './splits.ts';

const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: true });
const words = new Int32Array(memory.buffer);
const next = nextPromising(memory);
const [SCAN, PLACE] = [0, 1024];

describe('splits by numbers', () => {
  it('are the best of all thresholds and of both sides for what is missing', () => {
    fc.assert(
      fc.property(
        fc.record({
          seed: fc.nat(),
          bins: fc.integer({ min: 1, max: 254 }),
          filled: fc.integer({ min: 1, max: 10 }),
          missing: fc.boolean(),
          size: fc.constantFrom(9, 1000, 2 ** 20),
          minRows: fc.integer({ min: 1, max: 20 }),
          minHessian: fc.constantFrom(0, 1e-3, Math.PI / 15),
          l1: fc.constantFrom(0, 0, 0.1),
          l2: fc.constantFrom(0, 1, 1e20),
        }),
        ({ seed, bins, filled, missing, size, ...rest }) => {
          const options = { ...rest, minGain: 0 };
          const random = new Random(seed);
          const histogram = Array.from({ length: bins + 1 }, (_, bin) => {
            const rows = (bin < bins ? random.below(10) < filled : missing) ? 1 + random.below(9) : 0;
            return rows === 0
              ? [0, 0, 0, 0]
              : [random.below(2 * size) - size, 1 + random.below(size), rows, 0];
          });
          words.set(histogram.flat(), PLACE / 4);
          const units = { gradientUnit: 1 / size, hessianUnit: 0.3 / size };
          const sumsOf = (of: readonly number[][]) => ({
            gradient: of.reduce((sum, bin) => sum + bin[0]!, 0) * units.gradientUnit,
            hessian: of.reduce((sum, bin) => sum + bin[1]!, 0) * units.hessianUnit,
            rows: of.reduce((sum, bin) => sum + bin[2]!, 0),
          });
          const leaf = sumsOf(histogram);
          let best = worth(leaf, options, undefined);
          for (let end = 1; end <= bins; end++) {
            const numbers = histogram.slice(0, end);
            for (const left of missing ? [numbers, [...numbers, histogram[bins]!]] : [numbers]) {
              const [goes, rest] = [sumsOf(left), sumsOf(histogram.filter((bin) => !left.includes(bin)))];
              if (goes.rows < options.minRows || rest.rows < options.minRows) continue;
              if (Math.min(goes.hessian, rest.hessian) < options.minHessian) continue;
              best = Math.max(best, worth(goes, options, undefined) + worth(rest, options, undefined));
            }
          }
          const scan = { words, place: SCAN, next, ...units };
          const least = worth(leaf, options, undefined);
          const found = numberSplit(PLACE, bins, scan, leaf, options, 0, undefined, least);
          expect((found?.worth ?? least) / (best || 1)).toBeCloseTo(best === 0 ? 0 : 1, 9);
        },
      ),
      { numRuns: 200 },
    );
  });
});
