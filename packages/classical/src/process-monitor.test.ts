/** A process model against simulated processes: what it lets pass, and what it finds. */
import { Random } from '@gradus/base';
import { describe, expect, it } from 'vitest';
import { blame, fitProcess, scoreProcess } from './process-monitor.ts';

/** Twelve measurements that three hidden causes move. */
function processOf(
  random: Random,
  fault: { readonly at: number; readonly shift: number } | undefined,
  n: number,
): Float64Array[] {
  return Array.from({ length: n }, () => {
    const causes = [0, 1, 2].map(() => random.normal());
    return Float64Array.from({ length: 12 }, (_, j) => {
      const mixed = causes.reduce((sum, cause, k) => sum + cause * Math.cos(1 + j * (k + 1)), 0);
      return mixed + 0.4 * random.normal() + (fault?.at === j ? fault.shift : 0);
    });
  });
}

describe('a process model', () => {
  const random = new Random('plant');
  const model = fitProcess(processOf(random, undefined, 500));
  const alarms = (rows: readonly Float64Array[]) =>
    scoreProcess(model, rows).scores.filter((score) => score > 1).length / rows.length;

  it('keeps its promise of few false alarms on rows that it has not seen', () => {
    expect(alarms(processOf(random, undefined, 4000))).toBeLessThan(0.02);
  });

  it('finds a measurement that lies, also by little, and names it', () => {
    expect(alarms(processOf(random, { at: 5, shift: 3 }, 200))).toBeGreaterThan(0.9);
    expect(alarms(processOf(random, { at: 5, shift: 0.9 }, 200))).toBeGreaterThan(0.5);
    const [row] = processOf(random, { at: 5, shift: 4 }, 1);
    expect(blame(model, row!)[0]!.measurement).toBe(5);
  });

  it('is not fitted to too few rows', () => {
    expect(() => fitProcess(processOf(random, undefined, 12))).toThrow(/too few/);
  });
});
