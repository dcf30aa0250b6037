/** What stands in the directory of --data when it is opened, and not what stood there when it was asked for. */
import { execFileSync } from 'node:child_process';
import {
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { allowedSource } from './allowed.ts';
import { copyInside, isInside } from './inside.ts';

let directory: string;
let data: string;
let runs: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'gradus-inside-'));
  data = join(directory, 'data');
  runs = join(directory, 'runs');
  mkdirSync(join(data, 'new', 'deep'), { recursive: true });
  mkdirSync(runs);
  writeFileSync(join(data, 'new', 'deep', 'a.csv'), 'mine\n');
  writeFileSync(join(runs, '.token'), 'secret\n');
  mkdirSync(join(directory, 'other', 'deep'), { recursive: true });
  writeFileSync(join(directory, 'other', 'deep', 'a.csv'), 'secret\n');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const kept = (path: string) => allowedSource(runs, path, { data, addresses: [] });
const copy = (address: string) => copyInside(address, join(directory, 'copies'), { runs });
const FILE = 'new/deep/a.csv';

describe('a file of the data directory', () => {
  it('is read as it is when it is opened, from a copy with its name', async () => {
    const address = kept(FILE);
    expect(isInside(address)).toBe(true);
    expect(kept(join(data, FILE))).toBe(address);
    writeFileSync(join(data, 'later'), 'newer\n');
    renameSync(join(data, 'later'), join(data, FILE));
    const path = await copy(address);
    expect(basename(path)).toBe('a.csv');
    expect(readFileSync(path, 'utf8')).toBe('newer\n');
    // Again: a job that goes on, a schedule's next turn.
    expect(await copy(address)).toBe(path);
  });

  it('may have a second name: what backups and caches do', async () => {
    linkSync(join(data, FILE), join(directory, 'backup.csv'));
    expect(readFileSync(await copy(kept(FILE)), 'utf8')).toBe('mine\n');
  });

  const exchanges: [name: string, exchange: () => void][] = [
    [
      'a link to another file',
      () => {
        rmSync(join(data, FILE));
        symlinkSync(join(directory, 'other', 'deep', 'a.csv'), join(data, FILE));
      },
    ],
    [
      'a link to a secret of ours',
      () => {
        rmSync(join(data, FILE));
        symlinkSync('../../../runs/.token', join(data, FILE));
      },
    ],
    [
      'a second name of a secret of ours',
      () => {
        rmSync(join(data, FILE));
        linkSync(join(runs, '.token'), join(data, FILE));
      },
    ],
    [
      'a link within the directory',
      () => {
        renameSync(join(data, FILE), join(data, 'b.csv'));
        symlinkSync(join(data, 'b.csv'), join(data, FILE));
      },
    ],
    [
      'a file behind a directory that is a link',
      () => {
        rmSync(join(data, 'new', 'deep'), { recursive: true });
        symlinkSync(join(directory, 'other', 'deep'), join(data, 'new', 'deep'));
      },
    ],
    [
      'a file behind a directory further up that is a link',
      () => {
        rmSync(join(data, 'new'), { recursive: true });
        symlinkSync(join(directory, 'other'), join(data, 'new'));
      },
    ],
    [
      'a file behind a data directory that is a link itself',
      () => {
        rmSync(data, { recursive: true });
        mkdirSync(join(directory, 'elsewhere', 'new', 'deep'), { recursive: true });
        writeFileSync(join(directory, 'elsewhere', FILE), 'secret\n');
        symlinkSync(join(directory, 'elsewhere'), data);
      },
    ],
    [
      'a directory',
      () => {
        rmSync(join(data, FILE));
        mkdirSync(join(data, FILE));
      },
    ],
    ['nothing', () => rmSync(join(data, FILE))],
  ];

  it.each(exchanges)('is not read where it has become %s', async (_, exchange) => {
    const address = kept(FILE);
    exchange();
    await expect(copy(address)).rejects.toThrow(/"new\/deep\/a\.csv" is no longer a file inside/);
    expect(existsSync(join(directory, 'copies'))).toBe(false);
  });

  it('is not waited for where it has become a pipe', async () => {
    const address = kept(FILE);
    rmSync(join(data, FILE));
    execFileSync('mkfifo', [join(data, FILE)]);
    await expect(copy(address)).rejects.toThrow(/no longer a file/);
  });

  it("is not read where it is a second name of another user's file", async ({ skip }) => {
    if (process.getuid?.() !== 0) skip('only root can give a file to another user');
    const foreign = join(directory, 'foreign');
    writeFileSync(foreign, 'secret\n');
    chownSync(foreign, 12_345, 12_345);
    const address = kept(FILE);
    rmSync(join(data, FILE));
    linkSync(foreign, join(data, FILE));
    await expect(copy(address)).rejects.toThrow(/no longer a file/);
  });

  it.each([
    '../runs/.token',
    'new/../../runs/.token',
    '.hidden',
    'new//deep/a.csv',
    '',
    'new/deep/a.csv/',
    '..\\x',
  ])('has no address that leads elsewhere: %s', async (path) => {
    await expect(copy(`${data}//${path}`)).rejects.toThrow(/no longer a file/);
  });
});
