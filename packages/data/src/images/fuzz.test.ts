/** Whatever an image file is: pixels or a reason, in bounded memory and time; nothing else is read because of it. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateSync, gzipSync } from 'node:zlib';
import { UserError } from '@gradus/base';
import fc from 'fast-check';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { readCifarBatch, readIdx, readImageFolder, readImageTable } from '../index.ts';
import { damage } from '../testing/damage.ts';
import { decodeImage } from './decode.ts';

const root = mkdtempSync(join(tmpdir(), 'gradus-image-fuzz-'));
afterAll(() => rmSync(root, { recursive: true }));
const file = (name: string, bytes: string | Uint8Array) => {
  const path = join(root, name);
  writeFileSync(path, bytes);
  return path;
};
const size = [4, 4] as const;
/** More, where they are asked for: FUZZ=1000 npx vitest run fuzz. */
const RUNS = Number(process.env.FUZZ ?? 40);

const drawn = () =>
  sharp({
    create: {
      width: 24,
      height: 16,
      channels: 3,
      background: '#3366cc',
      noise: { type: 'gaussian', mean: 120, sigma: 40 },
    },
  });
const SVG = `<svg xmlns="http://www.w3.org/2000/svg" width="24" height="16"><rect width="9" height="9" fill="red"/><text x="2" y="9">字</text></svg>`;

/** A PNG of one colour that says it is this large. */
function png(width: number, height: number): Uint8Array {
  const part = (type: string, data: Uint8Array) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([1, 0, 0, 0, 0], 8);
  const rows = deflateSync(Buffer.alloc(Math.min(height * (1 + Math.ceil(width / 8)), 1 << 22)));
  const mark = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([mark, part('IHDR', header), part('IDAT', rows), part('IEND', Buffer.alloc(0))]);
}

describe('a damaged image', () => {
  const FILES: readonly (readonly [name: string, make: () => Promise<Uint8Array> | Uint8Array])[] = [
    ['a.jpg', () => drawn().jpeg().toBuffer()],
    ['a.png', () => drawn().png().toBuffer()],
    ['a.webp', () => drawn().webp().toBuffer()],
    ['a.avif', () => drawn().avif({ effort: 0 }).toBuffer()],
    ['a.svg', () => Buffer.from(SVG)],
  ];
  it.each(FILES)('%s gives pixels or one line of reason', async (name, make) => {
    const good = await make();
    expect(await decodeImage(file(name, good), { size })).toHaveLength(48);
    await fc.assert(
      fc.asyncProperty(damage, fc.constantFrom(1 as const, 3 as const), async (hurt, channels) => {
        const path = file(`hurt-${name}`, hurt(good));
        const pixels = await decodeImage(path, { size, channels }).catch((error: Error) => error.message);
        if (typeof pixels === 'string') expect(pixels).toMatch(/^[^\n]+$/);
        else expect(pixels).toHaveLength(16 * channels);
      }),
      { numRuns: RUNS },
    );
  });

  it('of small ones in a row is refused: IDX and CIFAR', () => {
    const idx = Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4);
    const sound = (read: (path: string) => unknown, bytes: Uint8Array) => {
      try {
        read(file('hurt', bytes));
      } catch (error) {
        expect(error).toBeInstanceOf(UserError);
      }
    };
    fc.assert(
      fc.property(damage, (hurt) => {
        sound(readIdx, hurt(idx));
        sound(readIdx, hurt(gzipSync(idx)));
        sound(readCifarBatch, hurt(new Uint8Array(2 * 3073).fill(3)));
      }),
      { numRuns: RUNS },
    );
  });
});

describe('an image that was made to do harm', () => {
  const refused = (name: string, bytes: string | Uint8Array) => decodeImage(file(name, bytes), { size });

  it('has more pixels than a camera takes', async () => {
    await expect(refused('bomb.png', png(60_000, 60_000))).rejects.toThrow(/pixel limit/);
    const svg = SVG.replace('width="24" height="16"', 'width="30000" height="30000"');
    await expect(refused('bomb.svg', svg)).rejects.toThrow(/pixel limit/);
  });

  it('names entities or other files: they are not read', async () => {
    let asked = 0;
    const server = createServer((_, response) => {
      asked += 1;
      response.end();
    }).listen(0, '127.0.0.1');
    await new Promise((ready) => server.once('listening', ready));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    try {
      file(
        'red.png',
        await sharp({ create: { width: 4, height: 4, channels: 3, background: '#f00' } })
          .png()
          .toBuffer(),
      );
      file('red.css', 'rect { fill: red }');
      const whole = (inside: string, before = '') =>
        `${before}<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:xi="http://www.w3.org/2001/XInclude" width="4" height="4"><rect width="4" height="4" fill="#fff"/>${inside}</svg>`;
      const image = (href: string) => `<image width="4" height="4" href="${href}" xlink:href="${href}"/>`;
      const harmful = [
        whole(image('red.png')),
        whole(image(`file://${root}/red.png`)),
        whole(image(`${url}red.png`)),
        whole(
          '<rect width="4" height="4" fill="#fff"/>',
          '<?xml-stylesheet type="text/css" href="red.css"?>',
        ),
        whole('<style>@import url("red.css");</style><rect width="4" height="4" fill="#fff"/>'),
        whole('<text y="4">&secret;</text>', `<!DOCTYPE svg [<!ENTITY secret SYSTEM "file:///etc/passwd">]>`),
        whole(`<xi:include href="${url}" parse="text"/>`),
        whole('', `<!DOCTYPE svg SYSTEM "${url}svg.dtd">`),
      ];
      for (const [i, svg] of harmful.entries()) {
        const pixels = await refused(`harm${i}.svg`, svg).catch(() => new Uint8Array(48).fill(255));
        expect([...pixels], svg).toEqual(new Array(48).fill(255));
      }
      expect(asked).toBe(0);
    } finally {
      server.close();
    }
  });

  it('says the same a billion times over, or uses itself', async () => {
    const entities = Array.from({ length: 9 }, (_, i) => `<!ENTITY e${i + 1} "${`&e${i};`.repeat(10)}">`);
    const laughs = `<!DOCTYPE svg [<!ENTITY e0 "ha">${entities.join('')}]>`;
    await refused('laughs.svg', `${laughs}${SVG.replace('字', '&e9;')}`).catch(() => {});
    const groups = Array.from(
      { length: 12 },
      (_, i) => `<g id="g${i + 1}">${`<use href="#g${i}"/>`.repeat(10)}</g>`,
    );
    await refused(
      'uses.svg',
      SVG.replace('<text', `<g id="g0"><rect width="1" height="1"/></g>${groups.join('')}<text`),
    ).catch(() => {});
    await refused('itself.svg', SVG.replace('<text', '<g id="g"><use href="#g"/></g><text')).catch(() => {});
    // The process is here to say so.
    expect(await refused('good.svg', SVG)).toHaveLength(48);
  }, 60_000);

  it('is a link, a folder, a pipe without a writer, empty, or too large to hold', async () => {
    const good = file('good.png', png(4, 4));
    symlinkSync(good, join(root, 'link.png'));
    mkdirSync(join(root, 'folder.png'));
    execFileSync('mkfifo', [join(root, 'pipe.png')]);
    for (const name of ['link.png', 'folder.png', 'pipe.png'])
      await expect(decodeImage(join(root, name), { size })).rejects.toThrow(/a link or a folder, not a file/);
    await expect(refused('empty.png', '')).rejects.toThrow(/is empty/);
    const huge = file('huge.png', png(4, 4));
    truncateSync(huge, 2 ** 33);
    await expect(decodeImage(huge, { size })).rejects.toThrow(/has 8589934592 bytes; expected at most/);
    expect(() => readIdx(huge)).toThrow(/huge\.png: has 8589934592 bytes/);
    expect(() => readCifarBatch(join(root, 'folder.png'))).toThrow(UserError);
    expect(() => readIdx(join(root, 'none'))).toThrow(/none: there is no such file/);
    await expect(readImageFolder(join(root, 'none'), { size })).rejects.toThrow(
      /is no folder that can be read/,
    );
  });
});

describe('a table of images', () => {
  it('is read from its own folder, every format; what does not fit is set aside with its place', async () => {
    const folder = join(root, 'shop');
    mkdirSync(join(folder, 'photos'), { recursive: true });
    const files = { 'a.jpg': 'jpeg', 'b.png': 'png', 'c.webp': 'webp', 'd.avif': 'avif' } as const;
    for (const [name, format] of Object.entries(files))
      await drawn()
        .toFormat(format)
        .toFile(join(folder, 'photos', name));
    writeFileSync(join(folder, 'photos', 'e.svg'), SVG);
    symlinkSync(root, join(folder, 'away'));
    const names = [...Object.keys(files), 'e.svg'].map((name) => `photos/${name}`);
    const rows = [...names.map((name, i) => `${name},${i % 2 ? 'cup' : 'plate'}`), ',cup', 'photos/a.jpg,'];
    const bad = ['../good.png,cup', 'away/good.png,cup', 'photos/none.png,cup', 'names.csv,cup'];
    writeFileSync(join(folder, 'names.csv'), `file,kind\n${[...rows, ...bad].join('\n')}\n`);
    const table = join(folder, 'names.csv');
    const images = await readImageTable(table, { file: 'file', label: 'kind', size });
    expect(images).toMatchObject({ count: 5, classes: ['cup', 'plate'], channels: 3, height: 4, width: 4 });
    expect([...images.labels!]).toEqual([1, 0, 1, 0, 1]);
    expect(images.files).toEqual(names.map((name) => join(folder, name)));
    expect(
      images.setAside.map(({ file, reason }) => `${file.slice(folder.length + 1)}: ${reason.en}`),
    ).toEqual([
      'names.csv, row 6: "file" is empty',
      'names.csv, row 7: "kind" is empty',
      'names.csv, row 8: lies outside of the folder that the table is in',
      'names.csv, row 9: lies outside of the folder that the table is in',
      'photos/none.png: there is no such file; check the path',
      expect.stringMatching(/^names\.csv: .*unsupported image format/),
    ]);
    await expect(readImageTable(table, { file: 'name', label: 'kind', size })).rejects.toThrow(
      /no column "name"/,
    );
  });
});
