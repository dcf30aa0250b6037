/** Evidence as it comes: codes of missing values, scales put together, columns of other names. What is not scored is named. */
import type { UserError } from '@gradus/base';
import { estimateFigure } from '@gradus/tasks';
import { describe, expect, it } from 'vitest';
import { columnFigures } from './evidence/column-figures.ts';
import type { Evidence, EvidenceTable } from './evidence/evidence.ts';
import { joinTables } from './evidence/join.ts';
import { KINDS, kindOf, recognizedKind, TABLE_KINDS } from './evidence/kinds.ts';
import { checkLimits, namedColumns } from './process.ts';
import { PRESETS } from './standard/presets.ts';
import { readStandard } from './standard/standard.ts';

async function read(text: string): Promise<Evidence> {
  const [columns, ...rows] = text
    .trim()
    .split('\n')
    .map((line) => line.split(','));
  const table: EvidenceTable = {
    file: 'log.csv',
    columns: columns!,
    rows,
    numbers: rows.map((_, i) => i + 1),
  };
  const [joined] = joinTables([table]);
  const kind = kindOf(table, undefined);
  const standard = await readStandard(PRESETS[KINDS[kind].preset]!, kind);
  const evidence = TABLE_KINDS[kind].read(joined!, { standard, slices: [] });
  return { ...evidence, figures: [...evidence.figures, ...columnFigures(table, evidence, standard)] };
}

const lines = (count: number, line: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => line(i)).join('\n');
const figureOf = ({ figures }: Evidence, id: string) => {
  const figure = figures.find((one) => one.id === id);
  return figure && estimateFigure(figure.values);
};
const leftOut = (evidence: Evidence) => evidence.leftOut.map(({ reason, count }) => [reason.en, count]);
const notes = (evidence: Evidence) => evidence.notes.map(({ en }) => en).join('\n');

describe('a survey', () => {
  it('of four answers, one of them -99, has a figure of three and names the fourth', async () => {
    const evidence = await read('respondent,csat,recommend\na,5,9\nb,-99,8\nc,4,10\nd,3,6');
    expect(figureOf(evidence, 'csat')).toMatchObject({ value: 2 / 3, n: 3 });
    expect(leftOut(evidence)).toEqual([['"csat": -99 is no rating of its scale, so it is no answer', 1]]);
  });

  it('whose ratings are none gets no figure, and is told why', async () => {
    const evidence = await read('respondent,csat,recommend\na,0.25,9\nb,0.3,8\nc,0.8,10\nd,0.95,6');
    expect(figureOf(evidence, 'csat')).toBeUndefined();
    expect(notes(evidence)).toContain('"csat" holds no ratings that a scale could be told from');
  });

  it('of yes and no has the share of yes', async () => {
    const evidence = await read('respondent,csat,recommend\na,yes,9\nb,no,8\nc,yes,10\nd,yes,6');
    expect(figureOf(evidence, 'csat')).toMatchObject({ value: 0.75, n: 4 });
  });

  it('that puts scales of 5 and of 10 under each other is not scored', async () => {
    const evidence = await read(
      `respondent,csat\n${lines(80, (i) => `${i},${i < 40 ? 1 + (i % 5) : (i * 7) % 11}`)}`,
    );
    expect(figureOf(evidence, 'csat')).toBeUndefined();
    expect(notes(evidence)).toContain('"csat" mixes scales: where answers 1 to 4');
  });

  it('in which all recommend does not say that everybody would', async () => {
    const evidence = await read(`respondent,csat,nps\n${lines(40, (i) => `${i},5,10`)}`);
    const { value, low, high } = figureOf(evidence, 'nps')!;
    // Of 40 who agree, up to 8.8 % of all may not (Clopper and Pearson, 1934).
    expect([value, high]).toEqual([100, 100]);
    expect(low).toBeCloseTo(100 - 200 * (1 - 0.025 ** (1 / 40)), 6);
  });
});

describe('measurements', () => {
  it('leave out -99 where nothing is near it, by name', async () => {
    const value = (i: number) => (i === 4 ? '-99' : (10 + Math.sin(i) / 5).toFixed(3));
    const evidence = await read(`value,lower,upper\n${lines(30, (i) => `${value(i)},8,12`)}`);
    expect(figureOf(evidence, 'within_tolerance:value')).toMatchObject({ value: 1, n: 29 });
    expect(leftOut(evidence)[0]![0]).toContain('-99 is the usual code where nothing was measured');
    const near = await read(
      `value,lower,upper\n${lines(30, (i) => `${-99 + 3 * Math.sin(i)},-105,-95`)}\n-99,-105,-95`,
    );
    expect(near.leftOut).toEqual([]);
  });

  it('of time and cost that are none are named', async () => {
    const evidence = await read(
      `input,output,label,latency,cost\n${lines(40, (i) => `q${i},a${i},pass,${i === 3 ? -99 : 1 + i / 100},${i === 4 ? 'n/a' : 0.01}`)}`,
    );
    expect(leftOut(evidence)).toEqual([
      ['"latency" is no number of 0 or more, so it is no measurement', 1],
      ['"cost" is no number of 0 or more, so it is no measurement', 1],
    ]);
  });
});

describe('a judge', () => {
  it('that says the same of everything tells nothing, and has no kappa', async () => {
    const evidence = await read(
      `input,output,label,judge\n${lines(40, (i) => `q${i},a${i},${i % 3 ? 'pass' : 'fail'},pass`)}`,
    );
    expect(figureOf(evidence, 'judge_kappa')).toBeUndefined();
    expect(notes(evidence)).toContain('The judge "judge" says "yes" of everything');
  });
});

describe('a voice log', () => {
  it('of other names is read by names and contents, and asks', async () => {
    const heard = (i: number) => `play some music ${i % 4 ? i : ''}`.trim();
    const english = await read(
      `utt_id,transcript,asr_output,true_action,system_action,mic\n${lines(60, (i) => `${i},play some music ${i},${heard(i)},music,${i % 5 ? 'music' : 'news'},far`)}`,
    );
    // Every fourth sentence of four words lost its last one.
    expect(figureOf(english, 'word_error_rate')?.value).toBeCloseTo(15 / 240, 9);
    expect(figureOf(english, 'action_accuracy')?.value).toBeCloseTo(0.8, 9);
    expect(notes(english)).toContain('"transcript" is taken for what was said and "asr_output"');
    const chinese = await read(
      `标准文本,识别结果,意图,预测意图\n${lines(40, (i) => `播放音乐吧,播放音${i % 4 ? '乐' : '月'}吧,音乐${i},音乐${i}`)}`,
    );
    expect(figureOf(chinese, 'character_error_rate')?.value).toBeCloseTo(0.05, 9);
  });

  it('of labels alone counts equal rows', async () => {
    const evidence = await read(
      `intent,predicted_intent\n${lines(20, (i) => `light,${i % 2 ? 'light' : 'radio'}`)}`,
    );
    expect(figureOf(evidence, 'intent_accuracy')).toMatchObject({ value: 0.5, n: 20 });
  });

  it('without an error is not one that never errs', async () => {
    const evidence = await read(`reference,hypothesis\n${lines(20, (i) => `say ${i},say ${i}`)}`);
    const { value, low, high } = figureOf(evidence, 'word_error_rate')!;
    expect([value, low]).toEqual([0, 0]);
    expect(high).toBeCloseTo(1 - 0.025 ** (1 / 20), 6);
  });
});

describe('a limit', () => {
  it('of a share above 1 is refused, with what was meant', async () => {
    const evidence = await read(`respondent,csat,nps\n${lines(40, (i) => `${i},5,10`)}`);
    const text =
      'characteristics:\n  - characteristic: S\n    figures:\n      - {figure: csat, at_least: 70}\n';
    const standard = await readStandard(text, 'own.yaml');
    expect(() => checkLimits(standard, [evidence])).toThrow(
      expect.objectContaining({ message: expect.stringContaining('Write 0.7') }) as UserError,
    );
  });
});

describe('files of different kinds', () => {
  const tableOf = (file: string, columns: string[], row: (i: number) => string[]): EvidenceTable => ({
    file,
    columns,
    rows: Array.from({ length: 30 }, (_, i) => row(i)),
    numbers: Array.from({ length: 30 }, (_, i) => i + 1),
  });
  const voice = tableOf('voice', ['id', 'version', 'reference', 'hypothesis'], (i) => [
    `${i}`,
    `${1 + (i % 2)}`,
    'turn on the light',
    'turn on the night',
  ]);
  const answers = tableOf('answers', ['id', 'input', 'output'], (i) => [`${i}`, `question ${i}`, 'yes']);

  it('that number their rows alike are not joined', () => {
    const joined = joinTables([voice, answers], (table) => recognizedKind(table, undefined));
    expect(joined.map(({ table }) => table.file)).toEqual(['voice', 'answers']);
  });

  it('have the columns that people named where these are; what none has is an error', async () => {
    const standard = await readStandard(PRESETS['voice-assistant']!, 'voice-assistant');
    const settings = { standard, version: 'version', slices: ['id'] };
    const of = namedColumns([voice, answers], settings);
    expect([of(voice).version, of(answers).version, of(answers).slices]).toEqual([
      'version',
      undefined,
      ['id'],
    ]);
    expect(() => namedColumns([answers], settings)).toThrow('--version: there is no column "version"');
  });
});
