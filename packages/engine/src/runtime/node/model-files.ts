/**
 * Model files on disk. A protocol buffer holds 2 GB at most, so larger models keep their weights in files beside them
 * and say for each tensor in which file, from where and how much.
 *
 * Such a place is a path that somebody else wrote. It is followed only to a file within the model's own folder, where
 * links are followed too, and only as far as that file goes.
 *
 * Source: https://github.com/onnx/onnx/blob/main/docs/ExternalData.md
 */
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import type { Localized } from '@gradus/base';
import { DTYPES } from '../../dtype.ts';
import { ModelFileError } from '../../errors.ts';
import { type Graph, leavesOf } from '../../graph.ts';
import { readOnnx } from '../../onnx/read.ts';
import type { ExternalData } from '../../onnx/read-tensor.ts';
import { writeOnnx } from '../../onnx/write.ts';
import { sizeOf } from '../../shape.ts';
import type { Tensor } from '../../tensor.ts';

/** Reads a .onnx file, with its weights in other files of its folder. @throws ModelFileError */
export function readOnnxFile(path: string): { graph: Graph<Tensor>; metadata: Record<string, string> } {
  const bytes = named({ en: `cannot read ${path}`, zh: `无法读取 ${path}` }, () => readFileSync(path));
  const files = new Map<string, number>();
  try {
    return readOnnx(bytes, { external: within(dirname(path), files) });
  } finally {
    for (const file of files.values()) closeSync(file);
  }
}

export interface WriteFileOptions {
  readonly metadata?: Readonly<Record<string, string>>;
  /** The largest size of constants, in bytes, that stay in the model's file. Default: what a protocol buffer holds, less a margin. */
  readonly limit?: number;
}

const LIMIT = 2 ** 31 - 2 ** 26;

/** Smaller constants stay in the model: shapes and axes are looked at, weights are mapped into memory. */
const SMALL = 1024;

/** Pages of memory begin at such places of a file, so that runtimes can map weights instead of reading them. */
const PAGE = 4096;

/**
 * Writes a .onnx file; a large one with its weights beside it, in `<path>.data`. Files are written under another name and then renamed:
 * `path` is complete or absent.
 *
 * @throws ModelFileError where the file system does not take it, such as a full disk
 */
export function writeOnnxFile(
  path: string,
  graph: Graph,
  { metadata = {}, limit = LIMIT }: WriteFileOptions = {},
): void {
  const [model, data] = [`${path}.partial`, `${path}.data.partial`];
  // By their types: elements may be read from a file whenever they are asked for.
  const sizes = leavesOf(graph).map(({ source, dtype, shape }) =>
    source.kind === 'constant' && dtype !== 'string' ? DTYPES[dtype].bytes * (sizeOf(shape) as number) : 0,
  );
  const split = sizes.reduce((a, b) => a + b, 0) > limit;
  try {
    if (!split) {
      writeFileSync(model, writeOnnx(graph, metadata));
    } else {
      const file = openSync(data, 'w');
      try {
        const external = appendTo(file, `${basename(path)}.data`);
        writeFileSync(model, writeOnnx(graph, metadata, { external }));
      } finally {
        closeSync(file);
      }
      // A model that stood here before must not be seen with the weights of this one.
      rmSync(path, { force: true });
      renameSync(data, `${path}.data`);
    }
    renameSync(model, path);
  } catch (error) {
    // Of the file system: the disk is full, the folder is not there or not ours.
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    throw new ModelFileError({
      en: `"${path}" cannot be written: ${error.message}`,
      zh: `无法写入 "${path}"：${error.message}`,
    });
  } finally {
    rmSync(model, { force: true });
    rmSync(data, { force: true });
  }
  if (!split) rmSync(`${path}.data`, { force: true });
}

/** Appends blobs to a file. */
function appendTo(file: number, location: string) {
  let end = 0;
  return (bytes: Uint8Array) => {
    if (bytes.byteLength < SMALL) return undefined;
    const offset = Math.ceil(end / PAGE) * PAGE;
    for (let done = 0; done < bytes.byteLength; ) {
      done += writeSync(file, bytes, done, Math.min(bytes.byteLength - done, CHUNK), offset + done);
    }
    end = offset + bytes.byteLength;
    return { location, offset: String(offset), length: String(bytes.byteLength) };
  };
}

/** The operating system moves less than 2 GB at once. */
const CHUNK = 2 ** 30;

/** Reads places of files within `folder`; `files` collects those it opened. */
function within(folder: string, files: Map<string, number>): ExternalData {
  return ({ location, offset, length }) => {
    const file = files.get(location) ?? opened(folder, location);
    files.set(location, file);
    const { size } = fstatSync(file);
    const count = length ?? size - offset;
    if (count < 0 || offset + count > size) {
      throw new ModelFileError({
        en: `its data is ${count} bytes from ${offset} of "${location}", which has ${size} bytes`,
        zh: `其数据为 "${location}" 中从 ${offset} 起的 ${count} 字节，而该文件只有 ${size} 字节`,
      });
    }
    const bytes = new Uint8Array(count);
    for (let done = 0; done < count; ) {
      const got = readSync(file, bytes, done, Math.min(count - done, CHUNK), offset + done);
      if (got === 0) {
        throw new ModelFileError({
          en: `"${location}" ended while it was read`,
          zh: `读取 "${location}" 时文件提前结束`,
        });
      }
      done += got;
    }
    return bytes;
  };
}

function opened(folder: string, location: string): number {
  const parts = location.split(/[/\\]/);
  if (parts.includes('..') || parts[0] === '' || /^[a-z]:/i.test(location) || location.includes('\0')) {
    throw new ModelFileError({
      en: `its data is in ${JSON.stringify(location)}; expected a file within the folder of the model`,
      zh: `其数据位于 ${JSON.stringify(location)}；应为模型所在文件夹内的文件`,
    });
  }
  const what = {
    en: `its data is in "${location}", which cannot be read`,
    zh: `其数据位于 "${location}"，无法读取`,
  };
  return named(what, () => {
    const [home, path] = [realpathSync(folder), realpathSync(join(folder, ...parts))];
    if (!path.startsWith(home.endsWith(sep) ? home : home + sep)) {
      throw new ModelFileError({
        en: `its data is in "${location}", a link out of the folder of the model`,
        zh: `其数据位于 "${location}"，而该链接指向模型文件夹之外`,
      });
    }
    if (!statSync(path).isFile()) {
      throw new ModelFileError({
        en: `its data is in "${location}", which is no file`,
        zh: `其数据位于 "${location}"，但它不是文件`,
      });
    }
    return openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  });
}

/** Turns errors of the file system into those of model files. */
function named<T>(what: Localized, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof ModelFileError) throw error;
    const { message } = error as Error;
    throw new ModelFileError({ en: `${what.en}: ${message}`, zh: `${what.zh}：${message}` });
  }
}
