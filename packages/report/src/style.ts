/** The look of a report: light and dark, wide and narrow, on screen and on paper. */
import { PAGE } from './palette.ts';

const variables = (colors: Readonly<Record<string, string>>): string =>
  Object.entries(colors)
    .map(([name, color]) => `--${name}: ${color};`)
    .join(' ');

export const STYLE = `
:root { color-scheme: light dark; ${variables(PAGE.light)} }
@media (prefers-color-scheme: dark) { :root { ${variables(PAGE.dark)} }
  .chart svg { filter: invert(0.9) hue-rotate(180deg); } }
* { box-sizing: border-box; }
html { scroll-behavior: smooth; }
body { margin: 0 auto; max-width: 60rem; padding: 1.5rem 1.25rem 5rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.65 system-ui, -apple-system, "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans SC", "Noto Sans CJK SC", sans-serif; }
.languages { display: flex; gap: 0.25rem; justify-content: flex-end; }
.languages input { position: absolute; opacity: 0; }
.languages label { padding: 0.15rem 0.7rem; border: 1px solid var(--line); border-radius: 1rem; color: var(--soft); cursor: pointer; font-size: 0.85rem; }
.languages input:checked + label { background: var(--accent); border-color: var(--accent); color: var(--paper); }
.languages input:focus-visible + label { outline: 2px solid var(--accent); outline-offset: 2px; }
body:has(#show-en:checked) .in-zh, body:has(#show-zh:checked) .in-en { display: none; }
h1 { font-size: 1.9rem; line-height: 1.25; margin: 1rem 0 0.5rem; overflow-wrap: anywhere; }
h2 { font-size: 1.3rem; margin: 3rem 0 0.75rem; padding-top: 0.75rem; border-top: 1px solid var(--line); }
.lead { font-size: 1.1rem; color: var(--soft); margin: 0; }
.contents ul { display: flex; flex-wrap: wrap; gap: 0.25rem 1.1rem; padding: 0; margin: 1.25rem 0 0; list-style: none; font-size: 0.9rem; }
a { color: var(--accent); }
p, li { overflow-wrap: anywhere; }
.note { padding: 0.7rem 1rem; border-radius: 0.5rem; }
.note.info { background: var(--info); } .note.warning { background: var(--warning); } .note.good { background: var(--good); }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(10rem, 1fr)); gap: 0.75rem; margin: 1rem 0; }
.figures div { background: var(--panel); border-radius: 0.6rem; padding: 0.8rem 1rem; }
.figures dt { color: var(--soft); font-size: 0.85rem; }
.figures dd { margin: 0.1rem 0 0; font-size: 1.5rem; font-weight: 650; line-height: 1.3; }
.figures small { display: block; font-size: 0.8rem; font-weight: 400; color: var(--soft); }
.scroll { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; width: 100%; font-size: 0.88rem; line-height: 1.45; }
caption { text-align: left; color: var(--soft); padding-bottom: 0.4rem; }
/* A table that is wider than the page scrolls; its caption is read as a whole all the same. */
caption span { display: inline-block; position: sticky; left: 0; max-width: min(57.5rem, 100vw - 2.5rem); }
th, td { text-align: left; vertical-align: top; padding: 0.45rem 0.6rem; border-bottom: 1px solid var(--line); }
th { color: var(--soft); font-weight: 600; }
td { overflow-wrap: break-word; min-width: 3rem; }
td .interval { white-space: nowrap; }
@media screen { .in-zh td:not(.right) { min-width: 5rem; } }
.right { text-align: right; font-variant-numeric: tabular-nums; }
@media (max-width: 30rem) { table { font-size: 0.82rem; } th, td { padding: 0.4rem 0.3rem; } }
figure { margin: 1.25rem 0; } .chart { overflow-x: auto; } .chart svg { width: 100%; min-width: 50rem; height: auto; display: block; }
/* Where a chart is wider than the page, it opens at its end. */ .latest { direction: rtl; } .latest svg { direction: ltr; }
figcaption { color: var(--soft); font-size: 0.85rem; }
.pictures { display: grid; grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr)); gap: 0.9rem; margin: 1rem 0; }
.pictures figure { margin: 0; break-inside: avoid; } .pictures img { width: 100%; display: block; border-radius: 0.4rem; }
.pictures figcaption { overflow-wrap: anywhere; }
.quotes { list-style: none; padding: 0; margin: 0.5rem 0 1.5rem; }
.quotes li { border-left: 3px solid var(--line); padding: 0.15rem 0 0.15rem 0.9rem; margin: 0.35rem 0; }
h3 { font-size: 1.05rem; margin: 0; }
.finding { margin: 0 0 1.5rem; break-inside: avoid; } .finding .figure { margin: 0.1rem 0 0.3rem; color: var(--soft); }
.finding .quotes { margin: 0.3rem 0; }
details { margin: 0.4rem 0; } summary { cursor: pointer; color: var(--soft); font-size: 0.9rem; }
.reviews { list-style: none; padding: 0; } .reviews li { margin: 0.5rem 0; } .reviews li:target { background: var(--info); }
.pixels { display: flex; flex-wrap: wrap; gap: 0.8rem; } .pixels figcaption { flex-basis: 100%; }
.picture { max-width: 100%; } .picture svg { display: block; background: #d5d8dc; print-color-adjust: exact; shape-rendering: crispEdges; }
.picture small { display: block; max-width: 16rem; } .letters text { font: 0.75px monospace; text-anchor: middle; fill: #000; opacity: 0.6; }
.way { fill: none; stroke: #d7263d; stroke-width: 0.25; stroke-linejoin: round; }
.bars { list-style: none; padding: 0; } .bars li { margin: 0.55rem 0; }
.bars i { display: block; height: 0.55rem; border-radius: 0.3rem; min-width: 2px; background: var(--accent); print-color-adjust: exact; }
.bars .bad i { background: #c2553a; } .bars .good i { background: #3f8f5f; }
q { quotes: none; } q b { font-weight: 600; } .quotes a { white-space: nowrap; } small { color: var(--soft); }
@media print { .languages, .contents { display: none; } body { max-width: none; } h2, h3 { break-after: avoid; } h2 { margin-top: 1.5rem; } body { font-size: 0.8rem; padding: 0; }
  details:not([open]) { display: none; } .scroll, .chart { overflow: visible; } .chart svg { min-width: 0; }
  table { font-size: 0.62rem; } th, td { padding: 0.2rem 0.25rem; min-width: 0; overflow-wrap: anywhere; } tr:not(:has(th:nth-child(11))) th { min-width: 3.9rem; } td.right { overflow-wrap: normal; } td .interval { white-space: normal; } a { color: inherit; text-decoration: none; } }
`;
