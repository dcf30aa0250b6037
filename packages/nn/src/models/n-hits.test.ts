/** N-HiTS as plain matrices: what they tell of a window is what the graph tells. */
import { Random } from '@gradus/base';
import { input } from '@gradus/engine';
import { expect, it } from 'vitest';
import { adam, dataset, fit, mse, predict } from '../index.ts';
import { matricesOf, nHits, nHitsForecast, nHitsGraph } from './n-hits.ts';

const [WINDOW, HORIZON, ROWS] = [10, 5, 40];

it('tells by its matrices what it tells as a graph', async () => {
  const random = new Random('n-hits');
  const tensor = (width: number) => ({
    dtype: 'float32' as const,
    dims: [ROWS, width],
    data: Float32Array.from({ length: ROWS * width }, () => random.normal()),
  });
  const past = tensor(WINDOW);
  const net = nHits({ window: WINDOW, horizon: HORIZON, rates: [4, 3, 1], hidden: 6 });
  // Trained, so that no layer is zero any more.
  await fit(net, dataset({ past, next: tensor(HORIZON) }), {
    loss: ({ past, next }) => mse(net.forward(past!), next!),
    optimizer: adam({ learningRate: 0.01 }),
    ...{ epochs: 5, batchSize: 10, random: new Random(0), threads: 1 },
  });
  const window = input('past', ['batch', WINDOW]);
  const matrices = matricesOf(net);
  const outputs = { next: net.forward(window), folded: nHitsGraph(matrices, window) };
  const graph = { name: 'n-hits', inputs: { past: window }, outputs };
  const { next, folded } = await predict(graph, dataset({ past }), { threads: 1 });
  for (let row = 0; row < ROWS; row++) {
    const told = nHitsForecast(matrices, past.data.slice(row * WINDOW, (row + 1) * WINDOW));
    expect(told).toHaveLength(HORIZON);
    for (const [k, value] of told.entries()) {
      expect(value).toBeCloseTo(next![row * HORIZON + k]!, 5);
      expect(value).toBeCloseTo(folded![row * HORIZON + k]!, 5);
    }
  }
});
