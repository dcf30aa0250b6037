/** Sprites are read as long as there is time for it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '@gradus/base';
import { encodePng } from '@gradus/data';
import { timeLimit } from '@gradus/tasks';
import { afterAll, describe, expect, it } from 'vitest';
import { sprites } from './sprites.ts';

const directory = mkdtempSync(join(tmpdir(), 'gradus-sprites-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('sprites', () => {
  it('are read until the time is over, as many as are needed at least; what was not read is named', async () => {
    const files = await Promise.all(
      Array.from({ length: 60 }, async (_, i) => {
        const data = Uint8Array.from({ length: 256 }, (_, at) =>
          at % 4 === 3 ? 255 : at % 4 === 0 ? 4 * i : 90,
        );
        const [name, folder] = [`${i}.png`, i < 30 ? 'a' : 'b'];
        const path = join(directory, name);
        writeFileSync(path, await encodePng({ width: 8, height: 8, data }));
        return { name, folder, path, text: '' };
      }),
    );
    const read = (seconds?: number) =>
      sprites.read(files, new Random(1), seconds === undefined ? undefined : timeLimit(seconds));
    const whole = await read();
    expect(whole.items).toHaveLength(60);
    expect(whole.setAside).toEqual([]);
    // Where there is time for all of them, the clock changes nothing.
    expect(await read(600)).toEqual(whole);
    const { items, setAside, rules } = await read(0);
    expect(items).toHaveLength(40);
    expect(rules.classes).toEqual(['a', 'b']);
    expect(setAside).toMatchObject([{ count: 20, reason: { en: expect.stringContaining('not read') } }]);
  });
});
