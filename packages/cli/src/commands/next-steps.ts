/**
 * `gradus` by itself says what one can do next, from what lies in this folder; `gradus FILE` looks a table over and says which
 * recipes fit it. Neither ever asks anything: whoever calls may be a program.
 */
import { closeSync, existsSync, openSync, readdirSync, readSync } from 'node:fs';
import type { Localized } from '@gradus/base';
import { profileTable } from '@gradus/data';
import { fitLines, fitsOf, profileLines } from '@gradus/lifecycle';
import { listRuns, type Recipe } from '@gradus/loop';
import { DEFAULT_RUNS } from '../operation-command.ts';
import { shellWord } from '../shell-word.ts';
import type { Terminal } from '../terminal.ts';
import { DEFAULT_PORT } from './serve.ts';

/** What `gradus predict` writes beside its answers. */
const SET_ASIDE = /\.set-aside\.csv$/;
const TABLES = /\.(?:csv|tsv|parquet|xlsx|jsonl?|ndjson|sqlite|db)$/i;
const MOST_FILES = 5;
/** Milliseconds that a server of this machine takes at most to say that it is there. */
const PATIENCE = 500;

export async function nextSteps(terminal: Terminal, recipes: readonly Recipe[]): Promise<void> {
  const files = readdirSync('.', { withFileTypes: true })
    .filter(
      (entry) =>
        entry.isFile() &&
        TABLES.test(entry.name) &&
        !SET_ASIDE.test(entry.name) &&
        !entry.name.startsWith('.') &&
        maybeRows(entry.name),
    )
    .map(({ name }) => name)
    .sort();
  const [latest] = existsSync(DEFAULT_RUNS) ? listRuns(DEFAULT_RUNS) : [];
  const server = await runningServer();
  const say = (text: Localized) => terminal.print(terminal.say(text));
  const step = (command: string, what: Localized) => {
    terminal.print(`  ${command}`);
    say({ en: `      ${what.en}`, zh: `      ${what.zh}` });
  };
  say({ en: 'What you can do next:', zh: '接下来可以：' });
  for (const file of files.slice(0, MOST_FILES)) {
    step(`gradus ${shellWord(file)}`, {
      en: 'look this table over, and see which recipes fit it',
      zh: '检查此表，并查看适合它的配方',
    });
  }
  if (files.length > MOST_FILES) {
    const n = files.length - MOST_FILES;
    say({ en: `  … and ${n} more tables here`, zh: `  ……此处另有 ${n} 个表` });
  }
  if (latest) {
    step(`gradus show ${latest.id}`, { en: 'what the latest run found', zh: '查看最近一次运行的结果' });
    if (!server) step(`gradus serve ${latest.id}`, { en: 'serve it over HTTP', zh: '通过 HTTP 提供服务' });
    const columns = recipes.find(({ name }) => name === latest.recipe)?.service.columns ?? {};
    if (Object.keys(columns).length > 0)
      step(`gradus predict ${latest.id} FILE --out answers.csv`, {
        en: 'its answer to each row of a file',
        zh: '对文件的每一行给出回答',
      });
  }
  if (server)
    step(`curl http://127.0.0.1:${DEFAULT_PORT}/healthz`, {
      en: 'a server is running here',
      zh: '有服务器正在此处运行',
    });
  if (!latest) step('gradus demo', { en: 'try it on bundled data', zh: '用内置数据试用' });
  if (files.length === 0) {
    for (const { name, about } of recipes) step(`gradus ${name} FILE`, about);
  }
  step('gradus --help', { en: 'all commands', zh: '所有命令' });
}

/** A .json file may be anything; a table in JSON is a list. One that cannot be read is no next step. */
function maybeRows(file: string): boolean {
  if (!/\.json$/i.test(file)) return true;
  const start = Buffer.alloc(64);
  try {
    const descriptor = openSync(file, 'r');
    try {
      readSync(descriptor, start);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return false;
  }
  return start.toString('utf8').replace('\uFEFF', '').trimStart().startsWith('[');
}

async function runningServer(): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${DEFAULT_PORT}/healthz`, {
      signal: AbortSignal.timeout(PATIENCE),
    });
    return response.ok;
  } catch {
    return false;
  }
}

/** @returns false where this is no file by itself, but a command */
export async function tableFile(
  terminal: Terminal,
  recipes: readonly Recipe[],
  argv: readonly string[],
): Promise<boolean> {
  const [file] = argv as [string];
  if (argv.length !== 1 || !TABLES.test(file) || !existsSync(file)) return false;
  const found = await profileTable(file, { signal: terminal.signal });
  const plainProfile = JSON.parse(JSON.stringify(found)) as Parameters<typeof profileLines>[0];
  // The report is written by `gradus profile`; this only looks.
  for (const line of profileLines(plainProfile)) terminal.print(terminal.say(line));
  terminal.print('');
  for (const line of fitLines(fitsOf({ recipes }, found, file))) terminal.print(terminal.say(line));
  terminal.print(terminal.say({ en: 'All of the profile, as a page:', zh: '完整概况页面：' }));
  terminal.print(`    gradus profile ${shellWord(file)}`);
  return true;
}
