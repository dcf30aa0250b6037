/** Tables on an S3 server by others. It cannot list a second page on Node 22 and later. Where `npm install --prefix DIR s3rver` was run, GRADUS_TEST_S3RVER is DIR. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AwsClient } from 'aws4fetch';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readTable } from '../index.ts';

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

const s3rver = process.env.GRADUS_TEST_S3RVER;
describe.skipIf(s3rver === undefined)('s3rver', () => {
  it('lists, sends and refuses as we expect', async () => {
    const S3rver: new (options: object) => { run(): Promise<{ port: number }>; close(): Promise<void> } =
      createRequire(join(s3rver!, 'package.json'))('s3rver');
    const running = new S3rver({
      address: '127.0.0.1',
      port: 0,
      silent: true,
      directory: join(folder, 's3rver'),
      configureBuckets: [{ name: 'shop' }],
    });
    const { port } = await running.run();
    try {
      vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${port}`);
      vi.stubEnv('AWS_ACCESS_KEY_ID', 'S3RVER');
      vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'S3RVER');
      const client = new AwsClient({ accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER', service: 's3' });
      const names = Array.from({ length: 30 }, (_, i) => (i === 0 ? 'a (1)+é.csv' : `in/${i}.csv`));
      for (const name of names) {
        const url = `http://127.0.0.1:${port}/shop/${name.split('/').map(encodeURIComponent).join('/')}`;
        expect((await client.fetch(url, { method: 'PUT', body: CSV })).status).toBe(200);
      }
      expect((await readTable('s3://shop/a (1)+é.csv')).rows).toEqual(ROWS);
      expect((await readTable('s3://shop/in')).rows).toHaveLength(2 * 29);
      expect((await readTable('s3://shop/*.csv')).rows).toHaveLength(2);
      await expect(readTable('s3://shop/none.csv')).rejects.toThrow(/no such object/);
      await expect(readTable('s3://other/none.csv')).rejects.toThrow(/no bucket "other"/);
      vi.stubEnv('AWS_ACCESS_KEY_ID', 'OTHER');
      await expect(readTable('s3://shop/a.csv')).rejects.toThrow(/does not know the key/);
    } finally {
      await running.close();
    }
  });
});
