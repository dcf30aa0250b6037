/** The weights of a folder of Hugging Face: `model.safetensors`, or several files that `model.safetensors.index.json` lists. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError } from '@gradus/base';
import {
  ModelFileError,
  type SafetensorsPlace,
  safetensorsElements,
  safetensorsHead,
  safetensorsPlaces,
} from '@gradus/engine';
import { z } from 'zod';
import { readJson } from '../json.ts';
import { floatsOfBfloats, floatsOfHalves } from './half.ts';
import { RangedFile } from './ranged-file.ts';
import type { Weights } from './weights.ts';

/** model.safetensors.index.json */
export const INDEX = z.object({ weight_map: z.record(z.string(), z.string()) });
const FLOATS = ['F64', 'F32', 'F16', 'BF16'];

/** @throws UserError where there are no weights, or a file is not what it says */
export function safetensorsFolder(folder: string): Weights {
  const single = join(folder, 'model.safetensors');
  if (existsSync(single)) return safetensorsFiles(folder, [single]);
  const index = join(folder, 'model.safetensors.index.json');
  if (!existsSync(index)) {
    const pickled = existsSync(join(folder, 'pytorch_model.bin'));
    throw new UserError({
      en: `${folder} has no model.safetensors${pickled ? ': pytorch_model.bin is a program as well as data, and is not opened. Save the model anew with safe_serialization=True' : ''}`,
      zh: `${folder} 中没有 model.safetensors${pickled ? '：pytorch_model.bin 可含可执行内容，不予打开。请用 safe_serialization=True 重新保存模型' : ''}`,
    });
  }
  return safetensorsFiles(
    folder,
    weightFiles(index, readJson(index, INDEX)).map((file) => join(dirname(index), file)),
  );
}

/** The files that an index lists. @throws UserError where one does not lie beside it */
export function weightFiles(index: string, { weight_map: map }: z.output<typeof INDEX>): readonly string[] {
  const files = [...new Set(Object.values(map))];
  const outside = files.find((file) => !/^[^/\\]+\.safetensors$/.test(file));
  if (outside === undefined) return files;
  throw new UserError({
    en: `${index} names "${outside}"; expected .safetensors files beside it`,
    zh: `${index} 指向“${outside}”；应为同一文件夹内的 .safetensors 文件`,
  });
}

/** The tensors of several files as one set of weights. */
export function safetensorsFiles(path: string, files: readonly string[]): Weights {
  const opened: RangedFile[] = [];
  try {
    for (const name of files) opened.push(new RangedFile(name));
    return safetensorsWeights(path, opened);
  } catch (error) {
    for (const file of opened) file.close();
    throw error;
  }
}

/** Bytes that are read by stretches: of a file, or in memory. */
export type Ranges = Pick<RangedFile, 'path' | 'size' | 'read' | 'close'>;

/** @throws UserError where one is not what it says */
export function safetensorsWeights(path: string, files: readonly Ranges[]): Weights {
  const places = new Map<string, { file: Ranges; place: SafetensorsPlace }>();
  for (const file of files) for (const place of placesOf(file)) places.set(place.name, { file, place });
  return {
    path,
    shapes: new Map([...places].map(([name, { place }]) => [name, place.dims])),
    read(name) {
      const found = places.get(name);
      if (!found)
        throw new UserError({ en: `${path}: weight "${name}" is missing`, zh: `${path}：缺少权重“${name}”` });
      const { file, place } = found;
      if (!FLOATS.includes(place.type))
        throw new UserError({
          en: `${file.path}: weight "${name}" is of type ${place.type}; expected ${FLOATS.join(', ')}`,
          zh: `${file.path}：权重“${name}”的类型为 ${place.type}；应为 ${FLOATS.join('、')} 之一`,
        });
      return floats(file.read(place.from, place.to), place.type);
    },
    close: () => {
      for (const file of files) file.close();
    },
  };
}

function placesOf(file: Ranges): readonly SafetensorsPlace[] {
  try {
    const end = safetensorsHead(file.read(0, Math.min(8, file.size)), file.size);
    return safetensorsPlaces(file.read(0, end), file.size);
  } catch (error) {
    if (!(error instanceof ModelFileError)) throw error;
    throw error.within({ en: file.path, zh: file.path });
  }
}

function floats(bytes: Uint8Array<ArrayBuffer>, type: string): Float32Array<ArrayBuffer> {
  if (type === 'BF16') return floatsOfBfloats(new Uint16Array(bytes.buffer));
  if (type === 'F16') return floatsOfHalves(new Uint16Array(bytes.buffer));
  if (type === 'F32') return new Float32Array(bytes.buffer);
  return Float32Array.from(safetensorsElements(bytes, type) as Float64Array);
}
