import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderCard } from './card.ts';
import type { Block, Report } from './document.ts';
import { renderReport } from './render.ts';

const both = (text: string) => ({ en: text, zh: `中${text}` });

/** A report that puts a text everywhere a text can stand. */
function reportOf(text: string): Report {
  const said = both(text);
  const blocks: Block[] = [
    { kind: 'text', text: said },
    { kind: 'note', tone: 'warning', text: said },
    { kind: 'figures', items: [{ label: said, value: text, detail: said }] },
    { kind: 'table', caption: said, columns: [{ label: said }], rows: [[text], [said]] },
    { kind: 'list', ordered: true, items: [said] },
    { kind: 'quotes', items: [{ text, row: 7, detail: said }] },
    {
      kind: 'chart',
      caption: said,
      height: 200,
      option: () => ({
        title: { text },
        xAxis: { type: 'category', data: [text, 'b'], name: text },
        yAxis: { type: 'value' },
        series: [{ type: 'bar', name: text, data: [1, 2], label: { show: true, formatter: () => text } }],
      }),
    },
  ];
  return { title: said, lead: said, sections: [{ id: 'all', title: said, blocks }] };
}

describe('renderReport', () => {
  it('makes one page that needs nothing from anywhere, in both languages', async () => {
    const html = await renderReport(reportOf('Delivery is late'), 'zh');
    expect(html).toContain('<main class="in-en" lang="en">');
    expect(html).toContain('中Delivery is late');
    expect(html).toContain('id="show-zh" checked');
    expect(html).toContain("default-src 'none'");
    expect(html).toMatch(/<svg[^>]*viewBox/);
    expect(html.match(/第 7 行|row 7/g)).toEqual(['row 7', '第 7 行']);
    // Nothing is fetched: no address but the SVG name space, no script, no link.
    const addresses = new Set(html.match(/https?:\/\/[^"'\s<]*/g));
    expect([...addresses].every((address) => address.startsWith('http://www.w3.org/'))).toBe(true);
    expect(html).not.toMatch(/<script|<link|<iframe|\son\w+=/i);
  });

  it('shows what people wrote and never runs it', async () => {
    const hostile = fc.oneof(
      fc.constantFrom(
        '<script>alert(1)</script>',
        '"><img src=x onerror=alert(1)>',
        "'><svg onload=alert(1)>",
        '</style><script>',
        '=HYPERLINK("http://x")',
        ']]><x>',
      ),
      fc.string({ unit: 'binary' }),
    );
    const harmless = tags(await renderReport(reportOf('x')));
    await fc.assert(
      fc.asyncProperty(hostile, async (text) => {
        const html = await renderReport(reportOf(text));
        const found = tags(html);
        // The same elements, whatever the text: it stayed text. And no attribute that acts or fetches.
        expect([...found.elements].filter((name) => !harmless.elements.has(name))).toEqual([]);
        expect([...found.attributes].filter((name) => /^on|^src$|^xlink/i.test(name))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});

/** The names of a page's elements and of their attributes. */
function tags(html: string): { elements: Set<string>; attributes: Set<string> } {
  const found = Array.from(
    html
      .replace(/<style>.*?<\/style>/gs, '')
      .matchAll(/<([a-z!/][^\s>]*)((?:\s+[^\s=>"']+(?:="[^"]*")?)*)\s*\/?>?/gi),
  );
  const attributes = found.flatMap(([, , text]) => text!.match(/[^\s=>"']+(?==")/g) ?? []);
  return { elements: new Set(found.map(([, name]) => name!)), attributes: new Set(attributes) };
}

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
