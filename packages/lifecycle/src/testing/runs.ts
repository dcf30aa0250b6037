/** Finished runs, made by hand: a record, a card and a small model. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { input, writeOnnx } from '@gradus/engine';
import { type FoundRun, readRun } from '@gradus/loop';

export function makeRun(
  runs: string,
  id: string,
  given: { recipe?: string; parent?: string } = {},
): FoundRun {
  const directory = join(runs, id);
  mkdirSync(directory, { recursive: true });
  const x = input('x', ['batch', 3], 'float32');
  writeFileSync(
    join(directory, 'model.onnx'),
    writeOnnx({ name: 'm', inputs: { x }, outputs: { y: x.add(x) } }),
  );
  writeFileSync(join(directory, 'card.md'), `# ${id}\n`);
  const record = {
    id,
    recipe: given.recipe ?? 'test',
    version: 1,
    options: {},
    seed: 0,
    sources: { data: { kind: 'file', address: '/data/in.csv', bytes: 7, sha256: 'ab'.repeat(32) } },
    ...(given.parent && { parent: given.parent }),
    corrections: 0,
    createdAt: '2026-01-01T00:00:00.000Z',
    seconds: {},
    versions: {},
    machine: {},
    summary: { metrics: { accuracy: 0.9 } },
    files: ['run.json'],
  };
  writeFileSync(join(directory, 'run.json'), JSON.stringify(record));
  return readRun(directory);
}
