/** Photographs as a founder relies on them: what is missed and rejected, with exact intervals, and what is odd among the good. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readOnnx } from '@gradus/engine';
import { type FoundRun, runLoop } from '@gradus/loop';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { quality } from './quality.ts';
import { QualitySummary } from './summary.ts';
import { drawPieces, pieceSvg } from './testing/photographs.ts';

const directory = mkdtempSync(join(tmpdir(), 'gradus-photographs-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const judged = (folder: string, options: object = {}): Promise<FoundRun> =>
  runLoop(quality, {
    sources: { evidence: folder },
    options: quality.options.parse(options),
    seed: 0,
    runs: join(directory, 'runs'),
  });
const dataUrl = (isDented: boolean) =>
  `data:image/svg+xml;base64,${Buffer.from(pieceSvg(isDented)).toString('base64')}`;

describe('photographs with defects', () => {
  const folder = join(directory, 'rings');
  let run: FoundRun;
  let summary: QualitySummary;
  beforeAll(async () => {
    drawPieces(join(folder, 'good'), 60, false);
    // Defects that somebody called good.
    drawPieces(join(folder, 'good'), 2, true, 60);
    drawPieces(join(folder, 'defects/dent'), 12, true);
    writeFileSync(join(folder, 'good/text.jpg'), 'no photograph');
    run = await judged(folder);
    summary = QualitySummary.parse(run.summary);
  }, 60_000);
  const item = (measure: string) => summary.items.find((one) => one.measure === measure)!;

  it('are judged by what is missed and rejected, with exact intervals', () => {
    expect(summary.items.map(({ measure }) => measure).sort()).toEqual([
      'defect_auroc',
      'false_rejects',
      'missed_defects',
    ]);
    const missed = item('missed_defects');
    expect(missed).toMatchObject({ n: 12, verdict: 'cannot tell' });
    // scipy.stats.binomtest(k, 12).proportion_ci(method='exact')
    const [low, high] = { 0: [0, 0.26465], 1: [0.00211, 0.3848] }[Math.round(12 * missed.figure!)]!;
    expect(missed.low).toBeCloseTo(low!, 4);
    expect(missed.high).toBeCloseTo(high!, 4);
    expect(item('defect_auroc').figure).toBeGreaterThan(0.9);
    expect(item('false_rejects').n).toBe(60);
  });

  it('name the defects among the good, and what could not be read', () => {
    expect(summary.leftOut).toMatchObject([
      { count: 1, reason: { en: expect.stringContaining('good/text.jpg') } },
      {
        count: 2,
        reason: {
          en: expect.stringMatching(
            /called good that lie far from all others.*good\/6[01]\.svg.*good\/6[01]\.svg/,
          ),
        },
      },
    ]);
    const report = readFileSync(join(run.directory, 'report.html'), 'utf8');
    expect(report).toContain('<img src="data:image/jpeg;base64,');
    expect(report).toContain('标为良品，但与其他良品差别很大');
  });

  it('score new ones, with what cannot be read said beside them', async () => {
    const service = await quality.service.open(run.directory);
    try {
      const request = quality.service.request.parse({
        rows: [{ image: dataUrl(false) }, { image: dataUrl(true) }, { image: 'good/1.svg' }],
        heat: true,
      });
      const answer = quality.service.answer.parse(await service.answer(request)) as {
        readonly verdict: string;
        readonly results: readonly { readonly verdict: string | null; readonly heat?: string }[];
      };
      expect(answer.results.map(({ verdict }) => verdict)).toEqual(['good', 'defect', null]);
      expect(answer.results[1]!.heat).toMatch(/^data:image\/png;base64,/);
      expect(answer.results[2]).toMatchObject({ reason: { en: expect.stringContaining('names a file') } });
      expect(answer.verdict).toBe('fails');
      await expect(service.answer({ rows: [{ picture: 'x' }] })).rejects.toThrow('rows.0.image');
      expect(await service.answer(service.example)).toMatchObject({
        results: [{ threshold: expect.any(Number) }],
      });
    } finally {
      await service.close();
    }
  });

  it('are one graph from pixels to score and threshold', async () => {
    const { graph } = readOnnx(new Uint8Array(readFileSync(join(run.directory, 'model.onnx'))));
    expect(Object.keys(graph.inputs)).toEqual(['pixels']);
    expect(Object.keys(graph.outputs).sort()).toEqual(['heat', 'is_defect', 'score', 'threshold']);
    expect(await quality.handOver!(run.directory)).toMatchObject({
      files: { 'photographs.json': expect.stringContaining('threshold') },
    });
  });
});

describe('photographs of good pieces alone', () => {
  it('set a threshold; what is missed nobody can tell, and how many defects would', async () => {
    const folder = join(directory, 'good-alone');
    drawPieces(folder, 40, false);
    // Two photographs of one piece.
    writeFileSync(
      join(folder, 'groups.json'),
      JSON.stringify({ ...Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`${i}.svg`, i >> 1])) }),
    );
    const { items, notes, evidence } = QualitySummary.parse(
      (await judged(folder, { falseRejects: 0.1, missedCost: 50 })).summary,
    );
    const missed = items.find(({ measure }) => measure === 'missed_defects')!;
    expect(missed).toMatchObject({ figure: null, verdict: 'cannot tell' });
    expect(missed.needed).toBeGreaterThan(20);
    expect(items.find(({ measure }) => measure === 'false_rejects')).toMatchObject({ n: 40, pieces: 20 });
    expect(evidence[0]).toMatchObject({ kind: 'photographs', clusteredBy: 'piece' });
    const said = notes.map(({ en }) => en).join('\n');
    expect(said).toContain('40 photographs show 20 pieces (as groups.json says)');
    expect(said).toContain('a cost sets no threshold');
  }, 60_000);

  it('that are too few, all the same, without good ones, or wrongly grouped are refused with the reason', async () => {
    const few = join(directory, 'few');
    drawPieces(few, 3, false);
    await expect(judged(few)).rejects.toThrow('3 good pieces are too few');
    const bad = join(directory, 'bad');
    drawPieces(join(bad, 'dent'), 3, true);
    await expect(judged(bad)).rejects.toThrow(/no photographs of good pieces.*There are: dent/);
    writeFileSync(join(few, 'groups.json'), '{"1.svg": [1]}');
    await expect(judged(few)).rejects.toThrow('which photographs are of one piece');
    const same = join(directory, 'same');
    mkdirSync(same);
    const one = pieceSvg(false);
    for (let i = 0; i < 20; i++) writeFileSync(join(same, `${i}.svg`), one);
    writeFileSync(
      join(same, 'groups.json'),
      JSON.stringify(Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`${i}.svg`, i]))),
    );
    await expect(judged(same)).rejects.toThrow('are the same');
  });
});
