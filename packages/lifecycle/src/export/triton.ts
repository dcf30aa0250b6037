/**
 * A model repository of NVIDIA's Triton Inference Server: a folder for the model, in it a configuration and a folder for
 * each version. `tritonserver --model-repository=…/model_repository` serves it as it is.
 *
 * Sources: github.com/triton-inference-server/server docs/user_guide/model_repository.md and model_configuration.md;
 * the fields are those of github.com/triton-inference-server/common protobuf/model_config.proto.
 */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { DType } from '@gradus/engine';
import { compile } from '@gradus/engine/node';
import { MODEL_FILE } from '@gradus/loop';
import { batchable, type ModelSignature, type TensorType, zeros } from '../model-file.ts';
import {
  type Exported,
  type ExportedFile,
  type ExportedVersion,
  modelFiles,
  requireSignature,
} from './exported.ts';
import { fileName } from './names.ts';
import { type PbValue, pbtxt, word } from './pbtxt.ts';
import { readme } from './readme.ts';
import type { Target } from './target.ts';

export const REPOSITORY = 'model_repository';

/** Rows of one run at most, as our own server has it. */
const LARGEST_BATCH = 64;

export const triton: Target = async (exported) => {
  const repository = await modelRepository(exported);
  return [...repository.files, { path: 'README.md', content: await tritonReadme(exported, repository) }];
};

export interface Repository {
  readonly name: string;
  readonly numbers: readonly number[];
  readonly files: readonly ExportedFile[];
}

/** One configuration holds for all versions: those before the last that take or give something else stay behind. */
export async function modelRepository(exported: Exported): Promise<Repository> {
  const name = fileName(exported.name);
  const last = exported.versions.at(-1)!;
  const signature = await requireSignature(last);
  const versions: ExportedVersion[] = [];
  for (const version of exported.versions) {
    if (version === last || isDeepStrictEqual(await requireSignature(version), signature))
      versions.push(version);
  }
  const numbers = versions.map(({ number }) => number);
  const config = configOf({ name, signature, numbers, warm: await runsOnZeros(last, signature) });
  return {
    name,
    numbers,
    files: [
      { path: `${REPOSITORY}/${name}/config.pbtxt`, content: config },
      ...versions.flatMap((version) => modelFiles(version, `${REPOSITORY}/${name}/${version.number}/`)),
    ],
  };
}

const DATA_TYPES: Readonly<Record<DType, string>> = {
  bool: 'TYPE_BOOL',
  uint8: 'TYPE_UINT8',
  uint16: 'TYPE_UINT16',
  uint32: 'TYPE_UINT32',
  uint64: 'TYPE_UINT64',
  int8: 'TYPE_INT8',
  int16: 'TYPE_INT16',
  int32: 'TYPE_INT32',
  int64: 'TYPE_INT64',
  float16: 'TYPE_FP16',
  float32: 'TYPE_FP32',
  float64: 'TYPE_FP64',
  string: 'TYPE_STRING',
};

/** @param warm Whether the model can be run on zeros before anybody waits for it */
export function configOf(options: {
  readonly name: string;
  readonly signature: ModelSignature;
  readonly numbers: readonly number[];
  readonly warm: boolean;
}): string {
  const { name, signature, numbers, warm } = options;
  const batches = batchable(signature);
  const own = ({ shape }: TensorType) => (batches ? shape.slice(1) : shape);
  const tensors = (types: ModelSignature['inputs']): PbValue[] =>
    Object.entries(types).map(([tensor, type]) => {
      const dims = own(type).map((size) => (typeof size === 'number' ? size : -1));
      const head = { name: tensor, data_type: word(DATA_TYPES[type.dtype]) };
      // Triton knows no shape without axes: the configuration says one element, and how the graph reshapes it.
      return dims.length > 0 ? { ...head, dims } : { ...head, dims: [1], reshape: { shape: [] } };
    });
  const warmUp: PbValue = {
    name: 'zeros',
    batch_size: 1,
    inputs: Object.entries(signature.inputs).map(([key, type]) => {
      const dims = own(type).map((size) => (typeof size === 'number' ? size : 1));
      return {
        key,
        value: {
          data_type: word(DATA_TYPES[type.dtype]),
          dims: dims.length > 0 ? dims : [1],
          zero_data: true,
        },
      };
    }),
  };
  return pbtxt({
    name,
    platform: 'onnxruntime_onnx',
    backend: 'onnxruntime',
    max_batch_size: batches ? LARGEST_BATCH : 0,
    input: tensors(signature.inputs),
    output: tensors(signature.outputs),
    version_policy: { specific: { versions: [...numbers] } },
    ...(batches && { dynamic_batching: {} }),
    instance_group: [{ count: 1, kind: word('KIND_AUTO') }],
    ...(warm && { model_warmup: [warmUp] }),
  });
}

/** A model that fails in its warm-up is not served at all. */
async function runsOnZeros({ run }: ExportedVersion, signature: ModelSignature): Promise<boolean> {
  const graph = await compile(await readFile(join(run.directory, MODEL_FILE)), { threads: 1 });
  try {
    await graph.run(zeros(signature));
    return true;
  } catch {
    return false;
  } finally {
    await graph.close();
  }
}

async function tritonReadme(exported: Exported, { name, numbers }: Repository): Promise<string> {
  const highest = numbers.at(-1)!;
  return readme({
    title: {
      en: `${exported.name} for the Triton Inference Server`,
      zh: `${exported.name}：Triton 推理服务器`,
    },
    exported,
    blocks: [
      {
        say: { en: 'Serve it:', zh: '提供服务：' },
        code: `docker run --rm -p 8000:8000 -v "$PWD/${REPOSITORY}:/models" nvcr.io/nvidia/tritonserver:VERSION-py3 tritonserver --model-repository=/models`,
      },
      {
        say: {
          en: `Ask it; INPUT.json is a request of the Open Inference Protocol. Without a version the highest answers, which is ${highest}.`,
          zh: `发出请求；INPUT.json 是开放推理协议的请求。不指明版本时由最高版本回答，即 ${highest}。`,
        },
        code: `curl http://localhost:8000/v2/models/${name}/infer -d @INPUT.json\ncurl http://localhost:8000/v2/models/${name}/versions/${highest}/infer -d @INPUT.json`,
      },
    ],
  });
}
