/** A command for an operation: its flags, and their help, from the operation's own schema. */
import { type Localized, UserError } from '@gradus/base';
import { reasonOf } from '@gradus/base/schema';
import { type Field, fieldsOf, type Operation, readField, WrongValue } from '@gradus/lifecycle';
import type { Recipe } from '@gradus/loop';
import { Argument, type Command, Option } from 'commander';
import { executeHere } from './execute/here.ts';
import { executeThere } from './execute/there.ts';
import type { Terminal } from './terminal.ts';
import { WrongUsage } from './wrong-usage.ts';

export const DEFAULT_RUNS = 'runs';

/** What groups of commands are about that are no command themselves. */
const GROUPS: Readonly<Record<string, Localized>> = {
  keys: { en: 'keys for those who may ask the server', zh: '访问服务器的密钥' },
  alerts: { en: 'webhooks that receive alarms', zh: '接收警报的 webhook' },
  schedule: {
    en: 'jobs that run on a schedule; a worker does them',
    zh: '自动定期执行的任务，由工作进程完成',
  },
  tags: { en: 'notes on versions of models', zh: '模型版本的备注' },
};

/** What every operation takes beside its own. */
interface CommonOptions {
  readonly runs?: string;
  readonly json?: boolean;
  readonly server?: string;
  readonly out?: string;
}

/** The command at a path of words, which is made if need be. */
export function commandAt(program: Command, path: string, { say }: Terminal): Command {
  let command = program;
  for (const word of path.split(' ')) {
    const known = command.commands.find((sub) => sub.name() === word);
    if (known) command = known;
    else {
      const made = command.command(word);
      const about = GROUPS[word];
      if (about) made.description(say(about));
      command = made;
    }
  }
  return command;
}

export function runsOption({ say }: Terminal): Option {
  const about = {
    en: `where runs lie (default: ${DEFAULT_RUNS})`,
    zh: `运行所在目录（默认：${DEFAULT_RUNS}）`,
  };
  return new Option('--runs <directory>', say(about));
}

export function addOperation(
  program: Command,
  terminal: Terminal,
  recipes: readonly Recipe[],
  operation: Operation,
): void {
  const { cli, title, writes } = operation;
  if (!cli) return;
  const { say } = terminal;
  const command = commandAt(program, cli.command, terminal);
  command.description(say(title));
  const { places, flagged } = sortedFields(operation);
  for (const field of places) command.addArgument(argumentOf(field, terminal));
  for (const { field, flag } of flagged)
    for (const option of optionsOf(field, flag, terminal)) command.addOption(option);
  if (writes) {
    const option = new Option('--out <path>', say(writes.title));
    command.addOption(writes.isRequired ? option.makeOptionMandatory() : option);
  }
  command
    .addOption(runsOption(terminal))
    .option(
      '--json',
      say({
        en: 'print JSON on stdout; progress goes to stderr',
        zh: '在标准输出打印 JSON；进度输出到标准错误',
      }),
    )
    .option(
      '--server <url>',
      say({
        en: 'ask a running server to do it; its token is GRADUS_TOKEN, or lies among the runs',
        zh: '由运行中的服务器执行；令牌取自 GRADUS_TOKEN 或运行目录',
      }),
    );
  const columns = columnsHelp(operation, recipes);
  if (columns) command.addHelpText('after', () => ['', ...columns.map(say)].join('\n'));
  command.action(async (...all: unknown[]) => {
    const typed = command.opts() as CommonOptions & Record<string, unknown>;
    const input = inputOf(operation, all.slice(0, places.length), typed);
    const { runs = DEFAULT_RUNS, json = false, server, out } = typed;
    const values = { operation, input, terminal, recipes, runs, out };
    const { output, wrote } = await (server === undefined
      ? executeHere(values)
      : executeThere(values, server));
    if (cli.fails?.(output as never)) terminal.fail();
    if (json) {
      terminal.print(JSON.stringify(output));
      return;
    }
    for (const line of cli.render(output as never, input as never, wrote)) {
      if (line.note) terminal.tell(say(line));
      else terminal.print(say(line));
    }
  });
}

/** Fields by their place, and those by flags. */
function sortedFields(operation: Operation): {
  readonly places: readonly Field[];
  readonly flagged: readonly { readonly field: Field; readonly flag: string }[];
} {
  const { positionals = [], flags = {}, hidden = [] } = operation.cli!;
  const fields = fieldsOf(operation.input);
  const named = flags as Readonly<Record<string, string | undefined>>;
  const isHidden = ({ name }: Field) => (hidden as readonly string[]).includes(name);
  const isPlaced = ({ name }: Field) => (positionals as readonly string[]).includes(name);
  return {
    places: positionals.map((name) => fields.find((field) => field.name === name)!),
    flagged: fields
      .filter((field) => !isPlaced(field) && !isHidden(field))
      .map((field) => ({ field, flag: named[field.name] ?? kebab(field.name) })),
  };
}

export const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

const isMany = ({ kind }: Field): boolean => kind === 'list' || kind === 'record';

function argumentOf(field: Field, { say }: Terminal): Argument {
  const name = `${kebab(field.name)}${isMany(field) ? '...' : ''}`;
  return new Argument(field.isRequired ? `<${name}>` : `[${name}]`, say(described(field)));
}

function optionsOf(field: Field, flag: string, { say }: Terminal): Option[] {
  if (field.kind === 'boolean') {
    const isOn = field.default === true;
    return [new Option(isOn ? `--no-${flag}` : `--${flag}`, say(field.words))];
  }
  const value = field.kind === 'record' ? 'name=value' : VALUES[field.kind];
  const option = new Option(`--${flag} <${value}>`, say(described(field)));
  option.argParser((text: string, before: readonly string[] | undefined) => [...(before ?? []), text]);
  return [field.isRequired ? option.makeOptionMandatory() : option];
}

const VALUES = {
  text: 'text',
  number: 'number',
  choice: 'word',
  list: 'list',
  record: 'name=value',
  json: 'json',
  boolean: '',
} as const;

function described({ words, choices, kind, default: standard, name }: Field): Localized {
  const listed = choices.length > 0 && !words.en.includes(choices[0]!) ? choices.join(', ') : undefined;
  const text = Array.isArray(standard) ? standard.join(',') : standard;
  const isShown = text !== undefined && typeof text !== 'object' && text !== '' && kind !== 'boolean';
  const add = (base: string, open: string, close: string, word: string) =>
    [
      base || name,
      ...(listed ? [`${open}${listed}${close}`] : []),
      ...(isShown ? [`${open}${word}${text}${close}`] : []),
    ].join(open === '（' ? '' : ' ');
  return { en: add(words.en, '(', ')', 'default: '), zh: add(words.zh, '（', '）', '默认：') };
}

/** The input that was typed. @throws WrongUsage where a number is none; UserError where a field is wrong otherwise */
function inputOf(
  operation: Operation,
  places: readonly unknown[],
  typed: Readonly<Record<string, unknown>>,
): unknown {
  const sorted = sortedFields(operation);
  const values: Record<string, unknown> = {};
  for (const [i, field] of sorted.places.entries()) {
    const texts = [places[i] ?? []].flat() as string[];
    if (texts.length > 0) values[field.name] = readTexts(field, texts, `<${kebab(field.name)}>`);
  }
  for (const { field, flag } of sorted.flagged) {
    const texts = typed[camel(flag)];
    if (texts === undefined || (field.kind === 'boolean' && texts === field.default)) continue;
    values[field.name] =
      typeof texts === 'boolean' ? texts : readTexts(field, texts as readonly string[], `--${flag}`);
  }
  const parsed = operation.input.safeParse(values);
  if (parsed.success) return parsed.data;
  const { en, zh } = reasonOf(parsed.error);
  throw new UserError({ en: `Wrong options: ${en}`, zh: `选项有误：${zh}` });
}

/** As Commander names what a flag holds. */
const camel = (flag: string): string => flag.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

function readTexts(field: Field, texts: readonly string[], called: string): unknown {
  try {
    return readField(field, texts);
  } catch (error) {
    if (!(error instanceof WrongValue)) throw error;
    const { en, zh } = error.localized;
    const message = { en: `${called}: ${en}`, zh: `${called}：${zh}` };
    throw field.kind === 'number' ? new WrongUsage(message) : new UserError(message);
  }
}

/** Which columns predictions have, of every recipe. */
function columnsHelp({ name }: Operation, recipes: readonly Recipe[]): readonly Localized[] | undefined {
  if (name !== 'predict') return undefined;
  return [
    {
      en: "The output has the input's columns, then those of the recipe:",
      zh: '输出先是输入文件的各列，然后是配方的各列：',
    },
    ...recipes
      .filter(({ service }) => Object.keys(service.columns).length > 0)
      .flatMap(({ name: recipe, service }) => [
        { en: `  ${recipe}`, zh: `  ${recipe}` },
        ...Object.entries(service.columns).map(([column, { en, zh }]) => {
          const head = `    ${column.padEnd(20)} `;
          return { en: head + en, zh: head + zh };
        }),
      ]),
  ];
}
