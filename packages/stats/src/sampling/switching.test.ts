import { describe, expect, it } from 'vitest';
import { inspectionAfter } from './switching.ts';

/** A lot of 2,000 at 1: letter K, 125 units; normal 3 (2 with an AQL a step lower), tightened 2, reduced 50 units and 2. */
const of = (defective: readonly number[], mayReduce = false) =>
  inspectionAfter(defective, { lot: 2000, aql: 1, mayReduce });

describe('switching rules', () => {
  it('tighten after two of five lots failed, and return after five in a row passed', () => {
    expect(of([4, 0, 0, 0, 0, 0, 4]).next).toBe('normal');
    expect(of([4, 0, 0, 0, 4]).next).toBe('tightened');
    expect(of([4, 4, 0, 0, 0, 0]).next).toBe('tightened');
    expect(of([4, 4, 2, 2, 2, 2, 2]).next).toBe('normal');
    expect(of([4, 4, 3]).lots.at(-1)).toMatchObject({ severity: 'tightened', isAccepted: false });
  });

  it('stop once five lots failed on tightened inspection', () => {
    expect(of([4, 4, 3, 0, 3, 0, 3, 0, 3, 0, 3]).next).toBe('discontinued');
    expect(of([4, 4, 3, 3, 3, 3, 3, 0, 0]).lots).toHaveLength(7);
  });

  it('reduce after thirty points, where that is wanted, and return with the first lot that fails', () => {
    const ten = Array.from({ length: 10 }, () => 2);
    expect(of(ten)).toMatchObject({ score: 30, next: 'normal' });
    expect(of(ten, true).next).toBe('reduced');
    expect(of([...ten, 2], true).next).toBe('reduced');
    expect(of([...ten, 3], true).next).toBe('normal');
  });

  it('count points by an AQL a step lower: three passes with three defective ones, and earns none', () => {
    expect(of([2, 2]).score).toBe(6);
    expect(of([2, 2, 3])).toMatchObject({ score: 0, next: 'normal' });
    // A plan that accepts none earns two.
    expect(inspectionAfter([0, 0], { lot: 2000, aql: 0.1 }).score).toBe(4);
  });
});
