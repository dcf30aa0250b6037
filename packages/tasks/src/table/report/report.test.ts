import { parseReport, renderCard, renderReport, reportJson } from '@gradus/report';
import { describe, expect, it } from 'vitest';
import type { TableReportInput } from './input.ts';
import { leftOutInWords } from './left-out.ts';
import { splitInWords } from './making.ts';
import { nextSteps } from './next.ts';
import { tableCard, tableFindings, tableSections } from './report.ts';
import { churnInput, fiveClassInput, priceInput } from './testing/inputs.ts';

const INPUTS: Readonly<Record<string, TableReportInput>> = {
  'two classes': churnInput(),
  'five classes': fiveClassInput(),
  numbers: priceInput(),
};

const english = (input: TableReportInput) => tableFindings(input).map(({ en }) => en);

describe.each(Object.entries(INPUTS))('a report of %s', (_, input) => {
  const title = { en: 'Title', zh: '标题' };
  const report = { title, lead: tableFindings(input)[0]!, sections: tableSections(input) };

  it('is the same after it is written and read, and becomes a page', async () => {
    expect(parseReport(reportJson(report))).toEqual(JSON.parse(JSON.stringify(report)));
    const page = await renderReport(report);
    for (const wrong of ['NaN', 'undefined', '[object', '<by agent>']) expect(page).not.toContain(wrong);
  });

  it('says all in two languages', () => {
    const texts = JSON.stringify(report).matchAll(/"en":"((?:[^"\\]|\\.)*)","zh":"((?:[^"\\]|\\.)*)"/g);
    for (const [, en, zh] of texts) {
      expect(en).not.toBe('');
      // A sentence is not left in English.
      if (/[a-z] [a-z]+ [a-z]+/.test(en!)) expect(zh, en).toMatch(/[\u4e00-\u9fff]/);
      expect(en).not.toMatch(/[\u4e00-\u9fff]/);
    }
  });

  it('has a card with the chosen figure first', () => {
    const card = tableCard(input);
    expect(card.metrics.length).toBeGreaterThanOrEqual(5);
    expect(renderCard({ title, purpose: title, data: [], ...card })).toContain(card.metrics[0]!.name.en);
  });
});

describe('what a founder reads', () => {
  it('is what answers mean in rows, beside what guessing would have given', () => {
    const [figure, standing, reading] = english(churnInput());
    expect(figure).toMatch(/^ROC AUC 0\.\d{3} \(.* – .*\), measured on 1,500 rows/);
    expect(standing).toMatch(/^Better than the best baseline, a linear model: ROC AUC .* beyond chance/);
    expect(reading).toMatch(/^Of 100 rows that it calls “yes”, about \d+ are/);
    expect(english(fiveClassInput())[2]).toMatch(/right class for about \d+ of 100 rows; always naming/);
    expect(english(priceInput())[2]).toMatch(
      /^Half of its answers are off by less than 6\.\d+; always answering/,
    );
  });

  it('is an order where the rare class is hardly ever the likelier one', () => {
    const input = churnInput();
    const detail = input.evaluation.detail;
    if (detail.kind !== 'classes') throw new Error('classes expected');
    const rare = { ...detail.perClass[1]!, said: 3 };
    const evaluation = { ...input.evaluation, detail: { ...detail, perClass: [detail.perClass[0]!, rare] } };
    expect(english({ ...input, evaluation })[2]).toMatch(/hardly any row “yes”.*the tenth of the rows/);
  });

  it('says for whom it is worse, what gives the target away, and what is missing', () => {
    const input = churnInput();
    expect(english(input).join(' ')).toContain(
      'Worse than on all rows (ROC AUC 0.760), beyond chance: region: north',
    );
    const steps = nextSteps(input)
      .map(({ en }) => en)
      .join('\n');
    for (const said of [
      'cancelled_at, status, churned_flag',
      'region: north',
      'income',
      'at most 10.0% errors',
    ])
      expect(steps).toContain(said);
    expect(steps).toMatch(/mostly missing: income\.$/);
  });

  it('does not call a model ready while a column may give the target away', () => {
    const doubt = { en: '"paid_later" may be known too late.', zh: '“paid_later”可能太晚才知道。' };
    expect(nextSteps({ ...churnInput(), doubts: [doubt] })).toContain(doubt);
  });

  it('says to use the simpler model where that does as well, and that rows are few', () => {
    const steps = nextSteps(fiveClassInput()).map(({ en }) => en);
    expect(steps[0]).toMatch(/^A linear model does as well/);
    expect(steps[1]).toMatch(/^Add rows: 800 are few/);
  });

  it('warns of few groups, and of ranges that hold less than they promise', () => {
    const steps = nextSteps(priceInput()).map(({ en }) => en);
    expect(steps[0]).toMatch(/^Add rows of more groups: 6 were tested/);
    expect(steps.join()).toMatch(/Do not rely on the ranges: they held the true value in 6\d/);
  });

  it('says how rows were split, and why a column was left out', () => {
    expect(splitInWords(fiveClassInput().split).en).toBe(
      'The newest rows by opened were kept for testing (2024-10-01 – 2024-12-31), so it was tested on a later time than it learnt from.',
    );
    const leak = { code: 'level', level: 'x', label: 'bad', rows: 1200, share: 0.98, base: 0.004 } as const;
    expect(leftOutInWords({ code: 'leak', leak }, 'state')).toEqual({
      en: 'It gives state away: 98 of 100 rows with “x” (1,200 rows) are “bad”, against 0.4 of 100 among all rows.',
      zh: '泄漏了 state：取值为“x”的 1,200 行中，每 100 行有 98 行为“bad”，而全部数据中每 100 行仅 0.4 行。',
    });
  });
});
