/**
 * A KServe InferenceService, and the model repository that it serves with Triton, KServe's own runtime for .onnx files of
 * this layout: the repository is uploaded, and `kubectl apply -f inference-service.yaml` does the rest.
 *
 * Sources: kserve.github.io/website, "Deploying ONNX models" and "Storage"; github.com/kserve/kserve
 * config/runtimes/kserve-tritonserver.yaml (formats, protocols and where the model lies) and the v1beta1 CRD.
 */

import { statSync } from 'node:fs';
import { UserError } from '@gradus/base';
import type { Exported, ExportedFile } from './exported.ts';
import { dnsLabel } from './names.ts';
import { readme } from './readme.ts';
import type { Target } from './target.ts';
import { modelRepository, REPOSITORY, type Repository } from './triton.ts';

/** What KServe's storage initializer fetches from. */
const STORAGE = /^(?:s3|gs|pvc|hf|oci|hdfs|webhdfs|https?):\/\/[^\s/][^\s]*$/;

export const kserve: Target = async (exported, { storageUri }) => {
  if (storageUri === undefined || !STORAGE.test(storageUri)) {
    const expected = 's3://BUCKET/PATH, gs://…, pvc://CLAIM/PATH, hf://…, oci://…, hdfs://…, webhdfs://…';
    const wrong =
      storageUri === undefined
        ? {
            en: 'KServe fetches the model from a store, and --storage-uri is missing',
            zh: 'KServe 从存储中获取模型，而缺少 --storage-uri',
          }
        : {
            en: `"${storageUri}" is no place that KServe fetches models from`,
            zh: `KServe 不能从“${storageUri}”获取模型`,
          };
    throw new UserError({
      en: `${wrong.en}. Expected where the folder ${REPOSITORY} will be: ${expected} or https://….`,
      zh: `${wrong.zh}。应为文件夹 ${REPOSITORY} 将要存放的位置：${expected} 或 https://…。`,
    });
  }
  const { stringify } = await import('yaml');
  const repository = await modelRepository(exported);
  const service = stringify(inferenceService({ exported, repository, storageUri }));
  return [
    ...repository.files,
    { path: 'inference-service.yaml', content: service },
    { path: 'README.md', content: await kserveReadme(exported, repository, storageUri) },
  ];
};

const MEBIBYTE = 2 ** 20;

function inferenceService(options: {
  readonly exported: Exported;
  readonly repository: Repository;
  readonly storageUri: string;
}): object {
  const { exported, repository, storageUri } = options;
  // The file, its weights once more in memory, and what Triton itself takes.
  const memory = `${Math.ceil((3 * sizeOf(repository.files)) / MEBIBYTE) + 512}Mi`;
  return {
    apiVersion: 'serving.kserve.io/v1beta1',
    kind: 'InferenceService',
    metadata: {
      name: dnsLabel(exported.name),
      labels: { 'app.kubernetes.io/managed-by': 'gradus' },
      annotations: { 'gradus/run': exported.versions.at(-1)!.run.id },
    },
    spec: {
      predictor: {
        model: {
          modelFormat: { name: 'onnx', version: '1' },
          runtime: 'kserve-tritonserver',
          protocolVersion: 'v2',
          storageUri,
          resources: { requests: { cpu: '1', memory }, limits: { cpu: '1', memory } },
        },
      },
    },
  };
}

const sizeOf = (files: readonly ExportedFile[]): number =>
  files.reduce((sum, file) => sum + ('copy' in file ? statSync(file.copy).size : 0), 0);

function kserveReadme(exported: Exported, { name }: Repository, storageUri: string): Promise<string> {
  const service = dnsLabel(exported.name);
  return readme({
    title: { en: `${exported.name} for KServe`, zh: `${exported.name}：KServe` },
    exported,
    blocks: [
      {
        say: {
          en: `1. Copy what is in \`${REPOSITORY}\` to \`${storageUri}\`, so that \`${storageUri.replace(/\/$/, '')}/${name}/config.pbtxt\` is there.`,
          zh: `1. 把 \`${REPOSITORY}\` 中的内容复制到 \`${storageUri}\`，使 \`${storageUri.replace(/\/$/, '')}/${name}/config.pbtxt\` 存在。`,
        },
      },
      {
        say: { en: '2. Apply the service:', zh: '2. 应用该服务：' },
        code: `kubectl apply -f inference-service.yaml\nkubectl wait --for=condition=Ready inferenceservice/${service} --timeout=300s`,
      },
      {
        say: {
          en: '3. Ask it; INPUT.json is a request of the Open Inference Protocol:',
          zh: '3. 发出请求；INPUT.json 是开放推理协议的请求：',
        },
        code: `curl "$(kubectl get inferenceservice ${service} -o jsonpath='{.status.url}')/v2/models/${name}/infer" -d @INPUT.json`,
      },
    ],
  });
}
