import { createHash } from 'node:crypto';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FoundRun } from '@gradus/loop';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileNow, splitCorrections } from './news.ts';

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
      sources: { data: { kind: 'file', address: path, bytes: Buffer.byteLength(text), sha256 } },
    } as unknown as FoundRun;
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('is as it was, or has rows added to its end', async () => {
    expect(await fileNow(run)).toEqual({ grown: false, sha256: run.sources.data!.sha256 });
    appendFileSync(path, 'fine,1\n');
    const { grown, sha256 } = await fileNow(run);
    expect([grown, sha256 === run.sources.data!.sha256]).toEqual([true, false]);
  });

  it('is of no use where it changed otherwise, or is gone', async () => {
    writeFileSync(path, 'text,label\nbad,0\n好,1\nfine,1\n');
    await expect(fileNow(run)).rejects.toThrow(/has changed since run-1 .* not by rows added/);
    rmSync(path);
    await expect(fileNow(run)).rejects.toThrow(/is gone/);
  });
});
