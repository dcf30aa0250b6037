/** The objects of a bucket whose keys begin alike (ListObjectsV2), page by page. */
import { UserError } from '@gradus/base';
import { parseXml } from '../xml.ts';
import { type S3Address, s3Url } from './address.ts';
import { connectionError } from './errors.ts';
import { MOST_ATTEMPTS, pause, type S3Client, S3FailureError, type S3Request } from './requests.ts';

export interface S3Object {
  readonly key: string;
  readonly size: number;
  readonly etag: string;
}

/** Bytes of a page; a thousand keys of the longest take two million. */
const LARGEST_PAGE = 16 * 2 ** 20;

/**
 * @param prefix `key` is what keys begin with.
 * @throws UserError that says what is wrong
 */
export async function* listObjects(
  client: S3Client,
  prefix: S3Address,
  signal?: AbortSignal,
): AsyncGenerator<readonly S3Object[]> {
  const at = { bucket: prefix.bucket, key: '' };
  const tokens = new Set<string>();
  for (let token: string | undefined; ; ) {
    const query = {
      'list-type': '2',
      'encoding-type': 'url',
      prefix: prefix.key,
      ...(token !== undefined && { 'continuation-token': token }),
    };
    const page = await requested(client, at, { query, signal }, prefix);
    yield page.objects;
    token = page.next;
    if (token === undefined) return;
    if (tokens.has(token)) throw noListing(prefix, 'it lists the same page again');
    tokens.add(token);
  }
}

/** Requests a page, again where the connection breaks. */
async function requested(
  client: S3Client,
  at: S3Address,
  request: S3Request,
  prefix: S3Address,
): Promise<Page> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await pageOf(await client.get(at, request), prefix);
    } catch (error) {
      request.signal?.throwIfAborted();
      if (error instanceof UserError || error instanceof S3FailureError) throw client.explain(error, prefix);
      if (attempt === MOST_ATTEMPTS) throw connectionError(error, prefix, client.settings);
      await pause(attempt, request.signal);
    }
  }
}

interface Page {
  readonly objects: readonly S3Object[];
  readonly next?: string;
}

async function pageOf(body: AsyncIterable<Buffer>, prefix: S3Address): Promise<Page> {
  const entries: Record<string, string>[] = [];
  const fields: Record<string, string> = {};
  let root: string | undefined;
  let entry: Record<string, string> | undefined;
  const handlers = {
    open(tag: string) {
      root ??= tag;
      if (tag === 'Contents') entry = {};
    },
    close(tag: string, text: string) {
      if (tag === 'Contents') {
        entries.push(entry!);
        entry = undefined;
      } else (entry ?? fields)[tag] = text;
    },
  };
  for await (const _ of parseXml(limited(body, prefix), handlers, s3Url(prefix)));
  if (root !== 'ListBucketResult') throw noListing(prefix, `it begins with <${root}>`);
  const decode = fields.EncodingType === 'url' ? decoded : (key: string) => key;
  const objects = entries.map(({ Key, Size, ETag = '' }) => {
    const size = Number(Size);
    if (Key === undefined || !Number.isSafeInteger(size) || size < 0)
      throw noListing(prefix, 'an object has no key or no size');
    return { key: decode(Key), size, etag: ETag };
  });
  if (fields.IsTruncated !== 'true') return { objects };
  const next = fields.NextContinuationToken;
  if (next === undefined || next === '') throw noListing(prefix, 'it has more pages and names no next one');
  return { objects, next };
}

async function* limited(body: AsyncIterable<Buffer>, prefix: S3Address): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > LARGEST_PAGE) throw noListing(prefix, `a page has over ${LARGEST_PAGE} bytes`);
    yield chunk;
  }
}

function decoded(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    return key;
  }
}

const noListing = (at: S3Address, why: string): UserError =>
  new UserError({
    en: `${s3Url(at)}: the server's answer is no list of objects (${why}). Does AWS_ENDPOINT_URL name an S3 server?`,
    zh: `${s3Url(at)}：服务器返回的不是对象列表（${why}）。AWS_ENDPOINT_URL 指向的是 S3 服务器吗？`,
  });
