import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderCard } from './card.ts';
import { chartBlock } from './chart-block.ts';
import type { Chart } from './charts/chart.ts';
import { chartDrawer } from './charts/draw.ts';
import type { HeatmapChart } from './charts/heatmap.ts';
import type { Block, Report } from './document.ts';
import { parseReport, reportJson } from './json.ts';
import { renderReport } from './render.ts';

const PICTURE = 'data:image/png;base64,iVBORw0KGgo=';

const both = (text: string) => ({ en: text, zh: `中${text}` });

const SCALES: readonly HeatmapChart['scale'][] = [
  { kind: 'diverging', limit: 1 },
  { kind: 'sequential' },
  { kind: 'levels', bounds: [0.1, 1] },
];

/** A chart of each kind with a text everywhere a text can stand. */
function chartsOf(text: string): Chart[] {
  const label = both(text);
  const line = { name: text, values: [1, null, 2] };
  const time = { kind: 'time', values: ['2025-01-01', '2025-01-02', '2025-01-03'] } as const;
  const names = { kind: 'category', values: [text, 'b', 'c'], label } as const;
  const axis = { label, min: 0, max: 1 };
  const point = { name: text, x: 0.5, y: 0.5, size: 0.5, labelled: true };
  return [
    { kind: 'bar', full: 1, bars: [{ name: text, value: 0.5, text: label }] },
    {
      kind: 'bubble',
      x: axis,
      y: axis,
      groups: [
        { name: text, tone: 'bad', points: [point] },
        { name: label, tone: 'good', points: [] },
      ],
    },
    { kind: 'calibration', bins: [{ predicted: 0.2, observed: 0.3 }] },
    ...SCALES.map(
      (scale): Chart => ({ kind: 'heatmap', columns: [text], rows: [label], cells: [[0, 0, 0.5]], scale }),
    ),
    { kind: 'scatter', x: text, y: label, points: [[1, 2]] },
    { kind: 'line', x: time, y: { fromZero: true }, series: [line] },
    { kind: 'line', x: names, y: { label, fromZero: false }, series: [line, { ...line, name: label }] },
    {
      kind: 'multiples',
      cells: [
        { kind: 'histogram', title: text, counts: [1, 2, 3], from: text, to: label },
        { kind: 'line', title: label, values: [1, 2], from: text, to: text, lowest: text, highest: text },
        { kind: 'bars', title: text, bars: [{ name: text, value: 1 }] },
        { kind: 'line', title: label, values: [1, 1], from: text, to: text, lowest: text, highest: text },
      ],
    },
  ];
}

/** A report that puts a text everywhere a text can stand. */
function reportOf(text: string): Report {
  const said = both(text);
  const blocks: Block[] = [
    { kind: 'text', text: said },
    { kind: 'note', tone: 'warning', text: said },
    { kind: 'figures', items: [{ label: said, value: text, detail: said }] },
    { kind: 'table', caption: said, columns: [{ label: said }], rows: [[text], [said]] },
    { kind: 'list', ordered: true, items: [said] },
    {
      kind: 'quotes',
      items: [{ text: `It ${text} so`, stress: `${text} so`, row: 7, detail: said, isCited: true }],
    },
    { kind: 'reviews', items: [{ text, row: 7 }] },
    { kind: 'pictures', items: [{ source: PICTURE, caption: said }] },
    { kind: 'bars', items: [{ name: text, value: 0.5, text: said, tone: 'bad' }] },
    {
      kind: 'finding',
      title: said,
      figure: said,
      quotes: [{ text, row: 8 }],
      more: [{ kind: 'text', text: said }],
    },
    { kind: 'details', summary: said, blocks: [{ kind: 'text', text: said }] },
    ...chartsOf(text).map((chart) => chartBlock(said, chart)),
  ];
  return { title: said, lead: said, sections: [{ id: 'all', title: said, blocks }] };
}

const hostile = fc.oneof(
  fc.constantFrom(
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "'><svg onload=alert(1)>",
    '</style><script>',
    '=HYPERLINK("http://x")',
    ']]><x>',
    '\0',
    ...Object.getOwnPropertyNames(Object.prototype),
  ),
  fc.string({ unit: 'binary' }),
);

describe('renderReport', () => {
  it('makes one page that needs nothing from anywhere, in both languages', async () => {
    const html = await renderReport(reportOf('Delivery is late'), 'zh');
    expect(html).toContain('<main class="in-en" lang="en">');
    expect(html).toContain('中Delivery is late');
    expect(html).toContain('id="show-zh" checked');
    expect(html).toContain("default-src 'none'");
    expect(html).toMatch(/<svg[^>]*viewBox/);
    expect(html.match(/第 7 行|row 7/g)).toEqual(['row 7', 'row 7', '第 7 行', '第 7 行']);
    expect(html).toContain('<a href="#en-row-7">row 7</a>');
    expect(html).toContain('<li id="en-row-7">');
    // Nothing is fetched: no address but the SVG name space, no script, no link.
    const addresses = new Set(html.match(/https?:\/\/[^"'\s<]*/g));
    expect([...addresses].every((address) => address.startsWith('http://www.w3.org/'))).toBe(true);
    expect(html).not.toMatch(/<script|<link|<iframe|\son\w+=/i);
  });

  it('opens charts of time at their latest, and no others', async () => {
    const html = await renderReport(reportOf('x'), 'en');
    const ofTime = chartsOf('x').filter((chart) => chart.kind === 'line' && chart.x.kind === 'time');
    // In both languages.
    expect(html.match(/class="chart latest"/g)).toHaveLength(2 * ofTime.length);
    const months = chartBlock(both('x'), {
      kind: 'line',
      x: { kind: 'category', values: ['2025-01', '2025-02'] },
      y: { fromZero: true },
      series: [{ name: 'x', values: [1, 2] }],
    });
    const page = {
      title: both('x'),
      lead: both('x'),
      sections: [{ id: 'x', title: both('x'), blocks: [months] }],
    };
    expect(await renderReport(page, 'en')).toContain('class="chart latest"');
  });

  it('keeps the names of a bubble chart inside of it, and its ticks even', async () => {
    const point = { y: 0.9, size: 0.5, labelled: true };
    const svg = (await chartDrawer())(
      {
        kind: 'bubble',
        x: { label: both('share'), min: 0, max: 10 },
        y: { label: both('severity'), min: 0.8, max: 1 },
        groups: [
          {
            name: 'problem',
            tone: 'bad',
            points: [
              { ...point, name: 'first', x: 1 },
              { ...point, name: 'last', x: 9.8 },
            ],
          },
        ],
      },
      'en',
      460,
    );
    const anchorOf = (name: string) =>
      /text-anchor="(\w+)"/.exec(new RegExp(`<text[^>]*>${name}</text>`).exec(svg)![0])![1];
    expect([anchorOf('first'), anchorOf('last')]).toEqual(['start', 'end']);
    for (const tick of ['0.8', '0.85', '0.9', '0.95']) expect(svg).toContain(`>${tick}</text>`);
  });

  it.each([
    ['days of two months', 16, 7],
    ['five months', 5, 30.4],
    ['three years of months', 36, 30.4],
    ['a year of days', 400, 1],
    ['a day of hours', 30, 0.04],
  ])('labels times without overlap, in figures: %s', async (_, count, stepDays) => {
    const draw = await chartDrawer();
    for (let month = 0; month < 12; month += 4) {
      const start = Date.UTC(2022, month, 17);
      const values = Array.from({ length: count }, (_, i) =>
        new Date(start + i * stepDays * 86_400_000).toISOString(),
      );
      const series = [{ name: 'a', values: values.map((_, i) => i % 7) }];
      const svg = draw(
        { kind: 'line', x: { kind: 'time', values }, y: { fromZero: true }, series },
        'zh',
        180,
      );
      const labels = Array.from(
        svg.matchAll(/<text[^>]*translate\(([\d.]+) ([\d.]+)\)[^>]*>([^<]*)<\/text>/g),
        ([, x, y, label]) => ({ x: Number(x), y: Number(y), label: label! }),
      )
        .filter(({ y }) => y > 150)
        .sort((a, b) => a.x - b.x);
      expect(labels.length).toBeGreaterThan(1);
      for (const [i, { x, label }] of labels.entries()) {
        expect(label).toMatch(/^[\d:-]+$/);
        const next = labels[i + 1];
        // A figure is 7 pixels wide at the size of labels.
        if (next) expect(next.x - x).toBeGreaterThan((7 * (label.length + next.label.length)) / 2);
      }
    }
  });

  it('draws names of properties that every object has, and changes no other drawing', async () => {
    const draw = await chartDrawer();
    const before = chartsOf('late again').map((chart) => draw(chart, 'en', 200));
    for (const name of Object.getOwnPropertyNames(Object.prototype))
      for (const chart of chartsOf(`${name} again and again, ${name}`)) draw(chart, 'en', 200);
    for (const name of Object.getOwnPropertyNames(Object.prototype))
      for (const chart of chartsOf(name)) draw(chart, 'en', 200);
    expect(Object.keys(Object.prototype)).toEqual([]);
    const after = await chartDrawer();
    expect(chartsOf('late again').map((chart) => after(chart, 'en', 200))).toEqual(before);
  });

  it('gives the same page for the same report, before and after its way through JSON', async () => {
    await fc.assert(
      fc.asyncProperty(hostile, async (text) => {
        const report = reportOf(text);
        expect(await renderReport(parseReport(reportJson(report)))).toBe(await renderReport(report));
      }),
      { numRuns: 10 },
    );
  });

  it('shows what people wrote and never runs it', async () => {
    const harmless = tags(await renderReport(reportOf('x')));
    await fc.assert(
      fc.asyncProperty(hostile, async (text) => {
        const html = await renderReport(reportOf(text));
        const found = tags(html);
        // The same elements, whatever the text: it stayed text. And no attribute that acts or fetches.
        expect([...found.elements].filter((name) => !harmless.elements.has(name))).toEqual([]);
        expect([...found.attributes].filter((name) => /^on|^xlink/i.test(name))).toEqual([]);
        // What has a source is a picture of the page itself.
        expect([...found.sources]).toEqual([PICTURE]);
      }),
      { numRuns: 25 },
    );
  });
});

/** The names of a page's elements and of their attributes, and the values of those called `src`. */
function tags(html: string): { elements: Set<string>; attributes: Set<string>; sources: Set<string> } {
  const found = Array.from(
    html
      .replace(/<style>.*?<\/style>/gs, '')
      .matchAll(/<([a-z!/][^\s>]*)((?:\s+[^\s=>"']+(?:="[^"]*")?)*)\s*\/?>?/gi),
  );
  const attributes = found.flatMap(([, , text]) => text!.match(/[^\s=>"']+(?==")/g) ?? []);
  const sources = found.flatMap(([, , text]) =>
    Array.from(text!.matchAll(/\ssrc="([^"]*)"/gi), ([, value]) => value!),
  );
  return {
    elements: new Set(found.map(([, name]) => name!)),
    attributes: new Set(attributes),
    sources: new Set(sources),
  };
}

describe('parseReport', () => {
  it('takes back what reportJson wrote', () => {
    const report = reportOf('x');
    expect(parseReport(reportJson(report))).toEqual(report);
  });

  it('says what is wrong with a file that is no report', () => {
    expect(() => parseReport('{')).toThrow(/The report cannot be read/);
    expect(() => parseReport('{"version":2}')).toThrow(/version/);
    const chart = { kind: 'chart', height: 1, caption: both('x'), chart: { kind: 'pie' } };
    const section = { id: 'a', title: both('x'), blocks: [chart] };
    const json = JSON.stringify({ version: 1, title: both('x'), lead: both('x'), sections: [section] });
    expect(() => parseReport(json)).toThrow(/sections\.0\.blocks\.0\.chart/);
  });
});

describe('renderCard', () => {
  it('says the same in both languages, and keeps its tables whole', () => {
    const card = renderCard({
      title: both('Sentiment | <b>'),
      purpose: both('Reads reviews'),
      limits: [both('Not for *medicine*')],
      data: [both('reviews.csv')],
      metrics: [{ name: both('accuracy'), value: '0.90 (0.89 – 0.91)', baseline: '0.88' }],
      made: [both('By Gradus')],
    });
    expect(card).toContain('# Sentiment \\| \\<b\\>');
    expect(card).toContain('| accuracy | 0.90 (0.89 – 0.91) | 0.88 |');
    expect(card).toContain('## 局限\n\n- 中Not for \\*medicine\\*');
  });
});
