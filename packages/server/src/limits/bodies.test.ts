import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BodyMemory } from './bodies.ts';

const MB = 2 ** 20;

describe('memory for bodies', () => {
  it('is never more than there is, and all given back', () => {
    const steps = fc.array(fc.tuple(fc.nat(5), fc.nat(8 * MB), fc.boolean()), { maxLength: 100 });
    fc.assert(
      fc.property(steps, (bodies) => {
        const memory = new BodyMemory(20 * MB);
        const open = Array.from({ length: 6 }, () => memory.open());
        for (const [which, bytes, ends] of bodies) {
          open[which]!.take(bytes);
          expect(memory.held).toBeLessThanOrEqual(20 * MB);
          if (!ends) continue;
          open[which]!.close();
          open[which] = memory.open();
        }
        for (const share of open) share.close();
        expect(memory.held).toBe(0);
      }),
    );
  });

  it('that is used up still lets small bodies through', () => {
    const memory = new BodyMemory(10 * MB);
    expect(memory.open().take(10 * MB)).toBe(true);
    expect(memory.open().take(MB)).toBe(false);
    expect(memory.open().take(10_000)).toBe(true);
  });
});
