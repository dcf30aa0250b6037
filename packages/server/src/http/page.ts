/** Pages for people, in the language that their browser prefers: the model that is served with a form to try it, and the list of all operations of the API. */
import type { Language, Localized } from '@gradus/base';
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

const page = (language: Language, title: string, body: string): string => `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title><style>${STYLE}</style></head>
<body>${body}</body></html>
`;

const WORDS = {
  answer: { en: 'Answer', zh: '回答' },
  api: { en: 'API', zh: '程序接口' },
  command: { en: 'The same request as a command', zh: '同一请求的命令' },
  invalid: { en: 'Invalid request', zh: '请求有误' },
  models: { en: 'Models', zh: '模型' },
  monitoring: { en: 'Monitoring', zh: '监控' },
  noKey: { en: 'no key needed', zh: '无需密钥' },
  none: { en: 'None yet.', zh: '尚无。' },
  report: { en: 'Report', zh: '报告' },
  run: { en: 'Run', zh: '运行' },
  runs: { en: 'Runs', zh: '运行' },
  scope: { en: 'scope', zh: '权限' },
  signIn: { en: 'Sign in', zh: '登录' },
  signOut: { en: 'Sign out', zh: '退出登录' },
  token: { en: 'Token', zh: '令牌' },
  tryIt: { en: 'Try it', zh: '试一试' },
} as const satisfies Readonly<Record<string, Localized>>;

/** @param why It is shown */
export const signInPage = (language: Language, why?: Localized): string =>
  page(
    language,
    'Gradus',
    `<h1>Gradus</h1>${why ? `<p class="error">${escapeHtml(why[language])}</p>` : ''}
<form method="post" action="/sign-in"><p><label for="token">${WORDS.token[language]}</label>
<input id="token" name="token" type="password" autocomplete="current-password" required></p>
<button>${WORDS.signIn[language]}</button></form>`,
  );

const signOut = (language: Language): string =>
  `<form method="post" action="/sign-out"><p><button>${WORDS.signOut[language]}</button></p></form>`;

/** The result of a form that was sent. */
export type Tried =
  | { readonly request: unknown; readonly answer: unknown }
  | { readonly error: string }
  | undefined;

export function frontPage(options: {
  readonly language: Language;
  readonly title: Localized;
  readonly run: FoundRun;
  readonly schema: JsonSchema;
  readonly sent: Sent;
  readonly tried: Tried;
  readonly route: RouteDescription;
  /** Of the server's addresses. */
  readonly base: string;
}): string {
  const { language, title, run, schema, sent, tried, route, base } = options;
  const link = (path: string, words: Localized) => `<a href="${path}">${words[language]}</a>`;
  return page(
    language,
    title[language],
    `<h1>${escapeHtml(title[language])}</h1>
<p>${WORDS.run[language]} <code>${escapeHtml(run.id)}</code> · ${link('/report', WORDS.report)} · ${link('/monitoring', WORDS.monitoring)} · ${link('/docs', WORDS.api)}</p>
<h2>${WORDS.tryIt[language]}</h2>
${formHtml(language, schema, sent)}
${tried ? triedHtml(language, tried, route, base) : ''}
${signOut(language)}`,
  );
}

function triedHtml(
  language: Language,
  tried: NonNullable<Tried>,
  route: RouteDescription,
  base: string,
): string {
  if ('error' in tried)
    return `<h2>${WORDS.invalid[language]}</h2><p class="error">${escapeHtml(tried.error)}</p>`;
  return `<h2>${WORDS.answer[language]}</h2><div class="answer">${readable(tried.answer, language)}</div>
<details><summary>JSON</summary><pre>${escapeHtml(JSON.stringify(tried.answer, null, 2))}</pre></details>
<details><summary>${WORDS.command[language]}</summary><pre>${escapeHtml(curlOf(route, base, tried.request))}</pre></details>`;
}

/** The page of a workspace that was opened without a model. */
export function workspacePage(options: {
  readonly language: Language;
  readonly models: readonly string[];
  readonly runs: readonly FoundRun[];
}): string {
  const { language, models, runs } = options;
  const listed = (items: readonly string[]) =>
    items.length === 0
      ? `<p>${WORDS.none[language]}</p>`
      : `<ul>${items.map((item) => `<li>${item}</li>`).join('\n')}</ul>`;
  const runItem = ({ id, recipe }: FoundRun) =>
    `<a href="/v1/runs/${encodeURIComponent(id)}/files/report.html"><code>${escapeHtml(id)}</code></a> ${escapeHtml(recipe)}`;
  return page(
    language,
    'Gradus',
    `<h1>Gradus</h1>
<p><a href="/docs">${WORDS.api[language]}</a></p>
<h2>${WORDS.models[language]}</h2>${listed(models.map((name) => `<code>${escapeHtml(name)}</code>`))}
<h2>${WORDS.runs[language]}</h2>${listed(runs.map(runItem))}
${signOut(language)}`,
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

export function docsPage(
  language: Language,
  title: Localized,
  routes: readonly RouteDescription[],
  base: string,
): string {
  const groups = GROUPS.map(({ scope, title }, i) => ({
    id: `group-${i}`,
    title,
    routes: routes.filter((route) => route.scope === scope && route.path !== '/'),
  }));
  const contents = groups.map(({ id, title }) => `<a href="#${id}">${title[language]}</a>`).join(' | ');
  const sections = groups
    .map(
      ({ id, title, routes }) =>
        `<h2 id="${id}">${title[language]}</h2>\n${routes.map((route) => routeHtml(language, route, base)).join('\n')}`,
    )
    .join('\n');
  return page(
    language,
    `${title[language]}: API`,
    `<h1>${escapeHtml(title[language])}</h1>
<p><a href="/openapi.json">OpenAPI</a> · <a href="/">${WORDS.tryIt[language]}</a></p>
${MANNERS[language]}
<p>${contents}</p>
${sections}`,
  );
}

/** How requests are sent, and which version answers. */
const MANNERS: Localized = {
  en: `<p>Send the header <code>authorization: Bearer TOKEN</code> with every request. The token is the server's own, or a key from <code>gradus keys create</code> with the scope. Replace <code>…</code> and words in capitals with your own values.</p>
<p>Requests with the header <code>x-user-id</code> are always answered by the same version while the traffic shares stay the same (A/B test); other requests are divided by the shares of <code>gradus traffic</code>. The header <code>x-gradus-version</code> of the answer names the version.</p>`,
  zh: `<p>每个请求都要带上标头 <code>authorization: Bearer TOKEN</code>。令牌是服务器自己的令牌，或用 <code>gradus keys create</code> 创建的具有相应权限的密钥。请将 <code>…</code> 与大写单词替换为您自己的值。</p>
<p>流量份额不变时，带有标头 <code>x-user-id</code> 的请求总是由同一版本回答（A/B 测试）；其他请求按 <code>gradus traffic</code> 的份额分配。回答的标头 <code>x-gradus-version</code> 指明版本。</p>`,
};

function routeHtml(language: Language, route: RouteDescription, base: string): string {
  const { method, path, title, scope, body } = route;
  const example = body && exampleOf(body as JsonSchema);
  const needs = scope ? `${WORDS.scope[language]} <code>${scope}</code>` : WORDS.noKey[language];
  const sentence = title[language].charAt(0).toUpperCase() + title[language].slice(1);
  return `<h3><code>${method.toUpperCase()} ${escapeHtml(path)}</code></h3>
<p>${escapeHtml(sentence)} (${needs})</p>
<pre>${escapeHtml(curlOf(route, base, example))}</pre>`;
}
