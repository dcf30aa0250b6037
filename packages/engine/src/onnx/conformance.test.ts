/**
 * ONNX's own test suite: 1,800 models of one op (or a few), each with inputs and the outputs they should give. Every
 * model that Gradus reads is inferred, written anew and run; the types inferred and the numbers must be the expected
 * ones. What does not pass is listed, with its reason, in testing/uncovered.ts.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '@gradus/base';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { halfValue } from '../float16.ts';
import type { Graph } from '../graph.ts';
import type { HostTensor } from '../host.ts';
import { constant, input, ModelFileError, readOnnx, rebuild, type Tensor, writeOnnx } from '../index.ts';
import { compile } from '../runtime/node/index.ts';
import { hostTensor } from './read-tensor.ts';
import { PASSED, UNCOVERED } from './testing/uncovered.ts';
import { decodeTensor } from './wire.ts';

const folder = '../shared/data/onnx-backend-tests';

interface Sample {
  readonly inputs: readonly HostTensor[];
  readonly outputs: readonly HostTensor[];
}

/** What became of one model: nothing where it works, else why it does not. */
interface Outcome {
  readonly reason?: string;
  readonly because?: string;
}

describe.skipIf(!existsSync(folder))("ONNX's own test suite (needs ../shared/data)", () => {
  const root = mkdtempSync(join(tmpdir(), 'gradus-onnx-'));
  const outcomes = new Map<string, Outcome>();

  beforeAll(async () => {
    for (const suite of ['node', 'simple']) {
      execFileSync('tar', ['-xJf', `${folder}/${suite}.tar.xz`, '-C', root]);
      for (const name of readdirSync(join(root, suite))) {
        const outcome = await outcomeOf(join(root, suite, name));
        // The runtime's StringNormalizer asks the operating system for a locale that not every one has.
        if (!outcome.because?.includes('Locale')) outcomes.set(name.replace(/^test_/, ''), outcome);
      }
    }
  }, 600_000);
  afterAll(() => rmSync(root, { recursive: true }));

  it('is passed but for what is listed', () => {
    const listed = new Map(
      Object.entries(UNCOVERED).flatMap(([reason, names]) => names.map((name) => [name, reason] as const)),
    );
    const found: Record<string, string> = {};
    for (const [name, { reason, because }] of outcomes) {
      if (reason !== listed.get(name)) found[name] = `${reason ?? 'passed'}: ${because ?? ''}`;
    }
    expect(found).toEqual({});
  });

  it('is refused with a reason where bytes of it are changed', () => {
    const random = new Random('conformance');
    for (const suite of ['node', 'simple']) {
      for (const name of readdirSync(join(root, suite))) {
        const bytes = new Uint8Array(readFileSync(join(root, suite, name, 'model.onnx')));
        for (let flips = 1; flips <= 4; flips++) {
          bytes[random.below(bytes.length)] = random.below(256);
          try {
            readOnnx(bytes);
          } catch (error) {
            expect(error, name).toBeInstanceOf(ModelFileError);
          }
        }
      }
    }
  });

  it('is passed by as many as are said to', () => {
    const passed = [...outcomes.values()].filter(({ reason }) => reason === undefined);
    expect(passed.length).toBeGreaterThanOrEqual(PASSED);
  });
});

async function outcomeOf(path: string): Promise<Outcome> {
  const bytes = new Uint8Array(readFileSync(join(path, 'model.onnx')));
  let graph: Graph<Tensor>;
  let samples: Sample[];
  try {
    ({ graph } = readOnnx(bytes));
    samples = samplesOf(path);
  } catch (error) {
    if (!(error instanceof ModelFileError)) throw error;
    const [reason] = Object.entries(REFUSALS).find(([, pattern]) => pattern.test(error.message)) ?? [
      'not read',
    ];
    return { reason, because: error.message };
  }
  const problem = shapeProblem(graph, samples) ?? (await runProblem(() => writeOnnx(graph), graph, samples));
  if (problem === undefined) return {};
  // What the runtime does not do with the original either is not for Gradus to answer for.
  const original = await runProblem(() => bytes, graph, samples);
  return original ? { reason: 'onnxRuntime', because: original } : { reason: 'wrong', because: problem };
}

/** Why a model is not read, by what the error says. */
const REFUSALS: Readonly<Record<string, RegExp>> = {
  elementTypes: /which Gradus does not hold/,
  controlFlow: /unknown op "(Loop|Scan)"|chooses by a condition/,
  sequences: /unknown op "(Sequence\w+|SplitToSequence|ConcatFromSequence|Optional\w*)"|is not a tensor$/,
  otherDomains: /expected standard ONNX ops/,
  oldOpsets: /uses opset \d+/,
  unknownOps: /unknown op/,
};

function samplesOf(path: string): Sample[] {
  const folders = readdirSync(path).filter((name) => name.startsWith('test_data_set'));
  return folders.map((name) => {
    const tensors = (kind: string) => {
      const count = readdirSync(join(path, name)).filter((file) => file.startsWith(`${kind}_`)).length;
      return Array.from({ length: count }, (_, i) => {
        const file = `${kind}_${i}.pb`;
        return hostTensor(decodeTensor(readFileSync(join(path, name, file))), { en: file, zh: file });
      });
    };
    return { inputs: tensors('input'), outputs: tensors('output') };
  });
}

/** Whether the inferred types are those of the expected outputs, named sizes standing for one number each. */
function shapeProblem(graph: Graph<Tensor>, samples: readonly Sample[]): string | undefined {
  for (const { inputs, outputs } of samples) {
    const given = Object.values(graph.inputs);
    const sizes = new Map<string, number>();
    const problem = unlike(given, inputs, sizes) ?? unlike(Object.values(graph.outputs), outputs, sizes);
    if (problem) return problem;
    const values = new Map(
      given.flatMap((value, i) =>
        value.rank < 2 && value.dtype !== 'string' ? [[value, constant(inputs[i]!)] as const] : [],
      ),
    );
    const known = rebuild(Object.values(graph.outputs), { values });
    const late = unlike(known, outputs, new Map());
    if (late) return `with constant inputs, ${late}`;
    // And with the first axis of what is computed on of a size that only the run tells.
    const [first] = given;
    const [batch] = first?.shape ?? [];
    if (!first || first.rank < 2 || typeof batch !== 'number' || batch < 2) continue;
    values.set(first, input('first', ['batch', ...first.shape.slice(1)], first.dtype));
    const named = rebuild(Object.values(graph.outputs), { values });
    const loose = unlike(named, outputs, new Map([['batch', batch]]));
    if (loose) return `with a named batch, ${loose}`;
  }
  return undefined;
}

function unlike(
  values: readonly Tensor[],
  expected: readonly HostTensor[],
  sizes: Map<string, number>,
): string | undefined {
  for (const [i, { dtype, shape }] of values.entries()) {
    const { dtype: actual, dims } = expected[i]!;
    if (dtype !== actual) return `inferred ${dtype}, not ${actual}`;
    const fits =
      shape.length === dims.length &&
      shape.every((dim, axis) => {
        if (typeof dim === 'number') return dim === dims[axis];
        const known = sizes.get(dim) ?? dims[axis]!;
        sizes.set(dim, known);
        return known === dims[axis];
      });
    if (!fits) return `inferred [${shape}], not [${dims}]`;
  }
  return undefined;
}

async function runProblem(
  bytes: () => Uint8Array,
  graph: Graph,
  samples: readonly Sample[],
): Promise<string | undefined> {
  try {
    const session = await compile(bytes(), { threads: 1 });
    try {
      for (const { inputs, outputs } of samples) {
        const names = Object.keys(graph.inputs);
        const results = await session.run(Object.fromEntries(names.map((name, i) => [name, inputs[i]!])));
        for (const [i, name] of Object.keys(graph.outputs).entries()) {
          const problem = difference(results[name]!, outputs[i]!);
          if (problem) return problem;
        }
      }
    } finally {
      await session.close();
    }
  } catch (error) {
    return `fails: ${(error as Error).message}`;
  }
  return undefined;
}

function difference(actual: HostTensor, expected: HostTensor): string | undefined {
  if (actual.dtype !== expected.dtype) return `gave ${actual.dtype}, not ${expected.dtype}`;
  if (`${actual.dims}` !== `${expected.dims}`) return `gave [${actual.dims}], not [${expected.dims}]`;
  if (expected.dtype === 'string') {
    return `${actual.data}` === `${expected.data}` ? undefined : 'gave other texts';
  }
  const half = expected.dtype === 'float16';
  const number = (value: number | bigint | string) => (half ? halfValue(Number(value)) : Number(value));
  const [rtol, atol] = half ? [1e-2, 1e-3] : [1e-3, 1e-7];
  for (const [i, value] of expected.data.entries()) {
    const [got, wanted] = [number(actual.data[i]!), number(value)];
    const same = Object.is(got, wanted) || Math.abs(got - wanted) <= atol + rtol * Math.abs(wanted);
    if (!same && got !== wanted) return `gave ${got} for ${wanted} at ${i}`;
  }
  return undefined;
}
