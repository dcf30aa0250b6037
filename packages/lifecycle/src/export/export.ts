/**
 * Handing a model over to engines that are not Gradus, as files that they serve as they are. Each target is a function from
 * the model to a list of files; the folder is written aside and renamed, so that it is whole or not there.
 */

import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Localized } from '@gradus/base';
import { UserError } from '@gradus/base';
import type { Recipe } from '@gradus/loop';
import type { Database } from '../database/tables.ts';
import { docker } from './docker.ts';
import { type ExportedFile, resolveExported } from './exported.ts';
import { kserve } from './kserve.ts';
import { onnx } from './onnx.ts';
import type { Target, TargetOptions } from './target.ts';
import { triton } from './triton.ts';

export const TARGETS = { onnx, kserve, triton, docker } satisfies Record<string, Target>;
export type TargetName = keyof typeof TARGETS;

export const TARGET_TITLES: Readonly<Record<TargetName, Localized>> = {
  onnx: { en: 'plain ONNX Runtime, without Gradus', zh: '纯 ONNX Runtime，无需 Gradus' },
  kserve: {
    en: 'a KServe InferenceService, with the model repository',
    zh: 'KServe InferenceService 及模型仓库',
  },
  triton: { en: 'a model repository of the Triton Inference Server', zh: 'Triton 推理服务器的模型仓库' },
  docker: { en: 'a container that serves the run with Gradus', zh: '用 Gradus 提供服务的容器' },
};

export interface ExportOptions extends Omit<TargetOptions, 'runs'> {
  /** A run's id, a registered model's name, or a URI of either. */
  readonly model: string;
  readonly runs: string;
  readonly recipes: readonly Recipe[];
  readonly to: TargetName;
  /** The folder to be made, for a model of this name. */
  out(model: string): string;
}

export interface ExportResult {
  readonly directory: string;
  readonly name: string;
  readonly versions: readonly number[];
  /** Paths within the directory. */
  readonly files: readonly string[];
}

/** @throws UserError where there is no such model, or something is in the way */
export async function exportModel(database: Database, options: ExportOptions): Promise<ExportResult> {
  const { model, runs, recipes, to, storageUri } = options;
  const exported = await resolveExported(database, { runs, reference: model, recipes });
  const directory = resolve(options.out(exported.name));
  requireEmpty(directory);
  const files = await TARGETS[to](exported, { runs, storageUri });
  writeFolder(directory, files);
  return {
    directory,
    name: exported.name,
    versions: exported.versions.map(({ number }) => number),
    files: files.map(({ path }) => path).sort(),
  };
}

/** @throws UserError where something is there */
export function requireEmpty(directory: string): void {
  if (!existsSync(directory)) return;
  if (statSync(directory).isDirectory() && readdirSync(directory).length === 0) return;
  throw new UserError({
    en: `${directory} is there already and is not an empty folder; nothing was written. Choose another with --out.`,
    zh: `${directory} 已存在且不是空文件夹；未写入任何内容。请用 --out 另选一个。`,
  });
}

function writeFolder(directory: string, files: readonly ExportedFile[]): void {
  const aside = `${directory}.${process.pid}.part`;
  try {
    for (const file of files) {
      const path = join(aside, file.path);
      mkdirSync(dirname(path), { recursive: true });
      if ('copy' in file) copyFileSync(file.copy, path);
      else writeFileSync(path, file.content, { flag: 'wx' });
    }
    // Takes the place of an empty folder, and of nothing else.
    renameSync(aside, directory);
  } catch (error) {
    rmSync(aside, { recursive: true, force: true });
    const { message } = error as Error;
    throw new UserError(
      { en: `${directory} cannot be written: ${message}`, zh: `无法写入 ${directory}：${message}` },
      { cause: error },
    );
  }
}
