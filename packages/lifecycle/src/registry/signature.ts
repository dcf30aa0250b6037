/** What a model takes and gives: names, dtypes and shapes, as its .onnx file says them. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ModelFileError } from '@gradus/engine';
import { readOnnxFile } from '@gradus/engine/node';
import { MODEL_FILE } from '@gradus/loop';

export interface TensorSpec {
  readonly name: string;
  readonly dtype: string;
  /** A name stands for a size that is known only when the model runs, say "batch". */
  readonly shape: readonly (number | string)[];
}

export interface Signature {
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  /** Why nothing is known: the run has no model.onnx, or one that Gradus cannot read. */
  readonly unread?: string;
}

/** The signature of the model in a run's directory. */
export function signatureOf(directory: string): Signature {
  const path = join(directory, MODEL_FILE);
  const unread = (reason: string): Signature => ({ inputs: [], outputs: [], unread: reason });
  if (!existsSync(path)) return unread(`the run has no ${MODEL_FILE}`);
  try {
    const { graph } = readOnnxFile(path);
    return { inputs: specs(graph.inputs), outputs: specs(graph.outputs) };
  } catch (error) {
    if (error instanceof ModelFileError) return unread(error.message);
    throw error;
  }
}

const specs = (
  values: Readonly<Record<string, { readonly dtype: string; readonly shape: readonly (number | string)[] }>>,
): TensorSpec[] => Object.entries(values).map(([name, { dtype, shape }]) => ({ name, dtype, shape }));
