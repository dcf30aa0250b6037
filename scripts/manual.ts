/**
 * Makes the reference pages of the manual from what programs really take: `npm run generate` writes docs/commands*.md from
 * the command line's own program, and docs/http*.md from a running server's OpenAPI document, in both languages. A test
 * (manual.test.ts) sees that they are current.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LANGUAGES, type Language, type Localized } from '@gradus/base';
import { type JsonSchema, jsonSchema, operationsOf } from '@gradus/lifecycle';
import type { Recipe } from '@gradus/loop';
import { RECIPES } from '@gradus/recipes';
import { serve } from '@gradus/server';
import type { Command } from 'commander';
import { programOf } from '../packages/cli/src/program.ts';

const recipes = RECIPES as readonly Recipe[];

/** Of a cell of a table. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

const fileOf = (name: string, language: Language): string =>
  fileURLToPath(new URL(`../docs/${name}${language === 'zh' ? '.zh-CN' : ''}.md`, import.meta.url));

/** The pages as they must be, by their paths. */
export async function manualPages(): Promise<ReadonlyMap<string, string>> {
  const document = await openApiDocument();
  return new Map(
    LANGUAGES.flatMap((language): [string, string][] => [
      [fileOf('commands', language), commandsPage(language)],
      [fileOf('http', language), httpPage(document, language)],
    ]),
  );
}

const COMMANDS = {
  title: { en: 'Commands', zh: '命令' },
  about: {
    en: 'Made by scripts/manual.ts from the command line itself. Where runs lie is `--runs` for every command (default `runs`); `--out` is only what a command writes. `--json` prints the answer as JSON, whose shape is that of the same operation in [http.md](http.md); progress and notes go to stderr. `--server URL` has a running server do it. Exit codes: 0 done, 1 it failed, 2 wrong usage, 130 stopped by Ctrl-C; a stopped command goes on when it is called again. No command ever asks a question.',
    zh: '由 scripts/manual.ts 根据命令行本身生成。所有命令的运行目录均由 `--runs` 指定（默认 `runs`）；`--out` 只用于命令写出的内容。`--json` 以 JSON 打印结果，其结构与 [http.zh-CN.md](http.zh-CN.md) 中相同操作一致；进度和提示输出到标准错误。`--server URL` 由运行中的服务器执行。退出码：0 完成，1 失败，2 用法错误，130 被 Ctrl-C 停止；被停止的命令再次调用时会继续。任何命令都不会提问。',
  },
  columns: { en: 'Columns of predictions', zh: '预测结果的列' },
  columnsAbout: {
    en: '`gradus predict MODEL FILE --out FILE` writes the input’s columns, then these:',
    zh: '`gradus predict MODEL FILE --out FILE` 先写出输入文件的各列，然后是以下各列：',
  },
  option: { en: '| option | what it does |', zh: '| 选项 | 作用 |' },
  column: { en: '| recipe | column | what it holds |', zh: '| 配方 | 列 | 内容 |' },
};

function commandsPage(language: Language): string {
  const terminal = {
    language,
    signal: new AbortController().signal,
    print: () => undefined,
    tell: () => undefined,
    say: (text: Localized) => text[language],
    fail: () => undefined,
  };
  const program = programOf(terminal, recipes);
  const columns = recipes.flatMap(({ name, service }) =>
    Object.entries(service.columns).map(
      ([column, about]) => `| ${name} | \`${column}\` | ${cell(about[language])} |`,
    ),
  );
  return [
    `# ${COMMANDS.title[language]}`,
    COMMANDS.about[language],
    ...program.commands.flatMap((command) => commandSections(command, 'gradus', language)),
    `## ${COMMANDS.columns[language]}`,
    COMMANDS.columnsAbout[language],
    [COMMANDS.column[language], '| --- | --- | --- |', ...columns].join('\n'),
    '',
  ].join('\n\n');
}

/** Said once for all, at the top. */
const COMMON = ['--runs', '--json', '--server'];

function commandSections(command: Command, parent: string, language: Language): string[] {
  if (command.name() === 'help') return [];
  const path = `${parent} ${command.name()}`;
  const places = command.registeredArguments.map((argument) => {
    const name = argument.name() + (argument.variadic ? '...' : '');
    return argument.required ? `<${name}>` : `[${name}]`;
  });
  const rows = [
    ...command.registeredArguments.map(
      (argument, i) => `| \`${places[i]}\` | ${cell(argument.description)} |`,
    ),
    ...command.options
      .filter(({ long }) => !COMMON.includes(long ?? ''))
      .map(({ flags, description, mandatory, defaultValue }) => {
        const standard =
          defaultValue === undefined
            ? ''
            : { en: ` (default: ${defaultValue})`, zh: `（默认：${defaultValue}）` }[language];
        const needed = mandatory ? { en: ' (required)', zh: '（必需）' }[language] : '';
        return `| \`${cell(flags)}\` | ${cell(description)}${needed}${standard} |`;
      }),
  ];
  return [
    `## ${[path, ...places].map((word) => word.replaceAll('<', '\\<')).join(' ')}`,
    command.description(),
    ...(rows.length > 0 ? [[COMMANDS.option[language], '| --- | --- |', ...rows].join('\n')] : []),
    ...command.commands.flatMap((sub) => commandSections(sub, path, language)),
  ];
}

interface Described {
  readonly summary: string;
  readonly 'x-summary-zh': string;
  readonly 'x-scope'?: string;
  readonly operationId: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required: boolean;
    readonly schema: JsonSchema;
  }[];
  readonly requestBody?: {
    readonly content: { readonly 'application/json': { readonly schema: JsonSchema } };
  };
  readonly responses: Readonly<
    Record<string, { readonly content?: { readonly 'application/json': { readonly schema: JsonSchema } } }>
  >;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
}

async function openApiDocument(): Promise<Document> {
  const runs = mkdtempSync(join(tmpdir(), 'gradus-manual-'));
  const server = await serve({ runs, recipes, port: 0, database: '' });
  try {
    const headers = { authorization: `Bearer ${server.token}` };
    return (await (await fetch(`${server.url}/openapi.json`, { headers })).json()) as Document;
  } finally {
    await server.close();
    rmSync(runs, { recursive: true, force: true });
  }
}

const HTTP = {
  title: { en: 'HTTP', zh: 'HTTP 接口' },
  about: {
    en: 'Made by scripts/manual.ts from a server’s OpenAPI document (`GET /openapi.json`; `GET /docs` shows it to people). Requests carry `authorization: Bearer TOKEN`: the server’s own token, or a key of `gradus keys create` with the scope. Errors are `{"error": {"code", "message", "type", "field"?}}`, in the language that `accept-language` prefers. What takes long is answered with 202 and a job: `GET /v1/jobs/ID/events` tells how far it is, and its `result` is the answer shown here. Data are named `dataset:NAME`, or as the owner allowed with `--data` and `--allow-sources`. The package `@gradus/client` has a typed method for each operation.',
    zh: '由 scripts/manual.ts 根据服务器的 OpenAPI 文档生成（`GET /openapi.json`；`GET /docs` 为可读页面）。请求须带 `authorization: Bearer TOKEN`：服务器自己的令牌，或 `gradus keys create` 创建的具有相应权限的密钥。错误形如 `{"error": {"code", "message", "type", "field"?}}`，语言由 `accept-language` 决定。耗时的操作返回 202 和一个任务：`GET /v1/jobs/ID/events` 报告进度，其 `result` 即此处所示的回答。数据以 `dataset:NAME` 引用，或为所有者用 `--data`、`--allow-sources` 允许的地址。`@gradus/client` 包为每个操作提供类型化的方法。',
  },
  main: {
    en: "A server that was started with a model (`gradus serve MODEL`) also answers for that model at `POST /v1/RECIPE`, `POST /v1/feedback`, `GET /v1/monitoring`, `/v1/monitoring/quality`, `/v1/monitoring/drift`, `/monitoring`, `/report` and `/`. `POST /v1/embeddings` answers OpenAI's clients with embeddings of texts: by the model that `model` names, else by the one that the server was started with. `POST /v1/chat/completions`, `/v1/completions`, `/v1/rerank`, `/v1/embeddings`, `/v1/audio/transcriptions` and `/v1/audio/translations` also ask large models, which the server was given by name (`gradus serve --model NAME=PATH`; docs/large-models.md).",
    zh: '以某个模型启动的服务器（`gradus serve MODEL`）还在以下地址为该模型应答：`POST /v1/RECIPE`、`POST /v1/feedback`、`GET /v1/monitoring`、`/v1/monitoring/quality`、`/v1/monitoring/drift`、`/monitoring`、`/report` 与 `/`。`POST /v1/embeddings` 以文本嵌入应答 OpenAI 客户端：由 model 指定的模型应答，否则由启动服务器时指定的模型应答。`POST /v1/chat/completions`、`/v1/completions`、`/v1/rerank`、`/v1/embeddings`、`/v1/audio/transcriptions` 与 `/v1/audio/translations` 也可访问按名称提供的大模型（`gradus serve --model NAME=PATH`；见 docs/large-models.zh-CN.md）。',
  },
  takes: { en: 'takes', zh: '输入' },
  gives: { en: 'gives', zh: '输出' },
  scope: { en: 'scope', zh: '权限' },
  open: { en: 'open to all', zh: '对所有人开放' },
  client: { en: 'client', zh: '客户端' },
};

function httpPage({ paths }: Document, language: Language): string {
  const operations = new Map(operationsOf(recipes).map((operation) => [operation.name, operation]));
  const sections = Object.entries(paths).flatMap(([path, ways]) =>
    Object.entries(ways).map(([method, route]) => {
      const { parameters = [], requestBody, responses } = route;
      const operation = operations.get(route.operationId);
      const fields = [
        ...parameters.map(({ name, required, schema }) => fieldLine(name, schema, required, language)),
        ...bodyFields(requestBody?.content['application/json'].schema, language),
      ];
      const success = Object.entries(responses).find(([status]) => status.startsWith('2'))![1];
      // What matters of a job is the output of its operation.
      const answer = operation?.job
        ? jsonSchema(operation.output, 'output')
        : success.content?.['application/json'].schema;
      const scope = route['x-scope']
        ? `${HTTP.scope[language]} \`${route['x-scope']}\``
        : HTTP.open[language];
      const calls = operation ? [`${HTTP.client[language]} \`${operation.name}()\``] : [];
      const summary = language === 'en' ? route.summary : route['x-summary-zh'];
      const notes = { en: ` (${[scope, ...calls].join('; ')})`, zh: `（${[scope, ...calls].join('；')}）` };
      const colon = { en: ': ', zh: '：' }[language];
      return [
        `## ${method.toUpperCase()} ${path}`,
        summary + notes[language],
        ...(fields.length > 0 ? [`${HTTP.takes[language]}${colon.trim()}\n\n${fields.join('\n')}`] : []),
        ...(answer ? [`${HTTP.gives[language]}${colon}\`${shapeOf(answer)}\``] : []),
      ].join('\n\n');
    }),
  );
  return [`# ${HTTP.title[language]}`, HTTP.about[language], HTTP.main[language], ...sections, ''].join(
    '\n\n',
  );
}

function bodyFields(schema: JsonSchema | undefined, language: Language): string[] {
  const options = schema?.anyOf ?? schema?.oneOf;
  // One of several shapes: what tells them apart says enough.
  if (options) {
    return options.map((option) => {
      const constant = Object.entries(option.properties ?? {}).find(
        ([, { const: value }]) => value !== undefined,
      );
      return `- ${constant ? `\`${constant[0]}: ${JSON.stringify(constant[1].const)}\`, ` : ''}\`${shapeOf(option.properties?.payload ?? option)}\``;
    });
  }
  return Object.entries(schema?.properties ?? {}).map(([name, property]) =>
    fieldLine(name, property, schema?.required?.includes(name) ?? false, language),
  );
}

function fieldLine(name: string, schema: JsonSchema, required: boolean, language: Language): string {
  const words = schema[language] ?? schema.description ?? '';
  const standard = schema.default === undefined ? '' : ` = ${JSON.stringify(schema.default)}`;
  return `- \`${name}${required ? '' : '?'}: ${shapeOf(schema)}${standard}\`${words ? `${language === 'en' ? ': ' : '：'}${words}` : ''}`;
}

const DEEPEST = 3;

/** A schema in a line, as a programmer would note it down. */
function shapeOf(schema: JsonSchema, depth = 0): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const options = schema.anyOf ?? schema.oneOf;
  if (options)
    return depth > 0 && options.length > 3
      ? '…'
      : options.map((option) => shapeOf(option, depth + 1)).join(' | ');
  if (schema.allOf) return shapeOf(joinedObjects(schema.allOf), depth);
  if (Array.isArray(schema.type)) return schema.type.join(' | ');
  if (schema.prefixItems) return `[${schema.prefixItems.map((item) => shapeOf(item, depth)).join(', ')}]`;
  if (schema.type === 'array') return `[${shapeOf(schema.items ?? {}, depth)}, …]`;
  if (schema.type !== 'object') return (schema.type as string | undefined) ?? 'any';
  const properties = Object.entries(schema.properties ?? {});
  if (properties.length === 0) return '{…}';
  if (depth >= DEEPEST) return '{…}';
  const fields = properties.map(
    ([name, property]) =>
      `${name}${schema.required?.includes(name) ? '' : '?'}: ${shapeOf(property, depth + 1)}`,
  );
  return `{${fields.join(', ')}}`;
}

/** Objects that an answer is all of, as one. */
const joinedObjects = (parts: readonly JsonSchema[]): JsonSchema => ({
  type: 'object',
  properties: Object.assign({}, ...parts.map(({ properties }) => properties)),
  required: parts.flatMap(({ required }) => required ?? []),
});

if (import.meta.main) for (const [path, page] of await manualPages()) writeFileSync(path, page);
