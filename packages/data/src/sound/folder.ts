/** Folders of sounds: one sub-folder per class, or a table of names and labels. Other files are set aside, with place and reason. */
import { lstatSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { type Localized, UserError } from '@gradus/base';
import { reasonOf as fileReason } from '../files.ts';
import { readEveryRow } from '../sources/stream.ts';
import { type DecodeLimits, SoundDecoder } from './decode.ts';
import { resample } from './resample.ts';
import { mono, type Sound } from './sound.ts';

export interface Sounds {
  readonly sounds: readonly Sound[];
  /** The class of each, an index into `classes`. */
  readonly labels: Uint16Array;
  readonly classes: readonly string[];
  /** Of each sound. */
  readonly files: readonly string[];
  /** Files and rows that gave no sound, and why. */
  readonly setAside: readonly { readonly place: string; readonly reason: Localized }[];
}

export interface SoundsOptions extends DecodeLimits {
  /** Samples a second that all are brought to. Default: each keeps its own. */
  readonly rate?: number;
  /** Default `'mono'`: the mean of a file's channels. */
  readonly channels?: 'mono' | 'all';
  /** Bytes of the largest file that is read. Default 256 MiB. */
  readonly maxBytes?: number;
  /** Gets how many of all files are done. */
  progress?(done: number, all: number): void;
}

export interface SoundTableOptions extends SoundsOptions {
  /** The column of file names, relative to the table's folder. */
  readonly file: string;
  /** The column of labels. */
  readonly label: string;
}

interface SoundEntry {
  /** As errors name it: a path, or a row of the table. */
  readonly place: string;
  readonly path: string;
  readonly label: string;
}

const SUFFIX = /\.(?:wav|flac|ogg|oga|opus|mp3)$/i;
const MOST_CLASSES = 65_536;
const MOST_THREADS = 4;

/** @throws UserError where the folder holds no class with a sound in it */
export async function readSoundFolder(folder: string, options: SoundsOptions = {}): Promise<Sounds> {
  const classes = entriesOf(folder)
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
  const entries = classes.flatMap((label) =>
    entriesOf(join(folder, label))
      .map(({ name }) => name)
      .filter((name) => SUFFIX.test(name))
      .sort()
      .map((name) => join(folder, label, name))
      .map((path) => ({ place: path, path, label })),
  );
  if (entries.length === 0) {
    throw new UserError({
      en: `${folder}: holds no sounds; expected one folder a class with WAV, FLAC, OGG, Opus or MP3 files`,
      zh: `${folder}：没有声音；每个类别应为一个文件夹，内含 WAV、FLAC、OGG、Opus 或 MP3 文件`,
    });
  }
  return read(entries, classes, folder, [], options);
}

/**
 * @param path of a CSV or TSV file with a row for each sound, at most a million
 * @throws UserError where the table cannot be read or lacks a column
 */
export async function readSoundTable(path: string, options: SoundTableOptions): Promise<Sounds> {
  const table = await readEveryRow(path);
  const [file, label] = [options.file, options.label].map((column) => {
    const at = table.columns.indexOf(column);
    if (at !== -1) return at;
    throw new UserError({
      en: `${path}: has no column "${column}"; its columns are ${table.columns.map((name) => `"${name}"`).join(', ')}`,
      zh: `${path}：没有列“${column}”；已有的列：${table.columns.map((name) => `“${name}”`).join('、')}`,
    });
  }) as [number, number];
  const setAside: { place: string; reason: Localized }[] = [];
  const entries = table.rows.flatMap(({ row, line, cells, reason }) => {
    if (reason !== undefined) {
      setAside.push({ place: `${path}, line ${line}`, reason });
      return [];
    }
    const place = `${path}, row ${row}`;
    const [name = '', ofClass = ''] = [cells[file]?.trim(), cells[label]?.trim()];
    const missing = name === '' ? options.file : ofClass === '' ? options.label : undefined;
    if (missing === undefined) return [{ place, path: join(dirname(path), name), label: ofClass }];
    setAside.push({ place, reason: { en: `"${missing}" is empty`, zh: `“${missing}”为空` } });
    return [];
  });
  const classes = [...new Set(entries.map(({ label }) => label))].sort();
  return read(entries, classes, dirname(path), setAside, options);
}

async function read(
  entries: readonly SoundEntry[],
  classes: readonly string[],
  root: string,
  setAside: readonly { place: string; reason: Localized }[],
  { rate, channels = 'mono', maxBytes = 2 ** 28, progress, ...limits }: SoundsOptions,
): Promise<Sounds> {
  if (classes.length > MOST_CLASSES) {
    throw new UserError({
      en: `${root}: has ${classes.length} classes; expected at most ${MOST_CLASSES}`,
      zh: `${root}：有 ${classes.length} 个类别；最多 ${MOST_CLASSES} 个`,
    });
  }
  const inside = realpathSync(root) + sep;
  const results = new Array<{ sound: Sound } | { reason: Localized }>(entries.length);
  let [next, done] = [0, 0];
  const readOne = async (decoder: SoundDecoder, path: string) => {
    if (!lstatSync(path).isFile())
      throw new UserError({ en: 'a link or a folder, not a file', zh: '是链接或文件夹，不是文件' });
    if (!realpathSync(path).startsWith(inside))
      throw new UserError({ en: `lies outside ${root}`, zh: `位于 ${root} 之外` });
    const { size } = statSync(path);
    if (size > maxBytes)
      throw new UserError({
        en: `has ${size} bytes; expected at most ${maxBytes}`,
        zh: `有 ${size} 字节；最多 ${maxBytes} 字节`,
      });
    const sound = await decoder.decode(readFileSync(path), path);
    const mixed = channels === 'mono' ? mono(sound) : sound;
    return rate === undefined ? mixed : resample(mixed, rate);
  };
  const readSome = async () => {
    using decoder = new SoundDecoder(limits);
    while (next < entries.length) {
      const at = next++;
      try {
        results[at] = { sound: await readOne(decoder, entries[at]!.path) };
      } catch (error) {
        results[at] = { reason: reasonOf(error, entries[at]!.path) };
      }
      progress?.(++done, entries.length);
    }
  };
  const threads = Math.min(entries.length, availableParallelism(), MOST_THREADS);
  await Promise.all(Array.from({ length: threads }, readSome));
  const good = entries.flatMap((one, i) =>
    'sound' in results[i]! ? [{ ...one, sound: results[i].sound }] : [],
  );
  const numbers = new Map(classes.map((name, i) => [name, i]));
  return {
    sounds: good.map(({ sound }) => sound),
    labels: Uint16Array.from(good, ({ label }) => numbers.get(label)!),
    classes,
    files: good.map(({ path }) => path),
    setAside: [
      ...setAside,
      ...entries.flatMap(({ place }, i) => {
        const result = results[i]!;
        return 'reason' in result ? [{ place, reason: result.reason }] : [];
      }),
    ],
  };
}

/** Why a file could not be read, without its path. */
function reasonOf(error: unknown, path: string): Localized {
  if (error instanceof UserError) {
    const { en, zh } = error.localized;
    return { en: en.replace(`${path}: `, ''), zh: zh.replace(`${path}：`, '') };
  }
  if ((error as NodeJS.ErrnoException).code === undefined) throw error;
  return fileReason(error);
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    throw new UserError({
      en: `${folder}: cannot be read as a folder (${(error as NodeJS.ErrnoException).code}); expected one folder a class`,
      zh: `${folder}：无法作为文件夹读取（${(error as NodeJS.ErrnoException).code}）；每个类别应为一个文件夹`,
    });
  }
}
