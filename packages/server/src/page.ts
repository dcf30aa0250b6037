/** The page a browser gets at `/`: what serves here, the way to its report, and a form to try a text. */
import { escapeHtml, type FoundRun, type Localized } from '@gradus/loop';

export function frontPage(
  title: Localized,
  run: FoundRun,
  tried: { text: string; answer: unknown } | undefined,
): string {
  const answer = tried
    ? `<h2>Answer · 回答</h2><pre>${escapeHtml(JSON.stringify(tried.answer, null, 2))}</pre>`
    : '';
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(`${title.en} · ${title.zh}`)}</title>
<style>body{font:1rem/1.6 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}
textarea{width:100%;min-height:6rem;font:inherit}pre{overflow:auto;padding:1rem;border:1px solid #8886;border-radius:.5rem}</style></head>
<body><h1>${escapeHtml(title.en)} · <span lang="zh">${escapeHtml(title.zh)}</span></h1>
<p>Run · <span lang="zh">运行</span>: <code>${escapeHtml(run.id)}</code> · <a href="/report">Report · <span lang="zh">报告</span></a></p>
<form method="get" action="/"><label for="text">Try a text · <span lang="zh">试一段文本</span></label>
<textarea id="text" name="text" maxlength="4000" required>${escapeHtml(tried?.text ?? '')}</textarea>
<button>Ask · <span lang="zh">提问</span></button></form>
${answer}
</body></html>
`;
}
