/**
 * ONNX Runtime for Node: loaded when a first graph is compiled, from the package that holds it.
 *
 * The npm package onnxruntime-node carries the binaries of every platform (290 MB), and its install script fetches CUDA. So an
 * installed Gradus has those of one platform alone, in a package without scripts that packing makes of the same files:
 * `@gradus/runtime-linux-x64` and its like. An onnxruntime-node of the very same version is taken first: it is what the source
 * tree has, and what may have CUDA.
 */
import { createRequire } from 'node:module';
import { UserError } from '@gradus/base';
import type { InferenceSessionFactory } from 'onnxruntime-common';
import type { TensorClass } from '../compiled-graph.ts';

export interface NativeRuntime {
  readonly InferenceSession: InferenceSessionFactory;
  readonly Tensor: TensorClass;
  listSupportedBackends(): readonly { readonly name: string }[];
}

const require = createRequire(import.meta.url);

/** The version of ONNX Runtime that graphs are made for. */
export const ONNX_RUNTIME_VERSION: string = (
  require('onnxruntime-common') as typeof import('onnxruntime-common')
).env.versions.common;

/** @throws UserError where there is none for this platform, or it cannot be loaded */
export function nativeRuntime(): NativeRuntime {
  loaded ??= load();
  return loaded;
}
let loaded: NativeRuntime | undefined;

function load(): NativeRuntime {
  if (versionOf('onnxruntime-node') === ONNX_RUNTIME_VERSION) {
    return require('onnxruntime-node') as NativeRuntime;
  }
  const platform = `${process.platform}-${process.arch}`;
  const name = `@gradus/runtime-${platform}`;
  if (versionOf(name) === undefined) {
    throw new UserError({
      en: `ONNX Runtime for ${platform} is not installed. Install it again without --omit=optional (the package is ${name}); there is one for Linux, Windows and macOS on arm64, and for Linux and Windows on x64`,
      zh: `未安装适用于 ${platform} 的 ONNX Runtime。请重新安装，不要使用 --omit=optional（软件包为 ${name}）；支持 Linux、Windows、macOS（arm64）以及 Linux、Windows（x64）`,
    });
  }
  try {
    return require(name) as NativeRuntime;
  } catch (cause) {
    const { message } = cause as Error;
    throw new UserError(
      {
        en: `ONNX Runtime (${name}) cannot be loaded: ${message}. On Linux it needs glibc 2.28 or newer: Alpine does not have it`,
        zh: `无法加载 ONNX Runtime（${name}）：${message}。在 Linux 上需要 glibc 2.28 或更新版本：Alpine 没有 glibc`,
      },
      { cause },
    );
  }
}

function versionOf(name: string): string | undefined {
  try {
    return (require(`${name}/package.json`) as { version: string }).version;
  } catch {
    return undefined;
  }
}
