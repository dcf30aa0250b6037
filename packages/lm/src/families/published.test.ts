/** Configs as of published models, written down without the files at hand, are read as transformers reads them. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { writingConfig } from '../model/folder-model.ts';
import { goldenFolder } from '../testing/golden.ts';
import type { RopeConfig } from './decoder-config.ts';
import { decoderConfig } from './families.ts';

interface Turns {
  readonly count: number;
  readonly factor: number;
  /** Eight of them, from the first to the last. */
  readonly some: readonly number[];
}
interface Expected {
  readonly vocabulary: number;
  readonly hidden: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headSize: number;
  readonly context: number;
  readonly windows: readonly (number | null)[];
  readonly turning: readonly boolean[];
  readonly far: Turns;
  readonly near?: Turns;
}

const read = <T>(name: string): Record<string, T> =>
  JSON.parse(readFileSync(`${goldenFolder('published')}/${name}.json`, 'utf8'));
const configs = read<Record<string, unknown>>('configs');
const expected = read<Expected>('expected');

describe('a published config', () => {
  it.each(Object.keys(configs))('%s', (name) => {
    const json = configs[name]!;
    const config = decoderConfig('config.json', writingConfig(json) ?? json);
    const { windows, turning, far, near, ...sizes } = expected[name]!;
    expect(config).toMatchObject(sizes);
    // A window as long as the context hides nothing.
    const seen = (window: number | null | undefined) => (window && window < sizes.context ? window : null);
    expect(config.layers.map(({ attention }) => seen(attention.window))).toEqual(windows.map(seen));
    expect(config.layers.map(({ attention }) => attention.rope !== undefined)).toEqual(turning);
    for (const [i, { attention }] of config.layers.entries())
      if (attention.rope) expectTurns(attention.rope, windows[i] && near ? near : far);
  });
});

function expectTurns({ frequencies, factor }: RopeConfig, wanted: Turns): void {
  expect(frequencies).toHaveLength(wanted.count);
  expect(factor).toBeCloseTo(wanted.factor, 9);
  for (const [i, frequency] of wanted.some.entries()) {
    const own = frequencies[Math.floor((i * (wanted.count - 1)) / 7)]!;
    expect(Math.abs(own / frequency - 1)).toBeLessThan(1e-5);
  }
}
