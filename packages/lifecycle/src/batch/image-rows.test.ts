import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { type ImageFolder, imageRows, withImageFolder } from './image-rows.ts';

const directory = mkdtempSync(join(tmpdir(), 'gradus-image-rows-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** An archive whose files are stored as they are (APPNOTE, 4.3). */
function zipOf(names: readonly string[]): Buffer {
  const data = Buffer.from('x');
  const entry = (signature: number, name: string, more: readonly number[], rest: readonly number[]) => {
    const head = Buffer.alloc(4 + 2 * (more.length + 4) + 12 + 4 + 2 * rest.length);
    let at = head.writeUInt32LE(signature);
    for (const value of [...more, 0, 0, 0, 0]) at = head.writeUInt16LE(value, at);
    for (const value of [crc32(data), data.length, data.length]) at = head.writeUInt32LE(value, at);
    for (const value of [Buffer.byteLength(name), 0, ...rest]) at = head.writeUInt16LE(value, at);
    return Buffer.concat([head, Buffer.from(name)]);
  };
  const files = names.map((name) => Buffer.concat([entry(0x04034b50, name, [20], []), data]));
  let offset = 0;
  const listed = names.map((name, i) => {
    const own = entry(0x02014b50, name, [20, 20], [0, 0, 0, 0, 0, offset & 0xffff, offset >>> 16]);
    offset += files[i]!.length;
    return own;
  });
  const directory = Buffer.concat(listed);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50);
  end.writeUInt16LE(names.length, 8);
  end.writeUInt16LE(names.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...files, directory, end]);
}

async function rowsOf(images: ImageFolder | undefined) {
  const rows = [];
  for await (const batch of imageRows(images!, 'file')) rows.push(...batch.rows);
  return rows.map(({ cells: [name], reason }) => (reason ? `${name}: ${reason.en}` : name));
}

describe('images to be predicted', () => {
  it('are those of a folder, without masks', async () => {
    const folder = join(directory, 'photos');
    mkdirSync(folder);
    for (const name of ['a.jpg', 'a.png', 'b.bmp', 'notes.txt']) writeFileSync(join(folder, name), 'x');
    expect(await withImageFolder(folder, undefined, rowsOf)).toEqual(['a.jpg', 'b.bmp']);
  });

  it('are those of a zip, unpacked as long as they are read; what cannot be unpacked is told', async () => {
    const path = join(directory, 'photos.zip');
    writeFileSync(path, zipOf(['new/a.jpg', 'new/b.png', 'new/a.jpg/c.png']));
    let seen = '';
    const rows = await withImageFolder(path, undefined, (images) => {
      seen = images!.folder;
      return rowsOf(images);
    });
    expect(rows).toEqual([
      'new/a.jpg/c.png: another file of the archive lies in its place',
      'new/a.jpg',
      'new/b.png',
    ]);
    expect(existsSync(seen)).toBe(false);
  });

  it('are none of a table', async () => {
    const path = join(directory, 'table.csv');
    writeFileSync(path, 'image\na.jpg\n');
    expect(await withImageFolder(path, undefined, async (images) => images)).toBeUndefined();
  });
});
