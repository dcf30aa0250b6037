import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type ZipPart, zipOf } from '../sources/testing/zip.ts';
import { isImageArchive, unpackImages } from './archive.ts';

const directory = mkdtempSync(join(tmpdir(), 'gradus-archive-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

let count = 0;
function archive(
  parts: readonly ZipPart[],
  change = (bytes: Buffer) => bytes,
): { path: string; folder: string } {
  const path = join(directory, `${count}.zip`);
  writeFileSync(path, change(zipOf(parts)));
  return { path, folder: join(directory, String(count++)) };
}
const listed = (folder: string) => (readdirSync(folder, { recursive: true }) as string[]).sort();

describe('a zip of photographs', () => {
  it('is unpacked without the folder around it, without what systems add', async () => {
    const { path, folder } = archive([
      { name: 'pieces/', data: '' },
      { name: 'pieces/good/1.jpg', data: 'one' },
      { name: 'pieces/good/3.jpg', data: 'three' },
      { name: 'pieces/划痕/2.png', data: 'two' },
      { name: 'pieces/groups.json', data: '{}' },
      { name: 'pieces/run.exe', data: 'no' },
      { name: '__MACOSX/pieces/._1.jpg', data: 'no' },
    ]);
    expect(await isImageArchive(path)).toBe(true);
    expect(await unpackImages(path, folder)).toEqual({ setAside: [] });
    expect(listed(folder)).toEqual(['good', 'good/1.jpg', 'good/3.jpg', 'groups.json', '划痕', '划痕/2.png']);
    expect(readFileSync(join(folder, '划痕/2.png'), 'utf8')).toBe('two');
  });

  it('whose names are in GBK is read as it is meant', async () => {
    // 良品 in GBK, in place of as many letters, without the mark of UTF-8.
    const gbk = Buffer.from([0xc1, 0xbc, 0xc6, 0xb7]);
    const { path, folder } = archive([{ name: 'ABCD/1.jpg', data: 'one' }], (bytes) => {
      for (let at = bytes.indexOf('ABCD'); at >= 0; at = bytes.indexOf('ABCD', at)) gbk.copy(bytes, at);
      for (const [mark, flags] of [
        ['PK\u0003\u0004', 6],
        ['PK\u0001\u0002', 8],
      ] as const)
        bytes.writeUInt16LE(0, bytes.indexOf(Buffer.from(mark, 'latin1')) + flags);
      return bytes;
    });
    await unpackImages(path, folder);
    expect(listed(folder)).toEqual(['良品', '良品/1.jpg']);
  });

  it('writes nothing outside its folder, no file twice, and no more than there is room for', async () => {
    const out = archive([
      { name: 'good/1.jpg', data: 'one' },
      { name: '../../out.jpg', data: 'out' },
    ]);
    await expect(unpackImages(out.path, out.folder)).rejects.toThrow('cannot be unpacked');
    expect(existsSync(join(directory, '../out.jpg'))).toBe(false);
    const large = archive([
      { name: 'good/1.jpg', data: 'one', claimedSize: 65 * 2 ** 20 },
      { name: 'good/2.jpg', data: 'two' },
    ]);
    const { setAside } = await unpackImages(large.path, large.folder);
    expect(setAside).toMatchObject([{ file: 'good/1.jpg' }]);
    expect(listed(large.folder)).toEqual(['good', 'good/2.jpg']);
    const claimed = archive(
      Array.from({ length: 3 }, (_, i) => ({ name: `good/${i}.jpg`, data: 'x', claimedSize: 2 ** 31 })),
    );
    await expect(unpackImages(claimed.path, claimed.folder)).rejects.toThrow('more than 4 GiB');
  });

  it('keeps the first of files that would lie in one place, and says which others do', async () => {
    const { path, folder } = archive([
      { name: 'good/1.jpg', data: 'one' },
      { name: 'good//1.jpg', data: 'another' },
      { name: 'good/1.jpg/2.jpg', data: 'below a file' },
      { name: 'good/3.jpg', data: 'three' },
    ]);
    const { setAside } = await unpackImages(path, folder);
    expect(setAside.map(({ file }) => file)).toEqual(['good//1.jpg', 'good/1.jpg/2.jpg']);
    expect(setAside[0]!.reason.en).toContain('another file');
    expect(listed(folder)).toEqual(['good', 'good/1.jpg', 'good/3.jpg']);
    expect(readFileSync(join(folder, 'good/1.jpg'), 'utf8')).toBe('one');
  });

  it('is none where most of it is something else', async () => {
    const { path } = archive([
      { name: 'xl/workbook.xml', data: '<x/>' },
      { name: 'xl/media/1.png', data: 'x' },
    ]);
    expect(await isImageArchive(path)).toBe(false);
    writeFileSync(join(directory, 'a.csv'), 'a,b\n1,2\n');
    expect(await isImageArchive(join(directory, 'a.csv'))).toBe(false);
  });
});
