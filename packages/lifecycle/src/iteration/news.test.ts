import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveSource } from '@gradus/data';
import type { FoundRun } from '@gradus/loop';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sourcesNow, splitCorrections } from './news.ts';

describe('corrections', () => {
  const ids = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

  it('are held back by time where there are enough new ones, and never such as were seen before', () => {
    expect(splitCorrections(ids(200), 0)).toEqual({ learnt: 140, seen: 200 });
    expect(splitCorrections(ids(99), 0)).toEqual({ learnt: 99, seen: 99 });
    expect(splitCorrections(ids(300), 250)).toEqual({ learnt: 300, seen: 300 });
    expect(splitCorrections([], 0)).toEqual({ learnt: 0, seen: 0 });
    fc.assert(
      fc.property(fc.nat(2000), fc.nat(2000), (n, before) => {
        const { learnt, seen } = splitCorrections(ids(n), before);
        expect(seen).toBe(n);
        if (learnt < seen) {
          expect(learnt).toBeGreaterThanOrEqual(before);
          expect(seen - learnt).toBeGreaterThanOrEqual(30);
        }
      }),
    );
  });
});

describe('the file that a run was made from', () => {
  let directory: string;
  let path: string;
  let run: FoundRun;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'gradus-news-'));
    path = join(directory, 'reviews.csv');
    const text = 'text,label\n好,1\nbad,0\n';
    writeFileSync(path, text);
    const sha256 = createHash('sha256').update(text).digest('hex');
    run = {
      id: 'run-1',
      directory,
      sources: { data: { kind: 'file', address: path, bytes: Buffer.byteLength(text), sha256 } },
    } as unknown as FoundRun;
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('is as it was, or has rows added to its end', async () => {
    const { sha256 } = run.sources.data!;
    expect(await sourcesNow(run)).toEqual({ grown: false, fingerprint: sha256 });
    appendFileSync(path, 'fine,1\n');
    const { grown, fingerprint } = await sourcesNow(run);
    expect([grown, fingerprint === sha256]).toEqual([true, false]);
  });

  it('is of no use where it changed otherwise, or is gone', async () => {
    writeFileSync(path, 'text,label\nbad,0\n好,1\nfine,1\n');
    await expect(sourcesNow(run)).rejects.toThrow(/has changed since run-1 .* not by rows added/);
    rmSync(path);
    await expect(sourcesNow(run)).rejects.toThrow(/is gone/);
  });

  it('is a folder whose files are the same, with others behind them', async () => {
    const folder = join(directory, 'exports');
    mkdirSync(folder);
    writeFileSync(join(folder, 'b.csv'), 'text\nfine\n');
    writeFileSync(join(folder, 'c.csv'), 'text\nbad\n');
    const { bytes, sha256, files } = await resolveSource(folder);
    writeFileSync(join(directory, 'sources.json'), JSON.stringify({ data: files }));
    const made = { ...run, sources: { data: { kind: 'folder', address: folder, bytes, sha256, files: 2 } } };
    const now = () => sourcesNow(made as unknown as FoundRun);
    expect(await now()).toEqual({ grown: false, fingerprint: sha256 });
    writeFileSync(join(folder, 'd.csv'), 'text\ngood\n');
    expect(await now()).toMatchObject({ grown: true });
    writeFileSync(join(folder, 'a.csv'), 'text\nworse\n');
    await expect(now()).rejects.toThrow(/has changed since run-1/);
  });
});
