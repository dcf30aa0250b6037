/** What a founder reads of files unlike the usual: questions, and praise in several words. */
import { describe, expect, it } from 'vitest';
import type { Review } from '../review.ts';
import { analyseReviews } from '../testing/analyse-file.ts';
import { complaintSection } from './complaints.ts';
import type { DataSummary } from './data-summary.ts';
import { demandReport } from './report.ts';
import { themeTree } from './theme-tree.ts';
import { whatToDo } from './what-to-do.ts';

const analysisOf = async (texts: readonly string[], labelOf?: (i: number) => 0 | 1) => {
  const reviews = texts.map(
    (text, i): Review => ({ row: i + 1, text, ...(labelOf && { label: labelOf(i) }) }),
  );
  return (await analyseReviews(reviews)).analysis;
};

const many = (texts: readonly string[], times: number) =>
  Array.from({ length: times }, (_, i) => texts.map((text) => `${text} ${i}`)).flat();

describe('a file of requests', () => {
  it('says that it is one, and lists no requests among its requests', async () => {
    const analysis = await analysisOf(
      many(['please add milk to my list', 'set an alarm for monday', 'play some jazz'], 40),
    );
    expect(analysis.voices).toEqual([]);
    expect(analysis.warnings.map(({ id }) => id)).toContain('asks');
    const said = JSON.stringify(whatToDo(analysis, new Map()));
    expect(said).not.toMatch(/stands below|列在下面/);
  });

  it('points to complaints below only where there are some', async () => {
    const analysis = await analysisOf(many(['the parcel arrived two weeks late', 'a lovely colour'], 20));
    const said = (points: typeof analysis.points) =>
      JSON.stringify(whatToDo({ ...analysis, actions: [], points }, new Map()));
    expect(said(analysis.points)).toContain('stands below');
    expect(said(analysis.points.filter(({ kind }) => kind === 'praise'))).not.toContain('stands below');
  });
});

describe('the report of a file of questions', () => {
  it('speaks of texts, but for what the file itself calls a review', async () => {
    const texts = many(
      [
        'How do I write a review?',
        'Where is my card?',
        'Can I pay with another card?',
        'Why was I charged a fee?',
      ],
      30,
    );
    const reviews = texts.map((text, i): Review => ({ row: i + 1, text }));
    const { analysis } = await analyseReviews(reviews);
    const none = { reason: { en: 'no such column', zh: '没有这样的列' } };
    const data: DataSummary = {
      file: 'reviews.csv',
      rows: { read: 120, used: 120, setAside: 0 },
      columns: {
        text: { column: 'question', ...none },
        rating: none,
        label: none,
        time: none,
        product: none,
      },
      setAside: [],
      notes: [],
    };
    const report = demandReport(
      analysis,
      null,
      data,
      null,
      new Map(reviews.map(({ row, text }) => [row, text])),
    );
    const said: string[] = [];
    const visit = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      const { en, zh } = value as Record<string, unknown>;
      if (typeof en === 'string' && typeof zh === 'string' && en !== zh) said.push(en, zh);
      else Object.values(value).forEach(visit);
    };
    visit(report.sections);
    const names = analysis.themes.map(({ name }) => name);
    const ours = said
      .filter((text) => !/If these are reviews|若这些是评价/u.test(text))
      .map((text) =>
        names.reduce((rest, name) => rest.replaceAll(name, ''), text).replace('reviews.csv', ''),
      );
    expect(ours.filter((text) => /review|评价/iu.test(text))).toEqual([]);
    expect(report.lead!.en).toMatch(/^120 texts, /);
    expect(JSON.stringify(report)).toContain('How do I write a review?');
  });
});

describe('the themes of a file', () => {
  it('say on one line what is praised, each way of it with its count', async () => {
    const texts = many(['Great price', 'not expensive', 'The soup was cold'], 20);
    const analysis = await analysisOf(texts, (i) => (i % 3 === 2 ? 0 : 1));
    const told = JSON.stringify(themeTree(analysis, new Map()));
    expect(analysis.points.filter(({ theme, kind }) => theme === 'price' && kind === 'praise')).toHaveLength(
      2,
    );
    expect(told.match(/Praise: /g)).toHaveLength(1);
    expect(told).toMatch(/Praise: “great price” \(20\); “not expensive” \(20\)|Praise: .*\(20\); .*\(20\)/);
    expect(told).toMatch(/称赞：/);
  });
});

it('a complaint that many make in the same words is acted on', async () => {
  const kiosk = [
    'The app crashes when I pay',
    'Great taste',
    'Support never answered my mail',
    'Lovely colours',
  ];
  const texts = Array.from({ length: 120 }, (_, i) => `${kiosk[i % kiosk.length]!} (${i})`);
  const { actions } = await analysisOf(texts, (i) => (i % 2 === 0 ? 0 : 1));
  expect(actions.map(({ point }) => point)).toEqual(
    expect.arrayContaining(['app.crashes', 'contact.unanswered']),
  );
});

it('of a small file all complaints are there, and no more stand open than print on eight pages', async () => {
  const parts = ['screen', 'battery', 'handle', 'zipper', 'cable', 'lens', 'speaker', 'mattress', 'lining'];
  const faults = ['is broken', 'is dirty', 'is too expensive', 'stopped working', 'is uncomfortable'];
  const analysis = await analysisOf(
    parts.flatMap((part) => faults.map((fault) => `The ${part} ${fault}.`)),
    () => 0,
  );
  const complaints = analysis.points.filter(
    ({ kind, theme, evidence }) => kind === 'complaint' && theme !== 'whole' && evidence.length > 0,
  );
  const { blocks } = complaintSection(analysis, new Map())!;
  const folded = blocks.filter(({ kind }) => kind === 'details');
  expect(complaints.length).toBeGreaterThan(12);
  expect(blocks).toHaveLength(13);
  expect(JSON.stringify(folded)).toContain(`${complaints.length - 12} more complaints`);
});
