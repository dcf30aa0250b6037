/** Verdicts as a founder relies on them: voice logs first. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '@gradus/base';
import { listRuns, runLoop } from '@gradus/loop';
import { afterAll, describe, expect, it } from 'vitest';
import { quality } from './quality.ts';
import { QualitySummary } from './summary.ts';

const directory = mkdtempSync(join(tmpdir(), 'gradus-quality-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

let files = 0;
const file = (text: string, ending = 'csv'): string => {
  const path = join(directory, `file-${++files}.${ending}`);
  writeFileSync(path, text);
  return path;
};

async function judged(
  evidence: readonly string[],
  more: { readonly standard?: string; readonly needs?: string; readonly options?: object } = {},
): Promise<QualitySummary> {
  const run = await runLoop(quality, {
    sources: {
      ...Object.fromEntries(evidence.map((path, i) => [i === 0 ? 'evidence' : `evidence-${i + 1}`, path])),
      ...(more.standard !== undefined && { standard: more.standard }),
      ...(more.needs !== undefined && { needs: more.needs }),
    },
    options: quality.options.parse(more.options ?? {}),
    seed: 0,
    runs: join(directory, 'runs'),
  });
  return QualitySummary.parse(run.summary);
}

const itemOf = ({ items }: QualitySummary, measure: string) =>
  items.find((item) => item.measure === measure)!;

describe('a voice log', () => {
  it('is judged by what was heard and understood, each row once, and says what it left out', async () => {
    const rows = Array.from(
      { length: 60 },
      (_, i) => `${i},turn on light ${i},turn on light ${i % 3 === 0 ? '' : i},light,light`,
    );
    const log = file(
      [
        'id,reference,hypothesis,intent,predicted_intent',
        ...rows,
        '60,,noise,light,light',
        '61,turn off,,light,radio',
        rows[5],
      ].join('\n'),
    );
    const summary = await judged([log]);
    // 20 of 60 sentences of four words lost one, and one of two words was not heard at all.
    expect(itemOf(summary, 'word_error_rate').figure).toBeCloseTo(22 / 242, 9);
    expect(itemOf(summary, 'intent_accuracy').figure).toBeCloseTo(60 / 61, 9);
    expect(summary.leftOut.map(({ count, rows }) => [count, rows])).toEqual([
      [1, [61]],
      [1, [63]],
    ]);
    const notes = summary.notes.map(({ en }) => en).join('\n');
    expect(notes).toContain('nothing was heard');
    expect(notes).toContain('labels that "intent" never has ("radio"');
  });

  it('cannot be told from three rows, however good they are', async () => {
    const log = file('reference,hypothesis\none,one\ntwo,two\nthree,three\n');
    const standard = file(
      'characteristics:\n  - characteristic: Hearing\n    figures:\n      - {figure: heard_exactly, at_least: 0.9}\n',
      'yaml',
    );
    const summary = await judged([log], { standard });
    expect(itemOf(summary, 'heard_exactly')).toMatchObject({ figure: 1, verdict: 'cannot tell', n: 3 });
    expect(itemOf(summary, 'heard_exactly').needed).toBeGreaterThan(3);
  });

  it('joins what was said with what systems answered, and names answers to nothing', async () => {
    const said = file(
      Array.from({ length: 40 }, (_, i) =>
        JSON.stringify({
          sentence: `sentence ${i}`,
          scenario: 'alarm',
          recordings: [
            { file: `${i}-near.wav`, wer: 0 },
            { file: `${i}-far.wav`, wer: 0.5 },
          ],
        }),
      ).join('\n'),
      'jsonl',
    );
    const answers = (wrong: number) =>
      file(
        [
          ...Array.from({ length: 80 }, (_, i) => ({
            file: `${i >> 1}-${i % 2 ? 'far' : 'near'}.wav`,
            scenario: i < wrong ? 'radio' : 'alarm',
          })),
          { file: 'unknown.wav', scenario: 'alarm' },
        ]
          .map((row) => JSON.stringify(row))
          .join('\n'),
        'jsonl',
      );
    const summary = await judged([said, answers(20), answers(8)]);
    expect(
      summary.versions.filter(({ measure }) => measure === 'scenario_accuracy').map(({ figure }) => figure),
    ).toEqual([0.75, 0.9]);
    expect(summary.leftOut).toHaveLength(2);
    expect(summary.leftOut[0]!.reason.en).toContain('nobody knows what it should have been');
    expect(summary.evidence[0]!.clusteredBy).toBe('sentence');
  });

  it('finds the far microphone, and calls no difference one that is none', async () => {
    const summary = await judged([join(import.meta.dirname, '../../../../examples/quality/voice.csv')], {
      options: { version: 'version' },
    });
    const worse = summary.slices.filter(({ isWorse }) => isWorse);
    expect(worse.map(({ column, level }) => `${column} ${level}`)).toContain('microphone far');
    expect(worse[0]).toMatchObject({ column: 'microphone', level: 'far' });
    expect(worse[0]!.title.zh).toMatch(/\p{Script=Han}/u);
    expect(summary.repairs.every(({ priority }, i, all) => i === 0 || priority <= all[i - 1]!.priority)).toBe(
      true,
    );
  });
});

describe('a standard', () => {
  const log = () => file('reference,hypothesis,compatible\na b,a b,yes\nc d,c e,no\n');
  it.each([
    ['swapped limits', 'tolerances: {x: {lower: 2, upper: 1}}', /swapped/],
    ['no limit', 'characteristics: [{characteristic: A, figures: [{figure: wer}]}]', /at_least or at_most/],
    ['a misspelt field', 'characteristic: []', /characteristic/],
    ['no YAML', 'a: [', /no readable YAML/],
  ])('with %s is refused with its reason', async (_, text, reason) => {
    await expect(judged([log()], { standard: file(text, 'yaml') })).rejects.toThrow(reason);
  });

  it('may name a column of its own, and asks for what nothing measures', async () => {
    const standard = file(
      'characteristics:\n  - characteristic: Compatibility\n    figures: [{figure: compatible, at_least: 0.9}, {figure: latency_p95, at_most: 2}, {figure: word_eror_rate, at_most: 0.1}]\n',
      'yaml',
    );
    const summary = await judged([log()], { standard });
    expect(itemOf(summary, 'compatible')).toMatchObject({ figure: 0.5, n: 2, verdict: 'cannot tell' });
    expect(itemOf(summary, 'latency_p95')).toMatchObject({ figure: null, n: 0, verdict: 'cannot tell' });
    const notes = summary.notes.map(({ en }) => en).join('\n');
    expect(notes).toMatch(/the figure "latency_p95" of the standard\. Measured are: .*word_error_rate/);
    expect(notes).toContain('"word_eror_rate" of the standard. Did you mean "word_error_rate"?');
  });

  it('weighs characteristics by the needs that they answer', async () => {
    const needs = file('need,weight\nunderstands my accent,9\nlooks nice,1\n');
    const summary = await judged([log()], { standard: 'voice-assistant', needs });
    expect(itemOf(summary, 'word_error_rate')).toMatchObject({ need: 'understands my accent' });
    expect(itemOf(summary, 'satisfied')).toMatchObject({ need: null });
    // Hearing, of weight 3, is spoken of; satisfaction, of weight 2, by no need: a tenth of it.
    const ratio = itemOf(summary, 'satisfied').weight / itemOf(summary, 'word_error_rate').weight;
    expect(ratio).toBeCloseTo((2 * 0.1) / 3, 9);
  });
});

describe('measurements', () => {
  const normal = (random: Random, n: number, mean = 10) =>
    Array.from({ length: n }, () => (mean + 0.1 * random.normal()).toFixed(4));

  it('are capable and in control, with tolerances of the table or of the standard', async () => {
    const random = new Random('capable');
    const rows = normal(random, 200).map((value, i) => `${Math.floor(i / 5)},${value},9.4,10.6`);
    const summary = await judged([file(['sample,width,lower,upper', ...rows].join('\n'))]);
    expect(itemOf(summary, 'cpk:width')).toMatchObject({ verdict: 'meets', n: 200 });
    expect(itemOf(summary, 'cpk:width').figure).toBeGreaterThan(1.7);
    expect(summary.metrics['points_in_control:width']).toBeGreaterThan(0.94);
    const narrow = file(
      'characteristics: [{characteristic: A, figures: [{figure: ppk, at_least: 1.33}]}]\ntolerances: {width: {lower: 9.9, upper: 10.1}}',
      'yaml',
    );
    const bare = file(
      ['sample,width', ...rows.map((row) => row.split(',').slice(0, 2).join(','))].join('\n'),
    );
    expect(itemOf(await judged([bare], { standard: narrow }), 'ppk:width').verdict).toBe('fails');
  });

  it.each([
    ['swapped limits', 'width,lower,upper\n1,3,2\n2,3,2\n', /swapped/],
    ['nothing that can be judged', 'name,colour\na,red\nb,blue\n', /no evidence that can be judged/],
  ])('with %s are refused', async (_, text, reason) => {
    await expect(judged([file(text)])).rejects.toThrow(reason);
  });

  it('are put into the order of time, and a lasting shift is named', async () => {
    const random = new Random('order');
    const days = Array.from(
      { length: 60 },
      (_, i) =>
        `${new Date(Date.UTC(2026, 0, 1 + i)).toISOString().slice(0, 10)},${((i < 40 ? 10 : 10.12) + 0.1 * random.normal()).toFixed(3)},${i < 40},9,11`,
    );
    const shuffled = days.map((_, i) => days[(i * 7) % 60]!);
    const rows = (lines: readonly string[]) =>
      judged([file(['date,width,trial,lower,upper', ...lines].join('\n'))]);
    const [ordered, mixed] = [await rows(days), await rows(shuffled)];
    expect(mixed.notes[0]!.en).toContain('was not in order');
    expect(itemOf(mixed, 'points_in_control:width').figure).toBe(
      itemOf(ordered, 'points_in_control:width').figure,
    );
  });

  it('of a few values are watched together too: a pair that is odd where each value is usual', async () => {
    const random = new Random('together');
    const rows = Array.from({ length: 60 }, (_, i) => {
      const a = random.normal();
      const [length, width] = i === 50 ? [1.6, -1.6] : [a, a + 0.2 * random.normal()];
      return `${(10 + length / 10).toFixed(4)},${(5 + width / 10).toFixed(4)},8,12`;
    });
    const path = file(['length,width,lower,upper', ...rows].join('\n'));
    await judged([path]);
    const [run] = listRuns(join(directory, 'runs')).filter(({ sources }) =>
      Object.values(sources).some(({ address }) => address === path),
    );
    const report = readFileSync(join(run!.directory, 'report.html'), 'utf8');
    expect(report).toContain('points beyond the limit: 51.');
    expect(report).toContain('EWMA');
    expect(report).toContain('累积和图');
  });

  it('that never vary get no Cpk, and the reason', async () => {
    const summary = await judged([
      file(['width,lower,upper', ...Array.from({ length: 30 }, () => '5,4,6')].join('\n')),
    ]);
    expect(summary.items.map(({ measure }) => measure)).toEqual(['within_tolerance:width']);
    expect(summary.notes[0]!.en).toContain('Cpk would be infinite');
  });

  it('of a whole process are watched together, and new rows are scored by the run', async () => {
    const random = new Random('process');
    const names = Array.from({ length: 8 }, (_, i) => `m${i}`);
    const row = (shift: number) => {
      const [a, b] = [random.normal(), random.normal()];
      return names
        .map((_, i) =>
          (a * ((i % 3) + 0.5) + b * ((i + 1) % 2) + 0.3 * random.normal() + (i === 4 ? shift : 0)).toFixed(
            4,
          ),
        )
        .join(',');
    };
    const before = file([names.join(','), ...Array.from({ length: 300 }, () => row(0))].join('\n'));
    const after = file([names.join(','), ...Array.from({ length: 100 }, () => row(2))].join('\n'));
    const summary = await judged([before, after]);
    const item = itemOf(summary, 'points_in_control');
    expect(item).toMatchObject({ verdict: 'fails', n: 100 });
    expect(item.figure).toBeLessThan(0.2);
    expect(item.evidence[0]!.text).toContain('m4');
    const [run] = listRuns(join(directory, 'runs'));
    const service = await quality.service.open(run!.directory);
    const asRecord = (line: string) =>
      Object.fromEntries(line.split(',').map((value, i) => [names[i]!, value]));
    const answer = (await service.answer({ rows: [asRecord(row(0)), asRecord(row(9))] })) as {
      results: { verdict: string }[];
    };
    expect(answer.results.map(({ verdict }) => verdict)).toEqual(['meets', 'fails']);
  });
});

describe('a language-model log', () => {
  it('says what people passed, which rules are kept, how fast; and calls 3 points on 92 items no difference', async () => {
    const row = (i: number, version: string, passes: boolean) =>
      [
        `q${i}`,
        version,
        `question ${i}`,
        i === 7 ? '' : `answer ${i} of ${version}`,
        passes ? 'pass' : 'fail',
        200 + i,
      ].join(',');
    const rows = Array.from({ length: 92 }, (_, i) => [
      row(i, 'a', i % 4 > 0),
      row(i, 'b', i % 4 > 0 || i === 4 || i === 40 || i === 80),
    ]).flat();
    const log = file(
      [
        'id,version,input,output,label,latency_ms',
        ...rows.filter((_, i) => i % 2 === 0),
        ...rows.filter((_, i) => i % 2 === 1),
      ].join('\n'),
    );
    const summary = await judged([log], { options: { version: 'version' } });
    const [change] = summary.changes.filter(({ measure }) => measure === 'human_pass_rate');
    expect(change).toMatchObject({ before: 'a', after: 'b', n: 184 });
    expect(change!.difference).toBeCloseTo(3 / 92, 9);
    expect(change!.verdict).toBe('cannot tell');
    expect(itemOf(summary, 'rules_kept').figure).toBeCloseTo(91 / 92, 9);
    expect(itemOf(summary, 'latency_p50').figure).toBeCloseTo(0.2455, 3);
    expect(itemOf(summary, 'latency_p95').verdict).toBe('meets');
  });

  it('measures judges: ranks them, finds the one below chance and the one that a place sways, and scores no prose', async () => {
    const random = new Random('judges');
    const rows = Array.from({ length: 200 }, (_, i) => {
      const label = 1 + (i % 2);
      const said = (p: number) => (random.uniform() < p ? label : 3 - label);
      const steady = said(0.9);
      return [
        [i, 'good', label, steady, steady],
        [i, 'contrary', label, said(0.2), said(0.2)],
        // Always for the first shown: 1 in the first order, the second answer in the other.
        [i, 'first', label, i === 3 ? '"I think, both are fine"' : 1, 2],
      ].map((cells) => cells.join(','));
    }).flat();
    const summary = await judged([file(['i,judge,label,verdict,verdict_swapped', ...rows].join('\n'))]);
    const accuracy = summary.versions.filter(({ measure }) => measure === 'judge_accuracy');
    expect(accuracy.map(({ version }) => version)).toEqual(['good', 'first', 'contrary']);
    const notes = summary.notes.map(({ en }) => en).join('\n');
    expect(notes).toContain('Below chance: contrary (1)');
    expect(notes).toMatch(/Swayed by the place of an answer: first \(1 of 3\)/);
    expect(summary.leftOut[0]).toMatchObject({ count: 1, rows: [12] });
    expect(summary.leftOut[0]!.reason.en).toContain('prose is not scored');
    expect(summary.evidence[0]!.clusteredBy).toBe('i');
  });

  it('tests judges in columns side by side as pairs', async () => {
    // Both are right on 70 of 100; of the rest the first is right on 22, the second on 8: a difference of 14 points, whose standard error over pairs is 5.3.
    const rows = Array.from({ length: 100 }, (_, i) => {
      const [first, second] = i < 70 ? [1, 1] : i < 92 ? [1, 2] : [2, 1];
      return `question ${i},answer ${i},1,${first},${second},${i % 2 === 0 ? first : 3 - first}`;
    });
    const labels = rows.map((row, i) =>
      i % 2 === 0 ? row : row.replace(/,1,(\d),(\d),/, (_, a, b) => `,2,${3 - a},${3 - b},`),
    );
    const path = file(['input,output,label,judge_a,judge_b,note', ...labels].join('\n'));
    await judged([path]);
    const [run] = listRuns(join(directory, 'runs')).filter(({ sources }) =>
      Object.values(sources).some(({ address }) => address === path),
    );
    const report = readFileSync(join(run!.directory, 'report.html'), 'utf8');
    expect(report).toContain('worse (p = 0.010)');
  });

  it('corrects what a judge passed by how far it can be believed', async () => {
    // People labelled 100 of 300: the judge passes 45 of 50 good ones and 20 of 50 bad ones, and 150 of the rest.
    const labelled = Array.from(
      { length: 100 },
      (_, i) => `q${i},a${i},${i < 50 ? 'yes' : 'no'},${(i < 50 ? i < 45 : i < 70) ? 'yes' : 'no'}`,
    );
    const rest = Array.from({ length: 200 }, (_, i) => `r${i},b${i},,${i < 150 ? 'yes' : 'no'}`);
    const summary = await judged([file(['input,output,label,judge', ...labelled, ...rest].join('\n'))]);
    // Of 65 labelled ones that it passes 45 are good, of 35 that it fails 5; it passes 215 of 300.
    expect(itemOf(summary, 'judged_pass_rate').figure).toBeCloseTo(
      (215 / 300) * (45 / 65) + (85 / 300) * (5 / 35),
      9,
    );
    expect(itemOf(summary, 'judge_accuracy').figure).toBeCloseTo(0.75, 9);
  });
});

describe('a survey', () => {
  it('has CSAT, NPS and SUS with intervals, and leaves out what is no answer', async () => {
    const sus = Array.from({ length: 10 }, (_, i) => `sus${i + 1}`);
    const row = (i: number) => [
      i % 10 === 0 ? -99 : 1 + (i % 5),
      i % 11,
      ...sus.map((_, k) => (k % 2 === 0 ? 4 + (i % 2) : 1 + (i % 2))),
    ];
    const summary = await judged([
      file(
        [
          ['satisfaction', 'nps', ...sus].join(','),
          ...Array.from({ length: 110 }, (_, i) => row(i).join(',')),
        ].join('\n'),
      ),
    ]);
    // Ratings of 1 to 5, of which every tenth is missing; 0 to 10 in equal numbers: 2 promoters, 7 detractors of 11.
    expect(itemOf(summary, 'csat')).toMatchObject({ n: 99 });
    expect(itemOf(summary, 'nps').figure).toBeCloseTo((100 * (2 - 7)) / 11, 9);
    expect(itemOf(summary, 'sus').figure).toBeCloseTo((2.5 * (5 * 3 + 5 * 4) + 2.5 * (5 * 4 + 5 * 3)) / 2, 9);
    expect(summary.leftOut[0]!.reason.en).toContain('-99 is no rating');
  });

  it('whose ratings mix two scales gets no figure of them', async () => {
    const rows = Array.from(
      { length: 200 },
      (_, i) => `${i % 2 === 0 ? 1 + (i % 5) : 3 + (i % 8)},${i % 2 === 0 ? 'old' : 'new'},${1 + (i % 7)}`,
    );
    const summary = await judged([file(['satisfaction,wave,other', ...rows].join('\n'))]);
    expect(summary.items).toEqual([]);
    expect(summary.notes[0]!.en).toContain('mixes scales');
  });
});

describe('a folder of recordings', () => {
  it('says which are noisy or cut off, beside the rows that name them', async () => {
    const random = new Random('sound');
    const folder = join(directory, 'recordings');
    mkdirSync(folder);
    const wav = (name: string, noise: number, loud: number) => {
      const samples = Int16Array.from({ length: 8000 }, (_, i) => {
        const value = (Math.floor(i / 1000) % 2) * loud * Math.sin(i / 3) + noise * random.normal();
        return 32767 * Math.max(-1, Math.min(1, value));
      });
      const bytes = Buffer.alloc(44 + samples.byteLength);
      bytes.write('RIFF', 0);
      bytes.writeUInt32LE(36 + samples.byteLength, 4);
      bytes.write('WAVEfmt ', 8);
      for (const [at, value] of [
        [16, 16],
        [24, 8000],
        [28, 16_000],
        [40, samples.byteLength],
      ] as const)
        bytes.writeUInt32LE(value, at);
      for (const [at, value] of [
        [20, 1],
        [22, 1],
        [32, 2],
        [34, 16],
      ] as const)
        bytes.writeUInt16LE(value, at);
      bytes.write('data', 36);
      Buffer.from(samples.buffer).copy(bytes, 44);
      writeFileSync(join(folder, name), bytes);
    };
    for (let i = 0; i < 12; i++) wav(`${i}.wav`, i < 4 ? 0.2 : 0.001, i === 11 ? 3 : 0.4);
    writeFileSync(join(folder, 'broken.wav'), 'RIFF and no more');
    const log = file(
      [
        'file,reference,hypothesis',
        ...Array.from({ length: 12 }, (_, i) => `${i}.wav,a b c ${i},a b c ${i}`),
      ].join('\n'),
    );
    const summary = await judged([log, folder]);
    expect(itemOf(summary, 'noisy_recordings')).toMatchObject({ figure: 4 / 12, n: 12 });
    expect(itemOf(summary, 'clipped_recordings').figure).toBeCloseTo(1 / 12, 9);
    expect(itemOf(summary, 'word_error_rate').figure).toBe(0);
    expect(summary.leftOut[0]!.reason.en).toContain('broken.wav');
  });
});
