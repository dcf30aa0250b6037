import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { UserError } from '@gradus/base';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { profileTable, readTable, redactFile, resolveSource, streamTable } from '../index.ts';
import { copyFromS3 } from './s3/copy.ts';
import { listObjects } from './s3/list.ts';
import { requestUrl, S3Client, signed } from './s3/requests.ts';
import { s3Settings } from './s3/settings.ts';
import { fail, startS3, type TestS3, type TestS3Options } from './testing/s3.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gradus-s3-test-'));
  // Ours is the only temporary folder, so that what is left in it is seen.
  vi.stubEnv('TMPDIR', folder);
  for (const name of ['AWS_ENDPOINT_URL_S3', 'AWS_SESSION_TOKEN', 'AWS_DEFAULT_REGION', 'AWS_REGION'])
    vi.stubEnv(name, undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const CSV = 'id,review\n1,good\n2,很好\n';
const ROWS = [
  ['1', 'good'],
  ['2', '很好'],
];

async function server(options: TestS3Options = {}): Promise<TestS3> {
  const started = await startS3(options);
  vi.stubEnv('AWS_ENDPOINT_URL', started.url);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'KEY');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'SECRET');
  return started;
}

const put = (s3: TestS3, name: string, body: string | Buffer): unknown =>
  s3.objects.set(name, Buffer.from(body));

describe('signatures', () => {
  const credentials = {
    accessKeyId: 'AKIDEXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  };
  const time = new Date(Date.UTC(2024, 2, 5, 6, 7, 8));
  const signature = async (url: URL, sessionToken?: string) => {
    const who = { ...credentials, ...(sessionToken !== undefined && { sessionToken }) };
    const headers = await signed(url, {}, { region: 'eu-west-1', credentials: who }, time);
    return /Signature=(\w+)/.exec(headers.authorization!)![1];
  };

  it('are those of botocore 1.29, whatever a key holds', async () => {
    const amazon = { region: 'eu-west-1' };
    expect(await signature(requestUrl({ bucket: 'bucket', key: 'a.csv' }, amazon, true))).toBe(
      'd5fb776a441bf122d14894ad9cf0db8bff08429c888e658c80b6ad497b169dfc',
    );
    const own = { region: 'eu-west-1', endpoint: new URL('http://127.0.0.1:9000') };
    const odd = requestUrl({ bucket: 'bucket', key: "exports/评论 (1)+b'*!~.csv" }, own, false);
    expect(await signature(odd)).toBe('f94cb94fd2e77455a2ce6fdbb04258ab00a5d2e791a56297e33a799d900ed063');
    const listing = new URL(
      'http://127.0.0.1:9000/bucket?list-type=2&prefix=a%20b%2F%E8%AF%84%2B%E8%AE%BA&encoding-type=url&continuation-token=1%2Fx%3D%3D',
    );
    expect(await signature(listing, 'TOKEN//+x=')).toBe(
      'a1060a886f9c9e72e791fb805c9bf2cdd995f4e5a09972fa859de36e5cf5d1e8',
    );
  });

  it('go to the bucket’s own host at Amazon, in China too, and to the path elsewhere', () => {
    const at = { bucket: 'shop', key: 'a/b.csv' };
    expect(requestUrl(at, { region: 'eu-west-1' }, true).href).toBe(
      'https://shop.s3.eu-west-1.amazonaws.com/a/b.csv',
    );
    expect(requestUrl(at, { region: 'cn-north-1' }, true).hostname).toBe(
      'shop.s3.cn-north-1.amazonaws.com.cn',
    );
    expect(requestUrl({ ...at, bucket: 'shop.example' }, { region: 'eu-west-1' }, true).href).toBe(
      'https://s3.eu-west-1.amazonaws.com/shop.example/a/b.csv',
    );
    const endpoint = new URL('http://minio:9000/base/');
    expect(requestUrl(at, { region: 'x', endpoint }, false).href).toBe('http://minio:9000/base/shop/a/b.csv');
    expect(() => requestUrl({ ...at, key: 'a/../b' }, { region: 'x', endpoint }, false)).toThrow(UserError);
  });
});

describe('tables on S3', () => {
  it('are read as files of their names, one or many, and leave nothing behind', async () => {
    await using s3 = await server({ pageSize: 2 });
    put(s3, 'shop/reviews (1)+é.csv', CSV);
    put(s3, 'shop/packed.csv', gzipSync(CSV));
    put(s3, 'shop/exports/a.csv', CSV);
    put(s3, 'shop/exports/deep/b.jsonl', '{"id":3,"review":"fine"}\n');
    put(s3, 'shop/exports/.hidden.csv', CSV);
    put(s3, 'shop/exports/notes.md', 'about');
    put(s3, 'shop/exports/empty/', '');
    put(s3, 'shop/exports2/c.csv', CSV);
    expect(await readTable('s3://shop/reviews (1)+é.csv')).toMatchObject({ format: 'csv', rows: ROWS });
    expect((await readTable('s3://shop/packed.csv')).rows).toEqual(ROWS);
    for (const address of ['s3://shop/exports/', 's3://shop/exports']) {
      const table = await readTable(address);
      expect(table.rows).toEqual([
        ['a.csv', '1', 'good'],
        ['a.csv', '2', '很好'],
        ['deep/b.jsonl', '3', 'fine'],
      ]);
      expect(table.setAside.files).toMatchObject([{ file: 'notes.md' }]);
    }
    expect((await readTable('s3://shop/exports*/[ac].csv')).rows.map(([file]) => file)).toEqual([
      'exports/a.csv',
      'exports/a.csv',
      'exports2/c.csv',
      'exports2/c.csv',
    ]);
    const streamed = [];
    for await (const { rows } of streamTable('s3://shop/exports/a.csv')) streamed.push(...rows);
    expect(streamed.map(({ cells }) => cells)).toEqual(ROWS);
    expect((await profileTable('s3://shop/exports/a.csv')).rows.count).toBe(2);
    await redactFile('s3://shop/exports/a.csv', join(folder, 'out.csv'));
    expect(readFileSync(join(folder, 'out.csv'), 'utf8')).toContain('很好');
    expect(readdirSync(folder)).toEqual(['out.csv']);
  });

  it('may have # and wildcards in their keys; # otherwise names a sheet or table', async () => {
    await using s3 = await server();
    put(s3, 'shop/a#1.csv', CSV);
    put(s3, 'shop/b[1].csv', CSV);
    expect((await readTable('s3://shop/a#1.csv')).rows).toEqual(ROWS);
    expect((await readTable('s3://shop/b[1].csv')).rows).toEqual(ROWS);
    await expect(readTable('s3://shop/b[1].csv#Sheet1')).rejects.toThrow(/no sheets or tables.*#Sheet1/);
  });

  it('of hostile keys are left out with the reason', async () => {
    await using s3 = await server();
    const hostile = ['../up.csv', 'a/../../b.csv', './c.csv', 'x//y.csv', 'back\\slash.csv', 'line\nend.csv'];
    for (const key of [...hostile, 'clash', 'clash/in.csv', `${'n'.repeat(250)}.csv`, 'good.csv'])
      put(s3, `shop/in/${key}`, CSV);
    const table = await readTable('s3://shop/in/');
    expect(new Set(table.rows.map(([file]) => file))).toEqual(new Set(['clash/in.csv', 'good.csv']));
    const leftOut = Object.fromEntries(table.setAside.files!.map(({ file, reason }) => [file, reason.en]));
    for (const key of hostile) expect(leftOut[key]).toMatch(/cannot be the name of a file/);
    expect(leftOut.clash).toMatch(/same name/);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('a broken or slow server', () => {
  const LARGE = `id,review\n${'1,good\n'.repeat(200_000)}`;

  it('is resumed where it broke off, for the same version', async () => {
    await using s3 = await server();
    put(s3, 'shop/large.csv', LARGE);
    const ranges: unknown[] = [];
    s3.fault = (request, response) => {
      ranges.push([request.headers.range, request.headers['if-match'] !== undefined]);
      if (ranges.length > 3) return false;
      const from = Number(/\d+/.exec(request.headers.range ?? '')?.[0] ?? 0);
      const body = Buffer.from(LARGE);
      const { etag } = { etag: '"v1"' };
      if (from > 0) response.setHeader('content-range', `bytes ${from}-${body.length - 1}/${body.length}`);
      response.writeHead(from > 0 ? 206 : 200, { etag, 'content-length': body.length - from });
      response.write(body.subarray(from, from + 400_000), () => setTimeout(() => response.destroy(), 50));
      return true;
    };
    // The fourth answer is of the version that the test server has.
    await expect(readTable('s3://shop/large.csv')).rejects.toThrow(/changed while it was being downloaded/);
    expect(ranges.length).toBe(4);
    expect(ranges[0]).toEqual([undefined, false]);
    expect(ranges[3]).toEqual([expect.stringMatching(/^bytes=\d{6,}-$/), true]);

    let count = 0;
    s3.fault = (request, response) => {
      if (request.headers.range !== undefined || count++ > 0) return false;
      const body = Buffer.from(LARGE);
      response.writeHead(200, { 'content-length': body.length });
      response.write(body.subarray(0, 300_000), () => setTimeout(() => response.destroy(), 50));
      return true;
    };
    expect((await readTable('s3://shop/large.csv', { maxRows: 10 })).rowsRead).toBe(200_000);
  });

  it('gets further attempts while it is busy, and then an error', async () => {
    await using s3 = await server();
    put(s3, 'shop/a.csv', CSV);
    s3.fault = (_, response, count) => count <= 2 && fail(response, 503, 'SlowDown');
    expect((await readTable('s3://shop/a.csv')).rows).toEqual(ROWS);
    s3.requests.length = 0;
    s3.fault = (_, response) => fail(response, 500, 'InternalError');
    await expect(readTable('s3://shop/a.csv')).rejects.toThrow(/InternalError: It is said.*Try again later/);
    expect(s3.requests.length).toBe(5);
  }, 60_000);

  it('that is silent, or breaks off at once, is named', async () => {
    await using s3 = await server();
    s3.fault = () => true;
    const at = { bucket: 'shop', key: 'a.csv' };
    const client = new S3Client(s3Settings(), 50);
    await expect(client.get(at)).rejects.toThrow(/cannot be reached, or broke off \(no answer for 0.05/);
    client.close();
    s3.fault = (request) => Boolean(request.destroy());
    await expect(readTable('s3://shop/a.csv')).rejects.toThrow(/s3:\/\/shop\/a\.csv: 127\.0\.0\.1.*reached/);
    vi.stubEnv('AWS_ENDPOINT_URL', 'http://no-such-host.invalid');
    await expect(readTable('s3://shop/a.csv')).rejects.toThrow(/no-such-host\.invalid cannot be reached/);
  }, 60_000);

  it.each([
    ['no length', 'transfer-encoding: chunked', /does not say how long/],
    ['too much', `content-length: ${2 ** 40}`, /larger than 64 GiB/],
    ['another range', `content-length: 9\r\ncontent-range: bytes 5-9/10`, /another range came/],
  ])('that sends %s is refused', async (_, header, message) => {
    await using s3 = await server();
    const status = header.includes('range') ? 206 : 200;
    s3.fault = (_, { socket }) => socket!.write(`HTTP/1.1 ${status} OK\r\n${header}\r\n\r\n`);
    await expect(readTable('s3://shop/a.csv')).rejects.toThrow(message);
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    ['a page of HTML', '<html><body>Welcome<br/></body></html>', /no list of objects.*<html>/],
    ['no XML', 'hello', /damaged/],
    ['an entity bomb', '<!DOCTYPE x [<!ENTITY a "aa">]><ListBucketResult>&a;</ListBucketResult>', /damaged/],
    [
      'no next page',
      '<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>',
      /names no next one/,
    ],
    [
      'the same page again',
      '<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>x</NextContinuationToken></ListBucketResult>',
      /the same page again/,
    ],
    [
      'an object without size',
      '<ListBucketResult><Contents><Key>a</Key></Contents></ListBucketResult>',
      /no key or no size/,
    ],
    ['a page without end', `<ListBucketResult>${' '.repeat(17 * 2 ** 20)}`, /over 16777216 bytes/],
  ])('that lists %s is refused', async (_, body, message) => {
    await using s3 = await server();
    s3.fault = (_, response) => Boolean(response.end(body));
    await expect(readTable('s3://shop/in/')).rejects.toThrow(message);
  });

  it('is dropped at once on Ctrl-C, and nothing of the copy stays', async () => {
    await using s3 = await server();
    put(s3, 'shop/large.csv', LARGE);
    s3.fault = (_, response) => {
      response.writeHead(200, { 'content-length': 1e6 });
      response.write('id,review\n');
      return true;
    };
    const abort = new AbortController();
    const reading = readTable('s3://shop/large.csv', {
      signal: abort.signal,
      onProgress: () => abort.abort(new Error('Ctrl-C')),
    });
    await expect(reading).rejects.toThrow('Ctrl-C');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('may hold a hundred thousand objects: too many are refused while they are listed', async () => {
    await using s3 = await server();
    for (let i = 0; i < 2500; i++) put(s3, `shop/in/${i}.csv`, CSV);
    const client = new S3Client(s3Settings());
    let listed = 0;
    for await (const page of listObjects(client, { bucket: 'shop', key: 'in/' })) listed += page.length;
    client.close();
    expect(listed).toBe(2500);
    await expect(copyFromS3('s3://shop/in/', folder, { most: 1500 })).rejects.toThrow(/over 1500 objects/);
    expect(s3.requests.length).toBe(3 + 2);
  });
});

describe('errors of S3', () => {
  const CASES: readonly (readonly [TestS3Options, Record<string, string | undefined>, string, RegExp])[] = [
    [{}, {}, 's3://none/a.csv', /no bucket "none" on 127\.0\.0\.1.*AWS_REGION/],
    [{}, {}, 's3://shop/none.csv', /s3:\/\/shop\/none\.csv: There is no such object in the bucket "shop"/],
    [{}, {}, 's3://shop/*.parquet', /names no object/],
    [{}, { AWS_ACCESS_KEY_ID: 'OTHER' }, 's3://shop/a.csv', /does not know the key in AWS_ACCESS_KEY_ID/],
    [{}, { AWS_SECRET_ACCESS_KEY: 'WRONG' }, 's3://shop/a.csv', /AWS_SECRET_ACCESS_KEY does not belong/],
    [{ sessionToken: 'T' }, {}, 's3://shop/a.csv', /session token has expired/],
    [{ ahead: 3_600_000 }, {}, 's3://shop/a.csv', /clock.*by 60 minutes \(it is slow\)/],
    [
      {},
      { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined },
      's3://shop/a.csv',
      /not public.*Set AWS_ACCESS_KEY_ID/,
    ],
    [{}, { AWS_SECRET_ACCESS_KEY: undefined }, 's3://shop/a.csv', /AWS_SECRET_ACCESS_KEY is not set/],
    [{}, { AWS_ENDPOINT_URL: 'http://u:pw@host' }, 's3://shop/a.csv', /AWS_ENDPOINT_URL is no address/],
    [{}, { AWS_REGION: 'a/b' }, 's3://shop/a.csv', /expected a region such as/],
    [{}, {}, 's3:///a.csv', /bucket is missing/],
    [{}, {}, 's3://sh!op/a.csv', /"sh!op" cannot be the name/],
    [{}, {}, 's3://KEY:pw@shop/a.csv', /holds no keys or ports/],
    [{}, {}, 's3://shop/a/../b.csv', /"\." or "\.\." between slashes/],
    [{}, {}, `s3://shop/${'k'.repeat(1100)}`, /over 1024 bytes/],
  ];
  it.each(CASES)('%j %j %s', async (options, env, address, message) => {
    await using s3 = await server(options);
    put(s3, 'shop/a.csv', CSV);
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    const error = await readTable(address).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(UserError);
    const { en, zh } = (error as UserError).localized;
    expect(en).toMatch(message);
    expect(zh).toMatch(/\p{Script=Han}/u);
    expect(`${en}${zh}`).not.toMatch(/SECRET\b(?!_)|WRONG|pw/);
  });

  it('need no keys for a public bucket, and a token with temporary ones', async () => {
    await using s3 = await server({ open: ['public'], sessionToken: 'TOKEN/+=' });
    put(s3, 'public/a.csv', CSV);
    put(s3, 'private/a.csv', CSV);
    vi.stubEnv('AWS_SESSION_TOKEN', 'TOKEN/+=');
    expect((await readTable('s3://private/a.csv')).rows).toEqual(ROWS);
    vi.stubEnv('AWS_ACCESS_KEY_ID', undefined);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', undefined);
    expect((await readTable('s3://public/a.csv')).rows).toEqual(ROWS);
    expect((await readTable('s3://public/*.csv')).rows).toHaveLength(2);
  });

  it('of another region are followed once', async () => {
    await using s3 = await server();
    put(s3, 'shop/a.csv', CSV);
    s3.fault = (request, response) =>
      !request.headers.authorization!.includes('/eu-west-3/') &&
      fail(response, 400, 'AuthorizationHeaderMalformed', '<Region>eu-west-3</Region>');
    expect((await readTable('s3://shop/a.csv')).rows).toEqual(ROWS);
    s3.fault = (_, response) =>
      fail(response, 301, 'PermanentRedirect', `<Region>r${Math.floor(Math.random() * 1e6)}</Region>`);
    await expect(readTable('s3://shop/a.csv')).rejects.toThrow(/another region. Set AWS_REGION=r/);
  });
});

describe('resolveSource', () => {
  it('copies what lies on S3 once; a run that goes on reads the copy', async () => {
    await using s3 = await server();
    put(s3, 'shop/exports/a.csv', CSV);
    put(s3, 'shop/exports/cat/1.png', 'image');
    const directory = join(folder, 'data');
    const progress: number[][] = [];
    const resolved = await resolveSource('s3://shop/exports/', {
      directory,
      onProgress: (...done) => void progress.push(done),
    });
    expect(resolved).toMatchObject({ kind: 's3', address: 's3://shop/exports/', bytes: CSV.length + 4 + 5 });
    expect(progress.at(-1)).toEqual([resolved.bytes, resolved.bytes]);
    expect(resolved.files.map(({ name }) => name)).toEqual(['a.csv', 'cat/1.png']);
    const before = await readTable(resolved.local);
    const { length } = s3.requests;
    put(s3, 'shop/exports/a.csv', 'id,review\n9,changed\n8,changed\n');
    const again = await resolveSource('s3://shop/exports/', { directory });
    expect(again.sha256).toBe(resolved.sha256);
    expect(await readTable(again.local)).toEqual(before);
    expect(s3.requests.length).toBe(length);
    await again.checkUnchanged();

    await expect(resolveSource('s3://shop/other/', { directory })).rejects.toThrow(
      /holds a copy of s3:\/\/shop\/exp/,
    );
    writeFileSync(resolved.files[0]!.path, CSV.replace('good', 'evil'));
    await expect(again.checkUnchanged()).rejects.toThrow(/no longer the copy/);
    await expect(resolveSource('s3://shop/exports/', { directory })).rejects.toThrow(/no longer the copy/);
    writeFileSync(join(directory, 'source.json'), '{"kind":');
    await expect(resolveSource('s3://shop/exports/', { directory })).rejects.toThrow(
      /source\.json is damaged/,
    );
    rmSync(join(directory, 'source.json'));
    const anew = await resolveSource('s3://shop/exports/', { directory });
    expect(anew.sha256).not.toBe(resolved.sha256);
    await expect(resolveSource('s3://shop/a.csv', {})).rejects.toThrow(/needs a directory/);
  });

  it('makes one fingerprint of the same names and contents, wherever they lie', async () => {
    await using s3 = await server();
    put(s3, 'shop/reviews.csv', CSV);
    writeFileSync(join(folder, 'reviews.csv'), CSV);
    const remote = await resolveSource('s3://shop/reviews.csv', { directory: join(folder, 'copy') });
    const local = await resolveSource(join(folder, 'reviews.csv'));
    expect(remote.sha256).toBe(local.sha256);
    expect(remote.local).toBe(join(folder, 'copy', 'files', 'reviews.csv'));
  });
});
