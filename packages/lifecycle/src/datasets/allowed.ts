/**
 * Which data a request may read that came over HTTP: datasets of the workspace; files inside the directory that whoever runs the
 * server named with `--data`; databases and buckets below the addresses that they named with `--allow-sources`. Nothing else: an
 * address that anybody could choose would have the server read its own secrets, or ask its own network (server-side request
 * forgery; OWASP, SSRF Prevention: an allow-list of whole addresses, compared after nothing has been decoded).
 */
import { realpathSync, statSync } from 'node:fs';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { UserError } from '@gradus/base';
import { addressBelow } from './inside.ts';
import { datasetPath, isDatasetAddress } from './store.ts';

export interface AllowedSources {
  /** The directory whose files may be read; undefined: none. */
  readonly data: string | undefined;
  /** `s3://BUCKET/PREFIX/` and `postgres://HOST/DATABASE`; one that ends in `/` stands for what is below it. */
  readonly addresses: readonly string[];
}

/** @returns the address to keep: of a file with the directory that it may not leave. @throws UserError where a request may not read it */
export function allowedSource(runs: string, address: string, { data, addresses }: AllowedSources): string {
  if (isDatasetAddress(address)) return datasetPath(runs, address);
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(address)) {
    if (addresses.some((allowed) => isBelow(address, allowed))) return address;
    const scheme = address.slice(0, address.indexOf(':')).slice(0, 20);
    throw new UserError({
      en: `Requests may not read this ${scheme} address. Whoever runs the server can allow it: --allow-sources.`,
      zh: `请求不能读取此 ${scheme} 地址。服务器的运行者可用 --allow-sources 允许。`,
    });
  }
  return inDataDirectory(data, runs, address);
}

/** What follows an allowed prefix: names and patterns; no way up, no host, user, option or encoding. */
const BELOW = /^[\p{L}\p{N}_.*=,+ /-]*$/u;

function isBelow(address: string, allowed: string): boolean {
  if (address === allowed) return true;
  if (!allowed.endsWith('/') || !address.startsWith(allowed)) return false;
  const rest = address.slice(allowed.length);
  return BELOW.test(rest) && !rest.split('/').includes('..') && !rest.startsWith('/');
}

const ALLOWED = /^(?:s3|postgres|postgresql):\/\/[^\s/]+/i;

/** @throws UserError where what the owner allows is no address */
export function requireAllowedAddresses(addresses: readonly string[]): readonly string[] {
  const wrong = addresses.find((address) => !ALLOWED.test(address));
  if (wrong === undefined) return addresses;
  throw new UserError({
    en: `"${wrong}" cannot be allowed as a source. Expected s3://BUCKET/PREFIX/ or postgres://HOST/DATABASE.`,
    zh: `“${wrong}”不能作为允许的数据源。应为 s3://BUCKET/PREFIX/ 或 postgres://HOST/DATABASE。`,
  });
}

/**
 * No address of a database, no pattern, no link out of it, nothing hidden, and nothing of the runs, among which the server's
 * own secrets are.
 */
function inDataDirectory(data: string | undefined, runs: string, requested: string): string {
  if (data === undefined) {
    throw new UserError({
      en: 'This server reads no files for jobs. Start it with --data DIRECTORY, and jobs may read what is in there; or upload the file as a dataset, and name it dataset:NAME.',
      zh: '此服务器不为任务读取文件。用 --data DIRECTORY 启动后，任务可读取其中的文件；也可将文件上传为数据集，并以 dataset:NAME 引用。',
    });
  }
  const refused = new UserError({
    en: `There is no file "${requested.slice(0, 200)}" that jobs may read. Expected the path of a file inside the directory of --data.`,
    zh: `没有任务可读取的文件“${requested.slice(0, 200)}”。应为 --data 目录内某个文件的路径。`,
  });
  if (requested.includes('\0')) throw refused;
  let path: string;
  let root: string;
  try {
    root = realpathSync(data);
    path = realpathSync(resolve(root, requested));
    if (!statSync(path).isFile()) throw refused;
  } catch {
    throw refused;
  }
  const inside = relative(root, path);
  const hidden = inside.split(sep).some((name) => name.startsWith('.'));
  if (inside === '' || isAbsolute(inside) || hidden || isWithin(runs, path)) throw refused;
  return addressBelow(root, path);
}

function isWithin(directory: string, path: string): boolean {
  const inside = relative(realpathSync(directory), path);
  return !isAbsolute(inside) && inside.split(sep)[0] !== '..';
}
