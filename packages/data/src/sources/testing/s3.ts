/**
 * A small S3 server of the test's own: it checks signatures by its own reading of Signature Version 4
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html), lists in pages, sends ranges, and breaks in
 * the ways that a test wants.
 */
import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface TestS3 extends AsyncDisposable {
  readonly url: string;
  /** By `bucket/key`. */
  readonly objects: Map<string, Buffer>;
  /** Requests so far: method and what came after the host. */
  readonly requests: string[];
  /** Handles a request in the server's place; returns whether it did. */
  fault: ((request: IncomingMessage, response: ServerResponse, count: number) => boolean) | undefined;
}

export interface TestS3Options {
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
  readonly sessionToken?: string;
  readonly pageSize?: number;
  /** Buckets that anybody may read. */
  readonly open?: readonly string[];
  /** Milliseconds by which its clock is ahead. */
  readonly ahead?: number;
}

const SKEW = 15 * 60_000;

export async function startS3(options: TestS3Options = {}): Promise<TestS3> {
  const objects = new Map<string, Buffer>();
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    if (test.fault?.(request, response, requests.length)) return;
    answer(request, response, objects, options);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const test: TestS3 = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects,
    requests,
    fault: undefined,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return test;
}

export function fail(response: ServerResponse, status: number, code: string, more = ''): true {
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(
    `<?xml version="1.0"?><Error><Code>${code}</Code><Message>It is said.</Message>${more}</Error>`,
  );
  return true;
}

export const etagOf = (body: Buffer): string => `"${createHash('md5').update(body).digest('hex')}"`;

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  objects: ReadonlyMap<string, Buffer>,
  options: TestS3Options,
): unknown {
  const url = new URL(request.url!, 'http://host');
  const [bucket = '', ...rest] = url.pathname.slice(1).split('/').map(decodeURIComponent);
  const key = rest.join('/');
  const refused = options.open?.includes(bucket) ? undefined : problemOf(request, options);
  response.setHeader('date', new Date(Date.now() + (options.ahead ?? 0)).toUTCString());
  if (refused) return fail(response, 403, refused);
  const names = [...objects.keys()].filter((name) => name.startsWith(`${bucket}/`)).sort();
  if (names.length === 0) return fail(response, 404, 'NoSuchBucket');
  if (key === '') return list(url, response, names, bucket, objects, options);
  const body = objects.get(`${bucket}/${key}`);
  if (!body) return fail(response, 404, 'NoSuchKey');
  const etag = etagOf(body);
  const wanted = request.headers['if-match'];
  if (wanted !== undefined && wanted !== etag) return fail(response, 412, 'PreconditionFailed');
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  if (from > 0) response.setHeader('content-range', `bytes ${from}-${body.length - 1}/${body.length}`);
  response.writeHead(from > 0 ? 206 : 200, { etag, 'content-length': body.length - from });
  return response.end(body.subarray(from));
}

function list(
  url: URL,
  response: ServerResponse,
  names: readonly string[],
  bucket: string,
  objects: ReadonlyMap<string, Buffer>,
  { pageSize = 1000 }: TestS3Options,
): void {
  const prefix = url.searchParams.get('prefix') ?? '';
  const after = url.searchParams.get('continuation-token') ?? '';
  const keys = names.map((name) => name.slice(bucket.length + 1)).filter((key) => key.startsWith(prefix));
  const left = keys.filter((key) => `t/${key}` > after);
  const page = left.slice(0, pageSize);
  const isTruncated = left.length > page.length;
  const contents = page.map((key) => {
    const body = objects.get(`${bucket}/${key}`)!;
    const written = encodeURIComponent(key).replaceAll('%2F', '/').replaceAll('%20', '+');
    return `<Contents><Key>${written}</Key><ETag>${etagOf(body).replaceAll('"', '&quot;')}</ETag><Size>${body.length}</Size><Owner><ID>1</ID></Owner></Contents>`;
  });
  const next = isTruncated
    ? `<NextContinuationToken>${`t/${page.at(-1)}`.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</NextContinuationToken>`
    : '';
  response.writeHead(200, { 'content-type': 'application/xml' });
  response.end(
    `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IsTruncated>${isTruncated}</IsTruncated>${contents.join('')}${next}<EncodingType>url</EncodingType></ListBucketResult>`,
  );
}

/** @returns the code of an error, where the request is not signed as it should be */
function problemOf(
  { method, url, headers }: IncomingMessage,
  { accessKeyId = 'KEY', secretAccessKey = 'SECRET', sessionToken, ahead = 0 }: TestS3Options,
): string | undefined {
  const parsed =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
      headers.authorization ?? '',
    );
  if (!parsed) return 'AccessDenied';
  const [, id, day, region, signedHeaders, signature] = parsed as unknown as string[];
  if (id !== accessKeyId) return 'InvalidAccessKeyId';
  if (headers['x-amz-security-token'] !== sessionToken) return 'InvalidToken';
  const time = String(headers['x-amz-date']);
  const iso = time.replace(/^(\d{4})(\d\d)(\d\dT\d\d)(\d\d)(\d\dZ)$/, '$1-$2-$3:$4:$5');
  if (!(Math.abs(Date.now() + ahead - Date.parse(iso)) < SKEW)) return 'RequestTimeTooSkewed';
  const [path = '', query = ''] = url!.split('?');
  const canonical = [
    method,
    path.split('/').map(decodeURIComponent).map(rfc3986).join('/'),
    query
      .split('&')
      .filter(Boolean)
      .map((pair) => pair.split('=').map(decodeURIComponent).map(rfc3986).join('='))
      .sort()
      .join('&'),
    ...signedHeaders!.split(';').map((name) => `${name}:${String(headers[name]).trim()}`),
    '',
    signedHeaders,
    headers['x-amz-content-sha256'],
  ].join('\n');
  const scope = `${day}/${region}/s3/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', time, scope, createHash('sha256').update(canonical).digest('hex')].join(
    '\n',
  );
  const key = [day!, region!, 's3', 'aws4_request'].reduce<Buffer>(
    (key, part) => hmac(key, part),
    Buffer.from(`AWS4${secretAccessKey}`),
  );
  return hmac(key, text).toString('hex') === signature ? undefined : 'SignatureDoesNotMatch';
}

const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

const rfc3986 = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
