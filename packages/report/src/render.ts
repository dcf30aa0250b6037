/**
 * Draws a report as one self-contained HTML page: no network, no script. Both languages are in it, and two radio
 * buttons with a line of CSS choose between them. Charts are drawn to SVG here, once a language.
 */

import { LANGUAGES, type Language } from '@gradus/base';
import type { Chart } from './charts/chart.ts';
import { chartDrawer, type DrawChart } from './charts/draw.ts';
import type { Block, Quote, Report, Section } from './document.ts';
import { escapeHtml } from './escape.ts';
import { pictureSvg } from './pictures.ts';
import { STYLE } from './style.ts';
import { inLanguage, type Text } from './text.ts';

const WORDS: Readonly<
  Record<Language, { readonly name: string; readonly contents: string; readonly more: string }>
> = {
  en: { name: 'English', contents: 'Contents', more: 'Figures and more quotes' },
  zh: { name: '中文', contents: '目录', more: '数据与更多原话' },
};

function hasChart(block: Block): boolean {
  if (block.kind === 'details') return block.blocks.some(hasChart);
  if (block.kind === 'finding') return block.more.some(hasChart);
  return block.kind === 'chart';
}

/** A report without charts does not load ECharts. */
const NO_CHARTS: DrawChart = () => '';

/** @param first The language that is shown when the page opens. */
export async function renderReport(report: Report, first: Language = 'en'): Promise<string> {
  const hasCharts = report.sections.some(({ blocks }) => blocks.some(hasChart));
  const drawChart = hasCharts ? await chartDrawer() : NO_CHARTS;
  const switches = LANGUAGES.map(
    (language) =>
      `<input type="radio" name="language" id="show-${language}"${language === first ? ' checked' : ''}><label for="show-${language}" lang="${language}">${WORDS[language].name}</label>`,
  ).join('');
  return `<!doctype html>
<html lang="${first}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="generator" content="Gradus">
<title>${escapeHtml(report.title[first])}</title>
<style>${STYLE}</style>
</head>
<body>
<nav class="languages" aria-label="Language / 语言">${switches}</nav>
${LANGUAGES.map((language) => page(report, language, drawChart)).join('\n')}
</body>
</html>
`;
}

const MONTH = /^\d{4}-\d{2}\b/;

/** Of what goes on in time the latest matters most: on a narrow screen it is what is seen first. */
const opensAtEnd = (chart: Chart): boolean =>
  chart.kind === 'line' && (chart.x.kind === 'time' || chart.x.values.every((value) => MONTH.test(value)));

function page({ title, lead, sections }: Report, language: Language, drawChart: DrawChart): string {
  const contents = sections
    .map(
      ({ id, title }) => `<li><a href="#${anchorOf(id, language)}">${escapeHtml(title[language])}</a></li>`,
    )
    .join('');
  return `<main class="in-${language}" lang="${language}">
<header><h1>${escapeHtml(title[language])}</h1><p class="lead">${escapeHtml(lead[language])}</p></header>
<nav class="contents" aria-label="${WORDS[language].contents}"><ul>${contents}</ul></nav>
${sections.map((each) => section(each, language, drawChart)).join('\n')}
</main>`;
}

function section({ id, title, blocks }: Section, language: Language, drawChart: DrawChart): string {
  const anchor = anchorOf(id, language);
  return `<section id="${anchor}" aria-labelledby="${anchor}-title"><h2 id="${anchor}-title">${escapeHtml(title[language])}</h2>
${blocks.map((block) => draw(block, language, drawChart)).join('\n')}</section>`;
}

const anchorOf = (id: string, language: Language): string => `${language}-${id.replace(/[^a-z0-9-]/gi, '-')}`;
const text = (text: Text, language: Language): string => escapeHtml(inLanguage(text, language));

/** An interval stays on one line of its cell, in brackets behind a figure or by itself. */
const unbroken = (html: string): string =>
  html.replace(/\([^()]* – [^()]*\)|^\S+ – \S+$/g, (interval) => `<span class="interval">${interval}</span>`);

/** One way to draw each kind of block. */
const DRAW: {
  readonly [K in Block['kind']]: (
    block: Extract<Block, { kind: K }>,
    language: Language,
    drawChart: DrawChart,
  ) => string;
} = {
  text: (block, language) => `<p>${text(block.text, language)}</p>`,
  note: (block, language) => `<p class="note ${block.tone}" role="note">${text(block.text, language)}</p>`,
  figures: ({ items }, language) =>
    `<dl class="figures">${items
      .map(
        ({ label, value, detail }) =>
          `<div><dt>${text(label, language)}</dt><dd>${text(value, language)}${detail ? `<small>${text(detail, language)}</small>` : ''}</dd></div>`,
      )
      .join('')}</dl>`,
  table: ({ caption, columns, rows }, language) => {
    const align = (i: number) => (columns[i]?.align === 'right' ? ' class="right"' : '');
    const head = columns
      .map(({ label }, i) => `<th scope="col"${align(i)}>${text(label, language)}</th>`)
      .join('');
    const body = rows
      .map(
        (row) =>
          `<tr>${row.map((cell, i) => `<td${align(i)}>${unbroken(text(cell, language))}</td>`).join('')}</tr>`,
      )
      .join('');
    return `<div class="scroll" tabindex="0"><table>${caption ? `<caption><span>${text(caption, language)}</span></caption>` : ''}<thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
  },
  chart: ({ caption, chart, height }, language, drawChart) =>
    `<figure><div class="${opensAtEnd(chart) ? 'chart latest' : 'chart'}" role="img" aria-label="${text(caption, language)}">${drawChart(chart, language, height)}</div><figcaption>${text(caption, language)}</figcaption></figure>`,
  pixels: ({ caption, scale, items }, language) => {
    const shown = items.map((picture) => {
      const name = inLanguage(picture.name, language);
      return `<div class="picture"><div class="scroll" tabindex="0">${pictureSvg(picture, scale, name)}</div><small>${escapeHtml(name)}</small></div>`;
    });
    return `<figure class="pixels">${shown.join('')}<figcaption>${text(caption, language)}</figcaption></figure>`;
  },
  list: ({ ordered, items }, language) => {
    const tag = ordered ? 'ol' : 'ul';
    return `<${tag}>${items.map((item) => `<li>${text(item, language)}</li>`).join('')}</${tag}>`;
  },
  quotes: ({ items }, language) => quotes(items, language),
  reviews: ({ items }, language) =>
    `<ul class="reviews">${items
      .map(
        ({ row, text: whole }) =>
          `<li id="${rowAnchor(row, language)}"><small>${rowName(row, language)}</small> ${escapeHtml(whole)}</li>`,
      )
      .join('')}</ul>`,
  pictures: ({ items }, language) =>
    `<div class="pictures">${items
      .map(({ source, caption }) => {
        const words = text(caption, language);
        return `<figure><img src="${escapeHtml(source)}" alt="${words}" loading="lazy"><figcaption>${words}</figcaption></figure>`;
      })
      .join('')}</div>`,
  bars: ({ items }, language) =>
    `<ul class="bars">${items
      .map(
        ({ name, value, text: figure, tone }) =>
          `<li class="${tone}"><span>${text(name, language)}</span> <small>${text(figure, language)}</small><i style="width:${(100 * value).toFixed(1)}%"></i></li>`,
      )
      .join('')}</ul>`,
  finding: ({ title, figure, quotes: shown, more }, language, drawChart) => {
    const rest = more.map((block) => draw(block, language, drawChart)).join('');
    return `<article class="finding"><h3>${text(title, language)}</h3><p class="figure">${text(figure, language)}</p>${quotes(shown, language)}${rest === '' ? '' : folded(WORDS[language].more, rest)}</article>`;
  },
  details: ({ summary, blocks }, language, drawChart) =>
    folded(text(summary, language), blocks.map((block) => draw(block, language, drawChart)).join('')),
};

const folded = (summary: string, html: string): string =>
  `<details><summary>${summary}</summary>${html}</details>`;

const rowName = (row: number, language: Language): string =>
  language === 'zh' ? `第 ${row} 行` : `row ${row}`;
const rowAnchor = (row: number, language: Language): string => `${language}-row-${row}`;

const quotes = (items: readonly Quote[], language: Language): string =>
  `<ul class="quotes">${items
    .map(({ text: quoted, stress, row, detail, isCited }) => {
      const name = rowName(row, language);
      const where = isCited ? `<a href="#${rowAnchor(row, language)}">${name}</a>` : name;
      return `<li><q>${stressed(quoted, stress)}</q> <small>${where}${detail ? ` · ${text(detail, language)}` : ''}</small></li>`;
    })
    .join('')}</ul>`;

function stressed(quoted: string, stress: string | undefined): string {
  const at = stress ? quoted.indexOf(stress) : -1;
  if (!stress || at < 0) return escapeHtml(quoted);
  const [before, behind] = [quoted.slice(0, at), quoted.slice(at + stress.length)];
  return `${escapeHtml(before)}<b>${escapeHtml(stress)}</b>${escapeHtml(behind)}`;
}

function draw<K extends Block['kind']>(
  block: Extract<Block, { kind: K }>,
  language: Language,
  drawChart: DrawChart,
): string {
  return DRAW[block.kind as K](block, language, drawChart);
}
