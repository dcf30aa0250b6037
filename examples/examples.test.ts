/** Every example runs, on a little of its real data where that is at hand, and leaves what it says. */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';

const out = mkdtempSync(join(tmpdir(), 'gradus-examples-'));
afterAll(() => rmSync(out, { recursive: true }));

const run = async (name: string, ...args: string[]) => {
  const file = new URL(`${name}.ts`, import.meta.url).pathname;
  const { stdout } = await promisify(execFile)(process.execPath, [file, '--out', join(out, name), ...args]);
  return stdout;
};
const made = (name: string, file: string) => readFileSync(join(out, name, file));
const has = (set: string) => existsSync(new URL(`../../shared/data/${set}`, import.meta.url));
const losses = (text: string) => [...text.matchAll(/loss: ([\d.]+)/g)].map(([, loss]) => Number(loss));

describe('the examples', () => {
  it('first-step follows the gradient of a line, worked out by hand', async () => {
    const text = await run('first-step');
    // Σ y² / 4 = 21; −2 Σ x y / 4 = −17; −2 Σ y / 4 = −8.
    expect(text).toContain('loss 21.000, gradients -17.000 and -8.000');
    expect(text).toContain('step 1: y = 0.850 x + 0.400');
    const [, w, b] = /step 200: y = ([\d.]+) x \+ ([\d.]+)/.exec(text)!;
    expect(Number(w)).toBeCloseTo(2, 1);
    expect(Number(b)).toBeCloseTo(1, 1);
  });

  it('toy-mlp learns a curve', async () => {
    const text = await run('toy-mlp', '--epochs', '40');
    expect(Number(/accuracy: ([\d.]+)/.exec(text)![1])).toBeGreaterThan(93);
    expect(made('toy-mlp', 'loss.svg').toString()).toContain('<svg');
  });

  it.skipIf(!has('mnist'))('mnist-mlp and mnist-cnn learn digits (needs ../shared/data)', async () => {
    for (const name of ['mnist-mlp', 'mnist-cnn']) {
      const text = await run(name, '--epochs', '2', '--limit', '3000');
      const [first, second] = losses(text);
      expect(second).toBeLessThan(first!);
      expect(Number(/accuracy: ([\d.]+)/.exec(text)![1])).toBeGreaterThan(80);
      expect(made(name, 'confusion.svg').toString()).toContain('<svg');
      expect(made(name, 'mistakes.png').subarray(1, 4).toString()).toBe('PNG');
      expect(made(name, 'model.onnx').length).toBeGreaterThan(10_000);
    }
  });

  it.skipIf(!has('mnist'))('gan draws and is judged (needs ../shared/data)', async () => {
    const judge = join(out, 'mnist-cnn', 'model.onnx');
    const text = await run('gan', '--epochs', '1', '--limit', '320', '--judge', judge);
    expect(text).toMatch(/discriminator: [\d.]+ - generator: [\d.]+/);
    expect(text).toMatch(/Digits among 1000 samples: 0: \d+/);
    expect(made('gan', 'samples-1.png').subarray(1, 4).toString()).toBe('PNG');
  });

  it.skipIf(!has('adult-income'))(
    'adult-income leaves a file that takes raw columns and says what training said (needs ../shared/data)',
    async () => {
      const text = await run('adult-income', '--epochs', '2', '--limit', '6000');
      expect(Number(/differ by (\S+) at most/.exec(text)![1])).toBeLessThan(1e-6);
      expect(Number(/accuracy: ([\d.]+)/.exec(text)![1])).toBeGreaterThan(82);
      expect(made('adult-income', 'model.onnx').length).toBeGreaterThan(10_000);
    },
  );

  it('say what they need where there are no data', async () => {
    await expect(run('mnist-mlp', '--data', join(out, 'nowhere'))).rejects.toThrow(/there is no such folder/);
  });
});

describe('the program in a package’s README', () => {
  it.each(['engine', 'nn', 'classical', 'stats'])('of %s has 20 lines at most, and runs', async (name) => {
    const folder = new URL(`../packages/${name}/`, import.meta.url);
    const [, program] = /```ts\n(.*?)```/s.exec(readFileSync(new URL('README.md', folder), 'utf8'))!;
    expect(program!.trim().split('\n').length).toBeLessThanOrEqual(20);
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module-typescript', '-e', program!],
      { cwd: folder.pathname },
    );
    expect(stdout).not.toBe('');
  });
});
