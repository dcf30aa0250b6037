import type { Slice, Verdict } from '@gradus/loop';
import { describe, expect, it } from 'vitest';
import { type Costs, Gates, throughGates } from './gates.ts';

const slice = (name: string, champion: number, challenger: number, pValue?: number): Slice => ({
  name: { en: name, zh: `切片${name}` },
  n: 100,
  metric: 'accuracy',
  measured: { champion, challenger, ...(pValue !== undefined && { pValue }) },
});
const better: Verdict = {
  promote: true,
  reason: { en: 'better', zh: '更好' },
  metrics: {
    accuracy: { champion: 0.8, challenger: 0.9 },
    calibrationError: { champion: 0.02, challenger: 0.04 },
  },
  n: 500,
  pValue: 0.001,
  slices: [slice('A', 0.8, 0.85), slice('B', 0.8, 0.76, 0.01)],
};
const costs: Costs = { latency: [10, 18], size: [1e6, 1.5e6] };
const gates = (given: object = {}) => Gates.parse(given);
const failed = (verdict: Verdict, measured = costs, given: object = {}) =>
  throughGates(verdict, measured, gates(given)).gates.flatMap(({ gate, passed }) => (passed ? [] : [gate]));

describe('gates', () => {
  it('let a better challenger through that is worse at nothing', () => {
    const weighed = throughGates(better, costs, gates());
    expect(weighed).toMatchObject({ promote: true, reason: better.reason });
    expect(weighed.gates.map(({ gate }) => gate)).toEqual(['slice', 'calibration', 'latency', 'size']);
  });

  it('keep the champion for one slice that is worse beyond margin and chance', () => {
    const worse = { ...better, slices: [slice('A', 0.8, 0.9), slice('B', 0.8, 0.7, 0.01)] };
    const { promote, reason } = throughGates(worse, costs, gates());
    expect(promote).toBe(false);
    expect(reason.en).toContain('B (accuracy 0.800 → 0.700, n = 100)');
    expect(reason.zh).toContain('切片B');
    expect(failed({ ...better, slices: [slice('B', 0.8, 0.7, 0.3)] })).toEqual([]);
    expect(failed({ ...better, slices: [slice('B', 0.8, 0.7)] })).toEqual(['slice']);
    expect(failed(worse, costs, { slice: 0.2 })).toEqual([]);
    expect(failed(worse, costs, { slice: null })).toEqual([]);
  });

  it('read an error as one: it may shrink, and grow by a share of itself', () => {
    const error = (champion: number, challenger: number): Slice => ({
      ...slice('C', champion, challenger, 0.01),
      metric: 'mae',
      isGain: false,
    });
    expect(failed({ ...better, slices: [error(2000, 1500)] })).toEqual([]);
    expect(failed({ ...better, slices: [error(2000, 2050)] })).toEqual([]);
    expect(failed({ ...better, slices: [error(2000, 2300)] })).toEqual(['slice']);
  });

  it('watch calibration, time and size, as strictly as they are told to', () => {
    expect(failed(better, costs, { calibration: 0.01 })).toEqual(['calibration']);
    expect(failed(better, { ...costs, latency: [100, 250] })).toEqual(['latency']);
    expect(failed(better, { ...costs, latency: [4, 40] })).toEqual([]);
    expect(failed(better, { ...costs, size: [30e6, 90e6] })).toEqual(['size']);
    expect(failed(better, { ...costs, size: [2e4, 1e6] })).toEqual([]);
    expect(failed(better, { size: [0, 3e6] })).toEqual([]);
    expect(Gates.safeParse({ latency: 0.5 }).success).toBe(false);
    expect(Gates.safeParse({ speed: 1 }).success).toBe(false);
  });

  it('never promote what was not better to begin with', () => {
    const equal = { ...better, promote: false, reason: { en: 'equal', zh: '相同' } };
    expect(throughGates(equal, costs, gates())).toMatchObject({ promote: false, reason: { en: 'equal' } });
  });
});
