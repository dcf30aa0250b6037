import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FoundRun } from '@gradus/loop';
import { afterAll, describe, expect, it } from 'vitest';
import { BUNDLE_FILE, bundleJson } from './bundle.ts';
import type { NeedModel } from './needs/need-model.ts';
import { continued } from './since.ts';

const directory = mkdtempSync(join(tmpdir(), 'gradus-since-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const space = {
  terms: [],
  weights: new Float32Array(0),
  projection: new Float32Array(0),
  lsa: 0,
  words: [],
  wordWeights: new Float32Array(0),
  vectors: new Float32Array(0),
  embedding: 0,
};
const cluster = (id: string) => ({
  id,
  name: id,
  terms: [],
  general: false,
  exemplars: [],
  size: 3,
  stability: 1,
  profile: {},
});
const themes = (...ids: string[]) => ({
  clusters: ids.map(cluster),
  space,
  centroids: new Float32Array(0),
  bare: -1,
  faintest: 0.1,
});
const NEEDS: NeedModel = {
  isOfWorks: false,
  isSold: false,
  nouns: [],
  blame: [],
  domains: [],
  slow: 'delivery',
  isOperated: true,
  isServed: true,
  isStayedIn: true,
  told: [],
};

function earlier(needs: typeof NEEDS | null): FoundRun {
  const bundle = {
    features: null,
    encoder: null,
    encodesClauses: false,
    clauses: 'none',
    themes: themes('delivery', 'taste'),
    needs,
    isWhole: false,
    pinned: {},
  } as const;
  writeFileSync(join(directory, BUNDLE_FILE), bundleJson(bundle));
  return {
    id: 'before',
    directory,
    createdAt: 0,
    files: [BUNDLE_FILE],
    summary: { file: 'reviews.csv' },
  } as unknown as FoundRun;
}

describe('an earlier run', () => {
  it('is compared by its needs, which keep their ids', () => {
    const { model, since, unlike } = continued(
      { model: themes('taste', 'delivery', 'price'), needs: NEEDS },
      [earlier(NEEDS)],
      'reviews.csv',
    );
    expect(model.clusters.map(({ id }) => id)).toEqual(['taste', 'delivery', 'price']);
    expect(since?.run).toBe('before');
    expect(unlike).toBeNull();
  });

  it('of another product is not compared, though of both the delivery is spoken of', () => {
    const now = { model: themes('screen', 'battery', 'delivery'), needs: NEEDS };
    expect(continued(now, [earlier(NEEDS)], 'reviews.csv').since).toBeNull();
  });

  it('of clusters is not compared with needs, and that is said of the same file', () => {
    const told = (file: string) =>
      continued({ model: themes('delivery'), needs: NEEDS }, [earlier(null)], file);
    expect(told('reviews.csv')).toMatchObject({ since: null, unlike: 'before' });
    expect(told('others.csv')).toMatchObject({ since: null, unlike: null });
  });
});
