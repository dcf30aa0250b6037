/** `gradus learn` of a table whose cells name pictures, and of a folder of them: learnt, predicted from files, asked over HTTP. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from '@gradus/base';
import { readTable } from '@gradus/data';
import { afterAll, describe, expect, it } from 'vitest';
import { commandLine, jsonOf, post } from './testing/command-line.ts';

const { directory, runs, gradus, serving, file, close } = commandLine();
afterAll(close);
const random = new Random(4);

/** A disc or stripes, anywhere, in any colour. */
function picture(kind: string): string {
  const [x, y, hue] = [20 + random.below(56), 20 + random.below(56), random.below(360)];
  const ink = `fill="hsl(${hue},60%,50%)"`;
  const shapes =
    kind === 'disc'
      ? `<circle cx="${x}" cy="${y}" r="18" ${ink}/>`
      : [0, 1, 2, 3]
          .map((k) => `<rect x="${x - 16 + 8 * k}" y="${y - 16}" width="4" height="32" ${ink}/>`)
          .join('');
  return `<svg xmlns="http://www.w3.org/2000/svg" width="96" height="96"><rect width="96" height="96" fill="hsl(${(hue + 150) % 360},30%,85%)"/>${shapes}</svg>`;
}
const kinds = Array.from({ length: 100 }, () => (random.below(2) === 0 ? 'disc' : 'stripes'));
for (const folder of ['goods', 'goods/pictures', 'classes', 'classes/disc', 'classes/stripes'])
  mkdirSync(join(directory, folder));
const pictures = kinds.map((kind, i) => {
  const drawn = picture(kind);
  file(`goods/pictures/${i}.svg`, drawn);
  file(`classes/${kind}/${i}.svg`, drawn);
  return drawn;
});
file('goods/pictures/broken.png', 'no picture');
const lines = kinds.map((kind, i) => `pictures/${i}.svg,${(5 + random.normal()).toFixed(2)},${kind}`);
const odd = ['pictures/broken.png,5,disc', '../secret.png,5,disc', ',5,disc'];
const goods = file('goods/goods.csv', ['photo,weight,kind', ...lines, ...odd, ''].join('\n'));

interface Learnt {
  readonly run: string;
  readonly score: { readonly auc: number };
  readonly verdict: string;
  readonly notes: readonly { readonly en: string }[];
}
async function learn(...args: readonly string[]): Promise<Learnt> {
  const options = ['--minutes', '0.1', '--runs', runs, '--json'];
  const { code, stdout, stderr } = await gradus('learn', ...args, ...options);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as Learnt;
}

describe('gradus learn with pictures', () => {
  let run: string;

  it('looks into the pictures that cells name, and says which it could not read', async () => {
    const learnt = await learn(goods, '--target', 'kind');
    run = learnt.run;
    expect(learnt.score.auc).toBeGreaterThan(0.8);
    const notes = learnt.notes.map(({ en }) => en).join('\n');
    expect(notes).toMatch(/2 images of "photo" could not be read .* row 101, pictures\/broken\.png/);
    expect(notes).toContain('strokes and colours');
    const report = readFileSync(join(runs, run, 'report.html'), 'utf8');
    expect(report).toMatch(/photo/);
  }, 120_000);

  it('predicts a file from the pictures in its folder; one that leads out of it counts as missing', async () => {
    const out = join(directory, 'answers.csv');
    const { code, stderr } = await gradus('predict', join(runs, run), goods, '--out', out);
    expect(code, stderr).toBe(0);
    const { columns, rows } = await readTable(out);
    const cell = (row: number, column: string) => rows[row]![columns.indexOf(column)]!;
    const right = kinds.filter((kind, i) => cell(i, 'prediction') === kind).length;
    expect(right / kinds.length).toBeGreaterThan(0.85);
    expect(cell(100, 'abstained')).toContain('unsupported image format');
    expect(cell(101, 'abstained')).toContain('outside of the folder');
  }, 60_000);

  it('is asked with a picture in the request; the name of a file is not looked up', async () => {
    const { url, stop } = await serving(join(runs, run));
    const inline = (i: number) => `data:image/svg+xml;base64,${Buffer.from(pictures[i]!).toString('base64')}`;
    const rows = [
      { photo: inline(0) },
      { photo: inline(1), weight: 5 },
      { photo: 'pictures/0.svg', weight: 5 },
    ];
    const { results } = (await jsonOf(post(`${url}/v1/learn`, { rows, reasons: true }))) as unknown as {
      results: readonly {
        prediction: string;
        unread?: readonly string[];
        reasons: readonly { unit: string }[];
      }[];
    };
    expect(results.slice(0, 2).map(({ prediction }) => prediction)).toEqual(kinds.slice(0, 2));
    expect(results[0]!.reasons.map(({ unit }) => unit)).toContain('photo');
    expect(results[2]!.unread![0]).toContain('a request cannot');
    await stop();
  }, 60_000);

  it('learns classes from a folder that has a folder a class', async () => {
    const { score, notes } = await learn(join(directory, 'classes'));
    expect(score.auc).toBeGreaterThan(0.8);
    expect(notes.length).toBeGreaterThan(0);
  }, 120_000);
});
