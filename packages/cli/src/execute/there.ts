/**
 * Has a server do an operation. Files of this machine that it names are uploaded as datasets first; a job is watched until it
 * ends, and what it wrote is fetched.
 */
import { createHash } from 'node:crypto';
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  openAsBlob,
  readFileSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { UserError } from '@gradus/base';
import { ApiError, Client, Started } from '@gradus/client';
import { fieldsOf, type Operation } from '@gradus/lifecycle';
import { type Progress, terminalProgress } from '@gradus/loop';
import type { Terminal } from '../terminal.ts';
import type { Done, Request } from './request.ts';

const TOKEN_FILE = '.token';

export async function executeThere(request: Request, url: string): Promise<Done> {
  const { operation, terminal, runs, out } = request;
  const { language, signal } = terminal;
  if (!/^https?:\/\//i.test(url)) {
    throw new UserError({
      en: `"${url}" is no address of a server. Expected http://HOST:PORT or https://HOST.`,
      zh: `“${url}”不是服务器地址。应为 http://HOST:PORT 或 https://HOST。`,
    });
  }
  const client = new Client({ url, token: tokenOf(runs), language });
  try {
    // What creates a dataset is an upload itself.
    if (operation.name === 'datasets.create') {
      const { name, source } = request.input as { name: string; source: string };
      return { output: await uploaded(client, source, name, terminal), wrote: '' };
    }
    const input = await withUploads(client, operation, request.input, terminal);
    const { method, ...http } = operation.http;
    const route = { ...http, method: method.toUpperCase(), isJob: operation.job !== undefined };
    const answer = await client.request(route, input, { signal });
    const done =
      answer instanceof Started
        ? await finished(answer, operation, terminal, out)
        : { output: answer, wrote: '' };
    return { ...done, output: withAddresses(done.output, url) };
  } catch (error) {
    if (error instanceof ApiError) throw new UserError(error.message, { cause: error });
    throw error;
  }
}

function tokenOf(runs: string): string | undefined {
  const file = join(runs, TOKEN_FILE);
  return process.env.GRADUS_TOKEN ?? (existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined);
}

/** The input with each file of this machine in place of which the server has a dataset. */
async function withUploads(
  client: Client,
  operation: Operation,
  input: unknown,
  terminal: Terminal,
): Promise<Record<string, unknown>> {
  const whole = { ...(input as Record<string, unknown>) };
  const uploadOf = async (address: string): Promise<string> => {
    const found = statSync(address, { throwIfNoEntry: false });
    if (!found) return address;
    if (!found.isFile()) {
      throw new UserError({
        en: `${address} is a folder, and a server takes files one by one. Pack it into one file, or name data that the server can read.`,
        zh: `${address} 是文件夹，而服务器逐个接收文件。请将其打包为一个文件，或指定服务器可读取的数据。`,
      });
    }
    const dataset = await uploaded(client, address, datasetNameOf(address), terminal);
    return `dataset:${dataset.name}@${dataset.versions.at(-1)!.sha256}`;
  };
  for (const { name, isSource, schema } of fieldsOf(operation.input)) {
    const given = whole[name];
    if (!isSource || given === undefined) continue;
    const each: string[] = [];
    for (const address of [given].flat() as string[])
      each.push(schema.presets?.includes(address) ? address : await uploadOf(address));
    whole[name] = Array.isArray(given) ? each : each[0];
  }
  return whole;
}

/** A dataset's name for a file: what of its own name may be one. */
const datasetNameOf = (path: string): string =>
  basename(path)
    .normalize('NFC')
    .replace(/[^\p{L}\p{M}\p{N}._-]/gu, '-')
    .replace(/^[^\p{L}\p{N}]+/u, '')
    .slice(0, 100) || 'data';

async function uploaded(client: Client, path: string, dataset: string, { language, signal }: Terminal) {
  const progress = terminalProgress(process.stderr, language);
  const report = (done: number, total: number) =>
    progress.update({ step: 'prepare', what: { en: 'uploading', zh: '上传' }, done, total });
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found?.isFile()) {
      throw new UserError({
        en: `There is no file ${path}. Check the path; quote it if it has spaces.`,
        zh: `没有文件 ${path}。请检查路径；含空格时请加引号。`,
      });
    }
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(path, { signal })) hash.update(chunk as Buffer);
    const content = await openAsBlob(path);
    const sha256 = hash.digest('hex');
    return await client.upload({
      dataset,
      file: basename(path),
      content,
      sha256,
      signal,
      onProgress: report,
    });
  } finally {
    progress.end();
  }
}

async function finished(
  started: Started<unknown>,
  operation: Operation,
  { language, signal }: Terminal,
  out: string | undefined,
): Promise<Done> {
  const progress = terminalProgress(process.stderr, language);
  try {
    const { output } = await started.finished({
      signal,
      onProgress: (now) => progress.update(now as Progress),
    });
    const files = operation.job?.files?.(output) ?? [];
    if (files.length === 0) return { output, wrote: '' };
    const places = placesOf(files, out);
    for (const [name, path] of places.files) await fetchFile(started, name, path);
    return {
      output: renamed(output, new Map([...places.files, [places.root, places.wrote]])),
      wrote: places.wrote,
    };
  } finally {
    progress.end();
  }
}

/**
 * Where the files of a job go: the main one takes the name of `--out`, and those beside it what its own name has in front of
 * theirs; a folder goes as a whole.
 */
function placesOf(files: readonly string[], out: string | undefined) {
  const [main] = files as [string];
  const root = main.includes('/') ? main.slice(0, main.indexOf('/')) : main;
  const wrote = out ?? root;
  const placed = files.map((name): [string, string] => [
    name,
    name.startsWith(root) ? wrote + name.slice(root.length) : join(dirname(wrote), name),
  ]);
  return { root, wrote, files: placed };
}

async function fetchFile(started: Started<unknown>, name: string, path: string): Promise<void> {
  const response = await started.file(name);
  mkdirSync(dirname(path), { recursive: true });
  await pipeline(Readable.fromWeb(response.body as never), createWriteStream(path));
}

/** The output, with the names that files have here. */
function renamed(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') return names.get(value) ?? value;
  if (Array.isArray(value)) return value.map((item) => renamed(item, names));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, renamed(item, names)]));
}

/** The output, with addresses of the server in full: people open them. */
function withAddresses(output: unknown, url: string): unknown {
  if (typeof output !== 'object' || output === null || !('report' in output)) return output;
  const { report } = output;
  const isAddress = typeof report === 'string' && report.startsWith('/v1/runs/');
  return isAddress ? { ...output, report: url.replace(/\/+$/, '') + report } : output;
}
