/** What a model file takes and gives, and inputs that it can be run on. */
import { readFile } from 'node:fs/promises';
import { UserError } from '@gradus/base';
import { DTYPES, type DType, type HostTensor, ModelFileError, readOnnx, type Shape } from '@gradus/engine';

export interface TensorType {
  readonly dtype: DType;
  /** A size known beforehand, or a name for one that is not. */
  readonly shape: Shape;
  /** Whether an element may be missing: no number, which JSON writes as null. */
  readonly takesMissing?: boolean;
}

/** What a model takes and gives, by name. */
export interface ModelSignature {
  readonly inputs: Readonly<Record<string, TensorType>>;
  readonly outputs: Readonly<Record<string, TensorType>>;
}

/** The key of the file's metadata that lists inputs whose elements may be missing, one a line. */
const MISSING = 'missing';

export async function modelSignature(file: string): Promise<ModelSignature> {
  try {
    const { graph, metadata } = readOnnx(await readFile(file));
    const missing = new Set((metadata[MISSING] ?? '').split('\n'));
    const types = (values: Readonly<Record<string, TensorType>>) =>
      Object.fromEntries(
        Object.entries(values).map(([name, { dtype, shape }]) => [
          name,
          { dtype, shape, ...(missing.has(name) && dtype.startsWith('float') && { takesMissing: true }) },
        ]),
      );
    return { inputs: types(graph.inputs), outputs: types(graph.outputs) };
  } catch (error) {
    if (error instanceof ModelFileError) {
      const { message } = error;
      throw new UserError({ en: `${file}: ${message}`, zh: `${file}：${message}` }, { cause: error });
    }
    throw error;
  }
}

/** Whether rows of several requests may be laid end to end: everything has one and the same open size on its first axis. */
export function batchable({ inputs, outputs }: ModelSignature): boolean {
  const first = [...Object.values(inputs), ...Object.values(outputs)].map(({ shape }) => shape[0]);
  return first.length > 0 && typeof first[0] === 'string' && first.every((size) => size === first[0]);
}

/** One row of zeros: every open size is 1. */
export function zeros({ inputs }: ModelSignature): Record<string, HostTensor> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { dtype, shape }]) => {
      const dims = shape.map((size) => (typeof size === 'number' ? size : 1));
      const length = dims.reduce((a, b) => a * b, 1);
      const Array_ = DTYPES[dtype].array;
      const data = Array_ ? new Array_(length) : new Array<string>(length).fill('');
      return [name, { dtype, dims, data }];
    }),
  );
}
