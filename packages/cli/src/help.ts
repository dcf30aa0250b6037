/** The help and the complaints of Commander, in the language of the terminal. */
import type { Localized } from '@gradus/base';
import type { Command, CommanderError, Option } from 'commander';
import type { Terminal } from './terminal.ts';

/** Headings of a help page. */
const HEADINGS: Readonly<Record<string, string>> = {
  'Usage:': '用法：',
  'Arguments:': '参数：',
  'Options:': '选项：',
  'Global Options:': '全局选项：',
  'Commands:': '命令：',
};

/** Sets what all commands below inherit. */
export function localizedHelp(program: Command, { language, say }: Terminal): void {
  const option = say({ en: 'show this help', zh: '显示帮助' });
  program.helpOption('-h, --help', option);
  program.helpCommand('help [command]', say({ en: 'show the help of a command', zh: '显示某个命令的帮助' }));
  if (language === 'zh') {
    program.configureHelp({
      styleTitle: (title) => HEADINGS[title] ?? title,
      styleUsage: (usage) => usage.replace('[options]', '[选项]').replace('[command]', '[命令]'),
      optionDescription,
    });
  }
}

/** An option with its choices and its default, as Commander adds them in English. */
function optionDescription({ description, argChoices, defaultValue }: Option): string {
  const choices = argChoices ? `（可选：${argChoices.join('、')}）` : '';
  const standard = defaultValue === undefined ? '' : `（默认：${defaultValue}）`;
  return description + choices + standard;
}

type Translate = (...groups: string[]) => string;

/** What Commander says, by its code: its English sentence, and ours in Chinese. */
const COMPLAINTS: Readonly<Record<string, readonly [RegExp, Translate]>> = {
  'commander.unknownOption': [
    /unknown option '(.*?)'(?:\s*\(Did you mean (.*?)\?\))?/s,
    (option, close) => `未知选项“${option}”${close ? `；是否想用 ${close}？` : ''}`,
  ],
  'commander.unknownCommand': [
    /unknown command '(.*?)'(?:\s*\(Did you mean (.*?)\?\))?/s,
    (command, close) => `未知命令“${command}”${close ? `；是否想用 ${close}？` : ''}`,
  ],
  'commander.missingArgument': [/argument '(.*?)'/, (name) => `缺少参数“${name}”`],
  'commander.optionMissingArgument': [/option '(.*?)'/, (flags) => `选项“${flags}”缺少值`],
  'commander.missingMandatoryOptionValue': [/option '(.*?)'/, (flags) => `缺少必需的选项“${flags}”`],
  'commander.invalidArgument': [
    /'(--[\w-]+)[^']*' argument '(.*?)' is invalid\. Allowed choices are (.*)\./s,
    (flag, value, choices) => `${flag}：“${value}”有误。可选：${choices}`,
  ],
  'commander.excessArguments': [
    /Expected (\d+) arguments? but got (\d+): (.*)\./,
    (expected, got, all) => `参数过多：应为 ${expected} 个，实际为 ${got} 个：${all}`,
  ],
};

/** @returns undefined where a help page has said everything */
export function usageMessage({ code, message }: CommanderError): Localized | undefined {
  if (code === 'commander.help' || code === 'commander.helpDisplayed') return undefined;
  const [pattern, translate] = COMPLAINTS[code] ?? [];
  const groups = pattern?.exec(message);
  const hint = HINTS[code]?.(message);
  const zh =
    groups && translate ? `错误：${translate(...groups.slice(1).map((group) => group ?? ''))}` : message;
  return { en: message + (hint?.en ?? ''), zh: zh + (hint?.zh ?? '') };
}

/** What people most likely meant. */
const HINTS: Readonly<Record<string, (message: string) => Localized | undefined>> = {
  'commander.unknownOption': (message) =>
    message.includes("'--out'") || message.includes("'-o'")
      ? {
          en: '\nWhere runs lie is said by --runs; --out is only what a command writes, and this one writes nothing.',
          zh: '。\n运行所在目录由 --runs 指定；--out 只用于命令写出的文件，而此命令不写文件。',
        }
      : undefined,
  'commander.excessArguments': () => ({
    en: '\nOne main source is named by its place, others by their options; quote a path that has spaces.',
    zh: '。\n主数据源按位置给出，其他数据源用各自的选项；含空格的路径请加引号。',
  }),
};
