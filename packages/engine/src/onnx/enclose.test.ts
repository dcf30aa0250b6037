/** Graphs of ours around a file that is not read as a graph. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { apply, input, interfaceOf, writeOnnx } from '../index.ts';
import { compileFile } from '../runtime/node/index.ts';
import { enclosed } from './enclose.ts';

const folder = mkdtempSync(join(tmpdir(), 'gradus-enclose-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** x + y and y, by names that ours have too. */
function theirs(): Uint8Array {
  const [a, b] = [input('a', ['rows', 2]), input('b', ['rows', 2])];
  return writeOnnx({ name: 'theirs', inputs: { a, b }, outputs: { sum: a.add(b), b2: b.mul(2) } });
}
const [x, scale] = [input('a', ['rows', 2], 'float64'), input('scale', [])];
const before = {
  name: 'before',
  inputs: { a: x, scale },
  outputs: { a: x.cast('float32'), b: x.cast('float32').mul(scale) },
};
const [sum, b2] = [input('sum', ['rows', 2]), input('b2', ['rows', 2])];
const after = { name: 'after', inputs: { scale, sum, b2 }, outputs: { sum: sum.div(scale), b: b2 } };

it('takes and gives what they say, whatever names the file has', async () => {
  const path = join(folder, 'model.onnx');
  writeFileSync(path, theirs());
  const compiled = await compileFile(path, { threads: 1, enclosure: { before, after } });
  expect([compiled.inputs, compiled.outputs]).toEqual([
    ['a', 'scale'],
    ['sum', 'b'],
  ]);
  const found = await compiled.run({
    a: { dtype: 'float64', dims: [1, 2], data: Float64Array.of(1, 2) },
    scale: { dtype: 'float32', dims: [], data: Float32Array.of(3) },
  });
  await compiled.close();
  expect([...(found.sum!.data as Float32Array)].map((value) => value.toFixed(4))).toEqual([
    '1.3333',
    '2.6667',
  ]);
  expect([...(found.b!.data as Float32Array)]).toEqual([6, 12]);
});

it('what is passed on as it is keeps the name of the file, and nothing stands between', () => {
  const y = input('y', ['rows', 2]);
  const straight = { name: 'before', inputs: { y }, outputs: { a: y, b: y.mul(2) } };
  const { names, bytes } = enclosed(theirs(), {
    before: straight,
    after: { name: 'after', inputs: { sum }, outputs: { out: sum, twice: apply('Neg', [sum]) } },
  });
  expect(names).toMatchObject({ y: 'a', out: 'sum' });
  expect([...interfaceOf(bytes).inputs.keys()]).toEqual(['a']);
  expect([...interfaceOf(bytes).outputs.keys()].sort()).toEqual(['gradus:twice', 'sum']);
});

it('what is no model is refused', () => {
  const whole = theirs();
  expect(() => enclosed(new Uint8Array(0), { before, after })).toThrow('holds no graph');
  expect(() => enclosed(whole.subarray(0, whole.length >> 1), { before, after })).toThrow('cut off');
});
