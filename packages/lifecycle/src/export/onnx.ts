/**
 * The model by itself, for any ONNX Runtime: model.onnx, what the graph does not hold as plain JSON beside it, an example of
 * its inputs with what it answers to them, and a small program for Node and one for Python that need nothing of ours.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from '@gradus/base';
import type { HostTensor } from '@gradus/engine';
import { compile, ONNX_RUNTIME_VERSION } from '@gradus/engine/node';
import { MODEL_FILE } from '@gradus/loop';
import { type ModelSignature, zeros } from '../model-file.ts';
import { DATATYPES, tensorToJson } from '../open-inference/tensors.ts';
import { handOverOf, modelFiles, requireSignature } from './exported.ts';
import { readme } from './readme.ts';
import type { Target } from './target.ts';

export const onnx: Target = async (exported) => {
  const version = exported.versions.at(-1)!;
  const signature = await requireSignature(version);
  const handOver = await handOverOf(exported, version);
  const feeds = { ...(handOver?.example ?? somethingFor(signature)) };
  for (const name of Object.keys(feeds)) if (!(name in signature.inputs)) delete feeds[name];
  const outputs = await answerOf(join(version.run.directory, MODEL_FILE), feeds);
  const lines = handOver?.lines;
  const json = (value: unknown) => `${JSON.stringify(value)}\n`;
  const tensors = (values: Readonly<Record<string, HostTensor>>) =>
    Object.entries(values).map(([name, tensor]) => tensorToJson(name, tensor));
  return [
    ...modelFiles(version, ''),
    { path: 'signature.json', content: json(described(signature)) },
    { path: 'input.json', content: json({ inputs: tensors(feeds) }) },
    { path: 'output.json', content: json({ outputs: tensors(outputs) }) },
    ...Object.entries(handOver?.files ?? {}).map(([path, content]) => ({ path, content })),
    { path: 'example.mjs', content: program(lines ? 'example-lines.mjs' : 'example.mjs') },
    { path: 'tensors.mjs', content: program('tensors.mjs') },
    { path: 'example.py', content: program('example.py') },
    {
      path: 'package.json',
      content: `${JSON.stringify({ private: true, type: 'module', dependencies: { 'onnxruntime-node': ONNX_RUNTIME_VERSION } }, null, 2)}\n`,
    },
    // Its install script would fetch libraries for NVIDIA's cards.
    { path: '.npmrc', content: 'onnxruntime-node-install=skip\n' },
    {
      path: 'README.md',
      content: await readme({
        title: {
          en: `${exported.name} for ONNX Runtime`,
          zh: `${exported.name}：ONNX Runtime`,
        },
        exported,
        blocks: [
          {
            say: {
              en: '`model.onnx` runs in any ONNX Runtime, without Gradus. With Node:',
              zh: '`model.onnx` 可在任何 ONNX Runtime 中运行，无需 Gradus。用 Node：',
            },
            code: `npm install\nnode example.mjs input.json${lines ? `\nnode example.mjs ${lines.file}   # ${lines.each}` : ''}`,
          },
          {
            say: { en: 'With Python:', zh: '用 Python：' },
            code: 'pip install onnxruntime numpy\npython example.py input.json',
          },
          {
            say: handOver
              ? {
                  en: '`input.json` is an example in the form of the Open Inference Protocol, and `output.json` is what the model answers to it.',
                  zh: '`input.json` 是开放推理协议形式的示例，`output.json` 是模型对它的回答。',
                }
              : {
                  en: '`input.json` is made-up numbers in the form of the Open Inference Protocol, and `output.json` is what the model answers to them.',
                  zh: '`input.json` 是开放推理协议形式的随机数，`output.json` 是模型对它们的回答。',
                },
          },
        ],
      }),
    },
  ];
};

const program = (name: string): string =>
  readFileSync(new URL(`./programs/${name}`, import.meta.url), 'utf8');

/** Floats between 0 and 1, zeros of other types. */
function somethingFor(signature: ModelSignature): Record<string, HostTensor> {
  const random = new Random(0);
  const feeds = zeros(signature);
  for (const { data } of Object.values(feeds)) {
    if (!(data instanceof Float32Array || data instanceof Float64Array)) continue;
    for (let i = 0; i < data.length; i++) data[i] = random.uniform();
  }
  return feeds;
}

async function answerOf(
  file: string,
  feeds: Readonly<Record<string, HostTensor>>,
): Promise<Record<string, HostTensor>> {
  const graph = await compile(readFileSync(file), { threads: 1 });
  try {
    return await graph.run(feeds);
  } finally {
    await graph.close();
  }
}

function described({ inputs, outputs }: ModelSignature): object {
  const listed = (types: ModelSignature['inputs']) =>
    Object.entries(types).map(([name, { dtype, shape }]) => ({
      name,
      dtype,
      datatype: DATATYPES[dtype],
      shape,
    }));
  return { inputs: listed(inputs), outputs: listed(outputs) };
}
