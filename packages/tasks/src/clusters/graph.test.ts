import { Random } from '@gradus/base';
import { writeOnnx } from '@gradus/engine';
import { compile } from '@gradus/engine/node';
import { expect, it } from 'vitest';
import { assignClusters } from './assign.ts';
import { discoverClusters } from './discover.ts';
import { clusterGraph, clusterInputs } from './graph.ts';
import { silhouettes } from './silhouette.ts';

const SUBJECTS = [
  ['the parcel came late', 'late parcel again', 'courier late with the parcel'],
  ['battery empty after hours', 'charging the battery takes hours', 'battery died'],
  ['screen has scratches', 'the screen cracked', 'cracked dark screen'],
];
const random = new Random(1);
const texts = Array.from(
  { length: 300 },
  (_, i) => `${SUBJECTS[i % 3]![random.below(3)]} ${random.below(9)}`,
);
const { model } = discoverClusters(texts, { random: new Random(2) });

it('the graph of clusters, written to ONNX, assigns texts as the library does', async () => {
  const asked = [...texts.slice(0, 50), 'zzz qqq', '', 'the battery of the parcel', '味道很好'];
  const { assignment, strength } = assignClusters(model, asked);
  const graph = await compile(writeOnnx(clusterGraph(model)));
  try {
    const outputs = await graph.run(clusterInputs(model, asked));
    expect(Array.from(outputs.cluster!.data, Number)).toEqual(Array.from(assignment));
    for (const [i, value] of strength.entries())
      expect(Number(outputs.strength!.data[i])).toBeCloseTo(value, 4);
  } finally {
    await graph.close();
  }
});

it('a silhouette is 1 at a centre, 0 between two and for points without direction', () => {
  const centres = Float32Array.of(1, 0, 0, 1, 0, 0);
  const half = Math.SQRT1_2;
  const points = Float32Array.of(1, 0, half, half, 0, 0);
  const [at, between, none] = silhouettes(points, centres, 2);
  expect(at).toBeCloseTo(1, 6);
  expect(between).toBeCloseTo(0, 5);
  expect(none).toBe(0);
  // One centre tells no points apart.
  expect(Array.from(silhouettes(points, centres.subarray(0, 2), 2))).toEqual([0, 0, 0]);
});
