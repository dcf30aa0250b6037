/** The quickest lowering is chosen by time and kept to. Steps here take time by a clock of their own. */
import { UserError } from '@gradus/base';
import type { MeasuredChoice, MeasuredChoices } from '@gradus/engine/node';
import { describe, expect, it } from 'vitest';
import { type Measuring, quickest, readLowering, type StepLowering } from './lowering.ts';

const kept = (
  before?: string,
  { writable = true, busy = false } = {},
): MeasuredChoices & { now?: MeasuredChoice } => ({
  isBusy: () => busy,
  ...(before !== undefined && { now: { chosen: before, milliseconds: {} } }),
  get() {
    return this.now;
  },
  keep(_, choice) {
    if (writable) this.now ??= choice;
    return this.now;
  },
});

/** Chooses among steps that take so many milliseconds, by name; others cannot be made. */
async function chosen(
  times: Readonly<Record<string, number>>,
  { choices = kept(), threads = 2, convolves = true }: Partial<Measuring<never>> = {},
) {
  let [now, measured] = [0, 0];
  const held = new Set<string>();
  const step = await quickest({
    key: 'key',
    choices,
    usual: { parallel: 'shards', convolutions: 'blocks' },
    threads,
    convolves,
    clock: () => now,
    make: async (lowering: StepLowering) => {
      const name = `${lowering.parallel}, ${lowering.convolutions}`;
      const time = times[name];
      if (time === undefined) return undefined;
      held.add(name);
      expect(held.size).toBeLessThanOrEqual(2);
      return {
        lowering,
        run: async () => {
          measured++;
          now += time;
        },
        release: async () => void held.delete(name),
      };
    },
  });
  const name = `${step.lowering.parallel}, ${step.lowering.convolutions}`;
  expect([...held]).toEqual([name]);
  return { name, measured, kept: choices.get('key') };
}

const ALL = {
  'shards, blocks': 10,
  'ops, blocks': 14,
  'none, blocks': 20,
  'shards, plain': 5,
  'ops, plain': 4,
};

describe('the lowering of a step', () => {
  it('is the quickest, one thing after the other, and holds two steps at most', async () => {
    const { name, kept } = await chosen(ALL);
    expect(name).toBe('shards, plain');
    expect(kept).toEqual({
      chosen: 'shards, plain',
      milliseconds: { 'shards, blocks': 10, 'ops, blocks': 14, 'none, blocks': 20, 'shards, plain': 5 },
    });
  });

  it('stays the usual one where another is hardly quicker', async () => {
    expect((await chosen({ ...ALL, 'shards, plain': 9.7 })).name).toBe('shards, blocks');
  });

  it('is measured once: the next training takes what was kept', async () => {
    const choices = kept();
    await chosen(ALL, { choices });
    const again = await chosen({ ...ALL, 'shards, plain': 100 }, { choices });
    expect([again.name, again.measured]).toEqual(['shards, plain', 0]);
  });

  it('is another program’s choice, where that was first', async () => {
    const choices = kept();
    const keep: MeasuredChoices['keep'] = () => {
      choices.now = { chosen: 'ops, plain', milliseconds: {} };
      return choices.now;
    };
    expect((await chosen(ALL, { choices: { ...choices, get: () => choices.now, keep } })).name).toBe(
      'ops, plain',
    );
  });

  it('is the usual one where nothing can be kept, and where what was kept says nothing', async () => {
    expect((await chosen(ALL, { choices: kept(undefined, { writable: false }) })).name).toBe(
      'shards, blocks',
    );
    expect((await chosen({ 'shards, blocks': 10 }, { choices: kept('ops, plain') })).name).toBe(
      'shards, blocks',
    );
    expect((await chosen(ALL, { choices: kept('<other>') })).name).toBe('shards, blocks');
  });

  it('is the usual one on a busy machine, and stays so', async () => {
    const choices = kept(undefined, { busy: true });
    const first = await chosen(ALL, { choices });
    expect([first.name, first.measured]).toEqual(['shards, blocks', 0]);
    const again = await chosen(ALL, { choices: { ...choices, isBusy: () => false } });
    expect([again.name, again.measured]).toEqual(['shards, blocks', 0]);
  });

  it('is not measured where there is nothing to choose', async () => {
    const { measured, kept } = await chosen(ALL, { threads: 1, convolves: false });
    expect([measured, kept]).toEqual([0, undefined]);
  });

  it('is read from a state only as it was written', () => {
    expect(readLowering(undefined)).toBeUndefined();
    expect(readLowering({ parallel: 'ops', convolutions: 'plain' })).toEqual({
      parallel: 'ops',
      convolutions: 'plain',
    });
    for (const other of ['ops', { parallel: 'ops' }, { parallel: 'ops', convolutions: 'x' }])
      expect(() => readLowering(other)).toThrow(UserError);
  });
});
