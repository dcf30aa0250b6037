/** Pages for people: the model that is served with a form to try it, and the list of all operations of the API. */

import type { Localized } from '@gradus/base';
import type { JsonSchema, Scope } from '@gradus/lifecycle';
import type { FoundRun } from '@gradus/loop';
import { escapeHtml } from '@gradus/report';
import { curlOf, exampleOf } from './example.ts';
import { formHtml, type Sent } from './form.ts';
import type { RouteDescription } from './openapi.ts';
import { readable } from './readable.ts';

const STYLE = `body{font:1rem/1.6 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}
label{display:block;font-weight:600}label small{font-weight:400}input,textarea,select{width:100%;box-sizing:border-box;font:inherit;padding:.4rem}
textarea{min-height:7rem}.json,pre,code{font-family:ui-monospace,monospace}button{font:inherit;padding:.4rem 1.2rem}
pre{overflow:auto;padding:.6rem .8rem;margin:.3rem 0;border:1px solid #8886;border-radius:.4rem;font-size:.85rem;white-space:pre-wrap;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #8883;vertical-align:top;overflow-wrap:anywhere}
td th{width:1%;white-space:nowrap}td table{margin:0}ol{margin:0;padding-left:1.4rem}.answer{border:1px solid #8886;border-radius:.4rem;padding:.4rem .8rem}
.error{border-left:.3rem solid #c33;padding:.4rem .8rem;background:#c331}h3{margin:1.6rem 0 .2rem;font-size:1rem}h3 code{font-size:1rem;overflow-wrap:anywhere}
@media(max-width:40rem){.answer table,.answer tbody,.answer tr,.answer th,.answer td{display:block;width:auto;padding:0;border:0}
.answer td{padding-left:.7rem}.answer tr{padding:.15rem 0}.answer ol{padding-left:1.3rem}}`;

const page = (title: string, body: string): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title><style>${STYLE}</style></head>
<body>${body}</body></html>
`;

const both = ({ en, zh }: Localized): string =>
  `${escapeHtml(en)} · <span lang="zh">${escapeHtml(zh)}</span>`;

/** @param why It is shown */
export const signInPage = (why?: Localized): string =>
  page(
    'Gradus',
    `<h1>Gradus</h1>${why ? `<p class="error">${both(why)}</p>` : ''}
<form method="post" action="/sign-in"><p><label for="token">${both({ en: 'Token', zh: '令牌' })}</label>
<input id="token" name="token" type="password" autocomplete="current-password" required></p>
<button>${both({ en: 'Sign in', zh: '登录' })}</button></form>`,
  );

const SIGN_OUT = `<form method="post" action="/sign-out"><p><button>${both({ en: 'Sign out', zh: '退出登录' })}</button></p></form>`;

/** The result of a form that was sent. */
export type Tried =
  | { readonly request: unknown; readonly answer: unknown }
  | { readonly error: string }
  | undefined;

export function frontPage(options: {
  readonly title: Localized;
  readonly run: FoundRun;
  readonly schema: JsonSchema;
  readonly sent: Sent;
  readonly tried: Tried;
  readonly route: RouteDescription;
  /** Of the server's addresses. */
  readonly base: string;
}): string {
  const { title, run, schema, sent, tried, route, base } = options;
  return page(
    `${title.en} · ${title.zh}`,
    `<h1>${both(title)}</h1>
<p>Run · <span lang="zh">运行</span>: <code>${escapeHtml(run.id)}</code> · <a href="/report">Report · <span lang="zh">报告</span></a> · <a href="/monitoring">Monitoring · <span lang="zh">监控</span></a> · <a href="/docs">API · <span lang="zh">程序接口</span></a></p>
<h2>Try it · <span lang="zh">试一试</span></h2>
${formHtml(schema, sent)}
${tried ? triedHtml(tried, route, base) : ''}
${SIGN_OUT}`,
  );
}

function triedHtml(tried: NonNullable<Tried>, route: RouteDescription, base: string): string {
  if ('error' in tried) {
    return `<h2>${both({ en: 'Invalid request', zh: '请求有误' })}</h2><p class="error">${escapeHtml(tried.error)}</p>`;
  }
  return `<h2>${both({ en: 'Answer', zh: '回答' })}</h2><div class="answer">${readable(tried.answer)}</div>
<details><summary>JSON</summary><pre>${escapeHtml(JSON.stringify(tried.answer, null, 2))}</pre></details>
<details><summary>${both({ en: 'The same request as a command', zh: '同一请求的命令' })}</summary><pre>${escapeHtml(curlOf(route, base, tried.request))}</pre></details>`;
}

/** The page of a workspace that was opened without a model. */
export function workspacePage(options: {
  readonly models: readonly string[];
  readonly runs: readonly FoundRun[];
}): string {
  const { models, runs } = options;
  const none = both({ en: 'None yet.', zh: '尚无。' });
  const listed = (items: readonly string[]) =>
    items.length === 0 ? `<p>${none}</p>` : `<ul>${items.map((item) => `<li>${item}</li>`).join('\n')}</ul>`;
  const runItem = ({ id, recipe }: FoundRun) =>
    `<a href="/v1/runs/${encodeURIComponent(id)}/files/report.html"><code>${escapeHtml(id)}</code></a> ${escapeHtml(recipe)}`;
  return page(
    'Gradus',
    `<h1>Gradus</h1>
<p><a href="/docs">API · <span lang="zh">程序接口</span></a></p>
<h2>${both({ en: 'Models', zh: '模型' })}</h2>${listed(models.map((name) => `<code>${escapeHtml(name)}</code>`))}
<h2>${both({ en: 'Runs', zh: '运行' })}</h2>${listed(runs.map(runItem))}
${SIGN_OUT}`,
  );
}

/** Those who ask a model read this first; those who keep the workspace read on. */
const GROUPS: readonly { readonly scope: Scope | undefined; readonly title: Localized }[] = [
  { scope: 'predict', title: { en: 'Answers', zh: '回答' } },
  { scope: 'feedback', title: { en: 'Corrections and outcomes', zh: '更正与结果' } },
  { scope: 'read', title: { en: 'Models, runs, datasets, jobs', zh: '模型、运行、数据集、任务' } },
  { scope: 'admin', title: { en: 'Changes', zh: '更改' } },
  { scope: undefined, title: { en: 'Health', zh: '健康状况' } },
];

export function docsPage(title: Localized, routes: readonly RouteDescription[], base: string): string {
  const groups = GROUPS.map(({ scope, title }, i) => ({
    id: `group-${i}`,
    title,
    routes: routes.filter((route) => route.scope === scope && route.path !== '/'),
  }));
  const contents = groups.map(({ id, title }) => `<a href="#${id}">${both(title)}</a>`).join(' | ');
  const sections = groups
    .map(
      ({ id, title, routes }) =>
        `<h2 id="${id}">${both(title)}</h2>\n${routes.map((route) => routeHtml(route, base)).join('\n')}`,
    )
    .join('\n');
  return page(
    `${title.en}: API`,
    `<h1>${both(title)}</h1>
<p><a href="/openapi.json">OpenAPI</a> · <a href="/">Try it · <span lang="zh">试用</span></a></p>
<p>Send the header <code>authorization: Bearer TOKEN</code> with every request. The token is the server's own, or a key from <code>gradus keys create</code> with the scope. Replace <code>…</code> and words in capitals with your own values. · <span lang="zh">每个请求都要带上此标头。令牌是服务器自己的令牌，或用 <code>gradus keys create</code> 创建的具有相应权限的密钥。请将 <code>…</code> 与大写单词替换为您自己的值。</span></p>
<p>Requests with the header <code>x-user-id</code> are always answered by the same version while the traffic shares stay the same (A/B test); other requests are divided by the shares of <code>gradus traffic</code>. The header <code>x-gradus-version</code> of the answer names the version. · <span lang="zh">流量份额不变时，带有标头 <code>x-user-id</code> 的请求总是由同一版本回答（A/B 测试）；其他请求按 <code>gradus traffic</code> 的份额分配。回答的标头 <code>x-gradus-version</code> 指明版本。</span></p>
<p>${contents}</p>
${sections}`,
  );
}

function routeHtml(route: RouteDescription, base: string): string {
  const { method, path, title, scope, body } = route;
  const example = body && exampleOf(body as JsonSchema);
  const needs = scope
    ? `scope · <span lang="zh">权限</span>: <code>${scope}</code>`
    : both({ en: 'no key needed', zh: '无需密钥' });
  const sentence = { ...title, en: title.en.charAt(0).toUpperCase() + title.en.slice(1) };
  return `<h3><code>${method.toUpperCase()} ${escapeHtml(path)}</code></h3>
<p>${both(sentence)} (${needs})</p>
<pre>${escapeHtml(curlOf(route, base, example))}</pre>`;
}
