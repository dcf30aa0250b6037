import { describe, expect, it } from 'vitest';
import type { Said } from '../needs/need-model.ts';
import { bounded, surenessOf } from './confidence.ts';

const said = (isNamed: boolean, depends: boolean): Said[] => [
  { about: { id: 'delivery' }, isNamed, depends } as Said,
];

describe('confidence', () => {
  it('is low of a theme that another seed would not find again', () => {
    expect(bounded('high', { stability: 0.3, sureness: 1 })).toBe('low');
    expect(bounded('high', { stability: 0.9, sureness: 1 })).toBe('high');
    expect(bounded('high', { stability: null, sureness: null })).toBe('high');
  });

  it('is a level lower where a quarter of the clauses may be about something else', () => {
    const clauses = [said(true, true), said(false, false), said(false, true), said(false, true)];
    expect(surenessOf('delivery', clauses)).toBe(0.5);
    expect(bounded('high', { stability: 1, sureness: 0.5 })).toBe('medium');
    expect(bounded('low', { stability: 1, sureness: 0.5 })).toBe('low');
  });

  it('does not doubt a clause that names the need and judges nothing', () => {
    expect(surenessOf('delivery', [[]])).toBe(1);
    expect(surenessOf('delivery', [])).toBeNull();
  });
});
