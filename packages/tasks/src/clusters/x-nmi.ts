import { Random } from '@gradus/base';
import { cleanText, readTable } from '@gradus/data';
import { openTextEncoder } from '@gradus/lm';
import { normalizedMutualInformation } from '@gradus/stats';
import { assignClusters } from './assign.ts';
import { discoverClusters } from './discover.ts';

const { rows } = await readTable('/work/shared/data/banking77/test.csv');
const cats = [...new Set(rows.map((r) => r[1]))];
const labels = rows.map((r) => cats.indexOf(r[1]));
const texts = rows.map((r) => cleanText(r[0]!));
const e = await openTextEncoder('en', { threads: 1 });
const t0 = process.cpuUsage().user;
const embeddings = await e.embed(texts);
console.log('embed cpu s', (process.cpuUsage().user - t0) / 1e6);
await e.close();
const both = discoverClusters(texts, { random: new Random(1), embeddings });
console.log(
  'both',
  both.model.clusters.length,
  normalizedMutualInformation(labels, both.assignment).toFixed(3),
  JSON.stringify(both.encoder),
  'cpu',
  (process.cpuUsage().user - t0) / 1e6,
);
console.log(
  'by words alone',
  normalizedMutualInformation(labels, assignClusters(both.model, texts).assignment).toFixed(3),
);
const plain = discoverClusters(texts, { random: new Random(1) });
console.log(
  'plain',
  plain.model.clusters.length,
  normalizedMutualInformation(labels, plain.assignment).toFixed(3),
);
