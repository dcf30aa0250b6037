/** Pages for people: what serves here with a form to try it, and the list of everything that programs can ask. */
import { escapeHtml, type FoundRun, type Localized } from '@gradus/loop';
import type { Operation } from './openapi.ts';

const STYLE = `body{font:1rem/1.6 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}
textarea{width:100%;min-height:6rem;font:inherit}pre{overflow:auto;padding:1rem;border:1px solid #8886;border-radius:.5rem}
table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #8883;vertical-align:top}`;

const page = (title: string, body: string): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title><style>${STYLE}</style></head>
<body>${body}</body></html>
`;

export function frontPage(
  title: Localized,
  run: FoundRun,
  tried: { text: string; answer: unknown } | undefined,
): string {
  const answer = tried
    ? `<h2>Answer · 回答</h2><pre>${escapeHtml(JSON.stringify(tried.answer, null, 2))}</pre>`
    : '';
  return page(
    `${title.en} · ${title.zh}`,
    `<h1>${escapeHtml(title.en)} · <span lang="zh">${escapeHtml(title.zh)}</span></h1>
<p>Run · <span lang="zh">运行</span>: <code>${escapeHtml(run.id)}</code> · <a href="/report">Report · <span lang="zh">报告</span></a> · <a href="/docs">For programs · <span lang="zh">程序接口</span></a></p>
<form method="get" action="/"><label for="text">Try a text · <span lang="zh">试一段文本</span></label>
<textarea id="text" name="text" maxlength="4000" required>${escapeHtml(tried?.text ?? '')}</textarea>
<button>Ask · <span lang="zh">提问</span></button></form>
${answer}`,
  );
}

export function docsPage(title: Localized, operations: readonly Operation[]): string {
  const rows = operations
    .map(
      ({ method, path, summary, scope }) =>
        `<tr><td><code>${method.toUpperCase()} ${escapeHtml(path)}</code></td><td>${escapeHtml(summary)}</td><td>${scope ?? '–'}</td></tr>`,
    )
    .join('\n');
  return page(
    `${title.en}: interface`,
    `<h1>${escapeHtml(title.en)} · <span lang="zh">${escapeHtml(title.zh)}</span></h1>
<p><a href="/openapi.json">OpenAPI</a> · <a href="/">Try it · <span lang="zh">试用</span></a></p>
<p>Requests carry the header <code>authorization: Bearer TOKEN</code>. · <span lang="zh">请求须带有此标头。</span></p>
<table><tr><th>Request · <span lang="zh">请求</span></th><th>What it does · <span lang="zh">作用</span></th><th>Scope · <span lang="zh">权限</span></th></tr>
${rows}</table>`,
  );
}
