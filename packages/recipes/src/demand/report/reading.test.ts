/** What a founder reads of files unlike the usual: questions, and praise in several words. */
import { describe, expect, it } from 'vitest';
import type { Review } from '../review.ts';
import { analyseReviews } from '../testing/analyse-file.ts';
import { complaintSection } from './complaints.ts';
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
