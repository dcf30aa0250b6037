import { input, writeOnnx } from '@gradus/engine';
import { compile } from '@gradus/engine/node';
import { describe, expect, it } from 'vitest';
import { MOST_TURNS, turnedOver, turnedTensors, unturned } from './turns.ts';

describe('photographs turned over', () => {
  const pixels = Uint8Array.from({ length: 18 }, (_, i) => i);

  it('are left for right, up for down, and both', () => {
    const first = (turn: number) => [...turnedOver(pixels, [2, 3], turn).slice(0, 6)];
    expect([0, 1, 2, 3].map(first)).toEqual([
      [0, 1, 2, 3, 4, 5],
      [2, 1, 0, 5, 4, 3],
      [3, 4, 5, 0, 1, 2],
      [5, 4, 3, 2, 1, 0],
    ]);
  });

  it('are the same in a graph, turn by turn, of which the first are as they were', async () => {
    const x = input('x', ['batch', 3, 2, 3], 'uint8');
    const all = turnedTensors(x, MOST_TURNS);
    const graph = await compile(
      writeOnnx({ name: 'turns', inputs: { x }, outputs: { all, first: unturned(all, MOST_TURNS) } }),
    );
    const other = pixels.map((value) => 100 + value);
    const data = Uint8Array.from([...pixels, ...other]);
    const outputs = await graph.run({ x: { dtype: 'uint8', dims: [2, 3, 2, 3], data } });
    await graph.close();
    const expected = [0, 1, 2, 3].flatMap((turn) =>
      [pixels, other].flatMap((one) => [...turnedOver(one, [2, 3], turn)]),
    );
    expect([...(outputs.all!.data as Uint8Array)]).toEqual(expected);
    expect([...(outputs.first!.data as Uint8Array)]).toEqual([...data]);
  });
});
