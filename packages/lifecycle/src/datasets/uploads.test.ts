/** Uploads break off, meet, and are killed; what is complete is whole. */
import { createHash, randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Conflict } from '../errors.ts';
import { allowedSource, requireAllowedAddresses } from './allowed.ts';
import { addVersion, datasetPath, deleteDataset, findDataset, listDatasets, safeFileName } from './store.ts';
import { beginUpload, continueUpload, findUpload } from './uploads.ts';

let directory: string;
let runs: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'gradus-uploads-'));
  runs = join(directory, 'runs');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const begin = (bytes: Buffer, more: { dataset?: string; file?: string; sha256?: string } = {}) =>
  beginUpload(
    runs,
    { dataset: 'orders', file: 'orders.csv', bytes: bytes.length, sha256: sha256(bytes), ...more },
    'ann',
  ).id;
/** A connection that breaks after these bytes. */
const broken = (bytes: Buffer) =>
  Readable.from(
    (function* () {
      yield bytes;
      throw new Error('ECONNRESET');
    })(),
  );

describe('an upload', () => {
  it('goes on from where it broke off, and becomes a version of its dataset', async () => {
    const bytes = randomBytes(300_000);
    const id = begin(bytes);
    expect(await continueUpload(runs, id, 0, broken(bytes.subarray(0, 100_000)))).toEqual({
      offset: 100_000,
    });
    // Another process that comes back sees the same.
    expect(findUpload(runs, id).offset).toBe(100_000);
    await expect(continueUpload(runs, id, 50_000, Readable.from([bytes.subarray(50_000)]))).rejects.toThrow(
      Conflict,
    );
    const { dataset } = await continueUpload(runs, id, 100_000, Readable.from([bytes.subarray(100_000)]));
    expect(dataset).toMatchObject({
      name: 'orders',
      versions: [{ file: 'orders.csv', bytes: 300_000, by: 'ann' }],
    });
    expect(readFileSync(datasetPath(runs, 'dataset:orders'))).toEqual(bytes);
    expect(() => findUpload(runs, id)).toThrow(/no upload/);
    expect(readdirSync(join(runs, '.uploads'))).toEqual([]);
  });

  it('does not mix with another of the same name: each is a version, the later one the newest', async () => {
    const [first, second] = [randomBytes(1000), randomBytes(2000)];
    const [a, b] = [begin(first), begin(second)];
    await continueUpload(runs, a, 0, broken(first.subarray(0, 500)));
    await continueUpload(runs, b, 0, broken(second.subarray(0, 700)));
    await continueUpload(runs, b, 700, Readable.from([second.subarray(700)]));
    await continueUpload(runs, a, 500, Readable.from([first.subarray(500)]));
    expect(findDataset(runs, 'orders').versions.map(({ bytes }) => bytes)).toEqual([2000, 1000]);
    expect(readFileSync(datasetPath(runs, 'dataset:orders'))).toEqual(first);
    expect(readFileSync(datasetPath(runs, `dataset:orders@${sha256(second).slice(0, 12)}`))).toEqual(second);
    expect(() => datasetPath(runs, 'dataset:orders@000000')).toThrow(/has no version 000000/);
  });

  it('is one request at a time, and takes no byte too many', async () => {
    const bytes = randomBytes(1000);
    const id = begin(bytes);
    let release = () => {};
    const slow = Readable.from(
      (async function* () {
        yield bytes.subarray(0, 400);
        await new Promise<void>((resolve) => {
          release = resolve;
        });
        yield bytes.subarray(400);
      })(),
    );
    const writing = continueUpload(runs, id, 0, slow);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await expect(continueUpload(runs, id, 0, Readable.from([bytes]))).rejects.toThrow(/Another request/);
    release();
    expect((await writing).dataset).toBeDefined();
    const more = begin(bytes, { dataset: 'more' });
    await expect(
      continueUpload(runs, more, 0, Readable.from([Buffer.concat([bytes, bytes])])),
    ).rejects.toThrow(/More was sent/);
    // What was right of it is there, and it can be completed.
    expect((await continueUpload(runs, more, 1000, Readable.from([]))).dataset).toBeDefined();
  });

  it('that is not what was announced is not kept', async () => {
    const id = begin(randomBytes(100), { sha256: '0'.repeat(64) });
    await expect(continueUpload(runs, id, 0, Readable.from([randomBytes(100)]))).rejects.toThrow(/SHA-256/);
    expect(() => findUpload(runs, id)).toThrow(/no upload/);
    expect(listDatasets(runs)).toEqual([]);
  });

  it('that was killed at its very end is completed by whoever comes back', async () => {
    const bytes = randomBytes(500);
    const id = begin(bytes);
    await continueUpload(runs, id, 0, broken(bytes.subarray(0, 499)));
    writeFileSync(join(runs, '.uploads', id, 'content'), bytes);
    expect((await continueUpload(runs, id, 500, Readable.from([]))).dataset).toMatchObject({
      name: 'orders',
    });
  });

  it('leads nowhere else, whatever it is called', async () => {
    expect(
      ['../../etc/passwd', 'a\\b.csv', '.hidden', '..', 'x:y?.csv', '报表 1.csv'].map(safeFileName),
    ).toEqual(['passwd', 'b.csv', 'hidden', 'data', 'x-y-.csv', '报表 1.csv']);
    for (const dataset of ['../x', '.x', 'a/b', '', 'x'.repeat(101)]) {
      expect(() => begin(Buffer.from('x'), { dataset })).toThrow(/cannot be a dataset's name/);
    }
    for (const id of ['../x', '..', randomBytes(8).toString('hex')])
      expect(() => findUpload(runs, id)).toThrow(/no upload/);
    expect(
      () =>
        begin(Buffer.from('x'), { file: 'f' }) &&
        beginUpload(runs, { dataset: 'big', file: 'f', bytes: 2 ** 60 }, 'x'),
    ).toThrow(/to spare/);
  });
});

describe('a dataset', () => {
  it('keeps a content once, and goes with all its versions', async () => {
    const path = join(directory, 'x.csv');
    writeFileSync(path, 'a\n1\n');
    const content = { path, file: 'x.csv', bytes: 4, sha256: 'ab'.repeat(32) };
    await addVersion(runs, 'one', content, 'ann');
    await addVersion(runs, 'one', { ...content, file: 'y.csv' }, 'bob');
    expect(findDataset(runs, 'one').versions).toMatchObject([{ file: 'x.csv', by: 'bob' }]);
    deleteDataset(runs, 'one');
    expect(() => findDataset(runs, 'one')).toThrow(/no dataset "one".*none yet/);
    expect(existsSync(path)).toBe(true);
  });
});

describe('data that a request may read', () => {
  it('is a dataset, a file of --data, or below an address that the owner allowed', () => {
    const data = join(directory, 'data');
    const allowed = { data: undefined, addresses: ['s3://mine/reviews/', 'postgres://db/shop'] };
    expect(allowedSource(runs, 's3://mine/reviews/2026/*.csv', allowed)).toBe('s3://mine/reviews/2026/*.csv');
    expect(allowedSource(runs, 'postgres://db/shop', allowed)).toBe('postgres://db/shop');
    for (const address of [
      's3://mine/reviews/../secret.csv',
      's3://mine/reviewsx/a.csv',
      's3://mine/reviews/%2e%2e/secret.csv',
      's3://mine/reviews//x',
      's3://other/reviews/a.csv',
      'postgres://db/shop?host=169.254.169.254',
      'postgres://db/shop2',
      'postgres://user:pass@db/shop',
      'http://169.254.169.254/latest',
      'file:///etc/passwd',
      'S3://mine/reviews/a.csv',
    ]) {
      expect(() => allowedSource(runs, address, allowed), address).toThrow(/--allow-sources/);
    }
    expect(() => allowedSource(runs, 'orders.csv', allowed)).toThrow(/dataset:NAME/);
    expect(() => allowedSource(runs, 'dataset:none', { data, addresses: [] })).toThrow(/no dataset/);
    expect(() => requireAllowedAddresses(['http://x'])).toThrow(/cannot be allowed/);
    expect(requireAllowedAddresses(allowed.addresses)).toEqual(allowed.addresses);
  });

  it('is no link that leads out', () => {
    const secret = join(directory, 'secret.csv');
    writeFileSync(secret, 'x');
    symlinkSync(directory, join(directory, 'link'));
    expect(() => allowedSource(directory, 'link/secret.csv', { data: directory, addresses: [] })).toThrow(
      /no file/,
    );
  });
});
