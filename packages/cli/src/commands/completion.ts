/**
 * `gradus completion bash|zsh|fish`: a script that has the shell complete commands and options. It holds the table of commands
 * as it is now, so that completing starts no Node; made from the very program that parses them.
 */
import { UserError } from '@gradus/base';
import type { Command } from 'commander';
import type { AddCommand } from '../add-command.ts';

interface Words {
  /** Of a command and its subcommand, `models show`; empty for the program itself. */
  readonly path: string;
  readonly words: readonly { readonly word: string; readonly about: string }[];
}

export const completionCommand: AddCommand = (program, terminal) => {
  program
    .command('completion')
    .argument('<shell>', 'bash, zsh, fish')
    .description(
      terminal.say({
        en: 'print a script for your shell: eval "$(gradus completion bash)"; for fish: gradus completion fish | source',
        zh: '打印用于 shell 的补全脚本：eval "$(gradus completion bash)"；fish：gradus completion fish | source',
      }),
    )
    .action((shell: string) => {
      const script = SHELLS[shell as keyof typeof SHELLS];
      if (!Object.hasOwn(SHELLS, shell)) {
        const names = Object.keys(SHELLS);
        throw new UserError({
          en: `"${shell}" is no shell that is known. There are: ${names.join(', ')}.`,
          zh: `不支持 shell“${shell}”。可选：${names.join('、')}。`,
        });
      }
      terminal.print(script(wordsOf(program, '')));
    });
};

function wordsOf(command: Command, path: string): Words[] {
  const first = (text: string) => text.split(/[:;,.，。；：]/, 1)[0]!.slice(0, 70);
  const commands = command.commands.map((sub) => ({ word: sub.name(), about: first(sub.description()) }));
  const options = command.options
    .filter(({ long, hidden }) => long && !hidden)
    .map(({ long, description }) => ({ word: long!, about: first(description) }));
  return [
    { path, words: [...commands, ...options, { word: '--help', about: '' }] },
    ...command.commands.flatMap((sub) => wordsOf(sub, path === '' ? sub.name() : `${path} ${sub.name()}`)),
  ];
}

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** The longest known path of the words before the cursor, in the shells' own languages. */
const SHELLS = {
  bash: (all: readonly Words[]) => `_gradus() {
  local current="\${COMP_WORDS[COMP_CWORD]}" path="" word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case " $word" in ' -'*) continue ;; esac
    if [ -z "$path" ]; then path="$word"; else path="$path $word"; fi
    [ "\${path#* }" != "$path" ] && break
  done
  local words=""
  while :; do
    case "$path" in
${all.map(({ path, words }) => `      ${quoted(path)}) words=${quoted(words.map(({ word }) => word).join(' '))} ;;`).join('\n')}
    esac
    [ -n "$words" ] || [ "\${path% *}" = "$path" ] && break
    path="\${path% *}"
  done
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _gradus gradus`,
  zsh: (all: readonly Words[]) => `autoload -Uz compinit && compinit -C
_gradus() {
  local -a entries
  local path="" word
  for word in "\${(@)words[2,CURRENT-1]}"; do
    [[ "$word" == -* ]] && continue
    path="\${path:+$path }$word"
    [[ "$path" == *" "* ]] && break
  done
  while true; do
    case "$path" in
${all.map(({ path, words }) => `      ${quoted(path)}) entries=(${words.map(({ word, about }) => quoted(`${word}:${about}`)).join(' ')}) ;;`).join('\n')}
    esac
    (( \${#entries} )) && break
    [[ "$path" == *" "* ]] || break
    path="\${path% *}"
  done
  _describe 'gradus' entries || _files
}
compdef _gradus gradus`,
  fish: (all: readonly Words[]) =>
    [
      'complete -c gradus -f',
      ...all.flatMap(({ path, words }) => {
        const seen = path === '' ? '__fish_use_subcommand' : fishCondition(path);
        return words.map(({ word, about }) => {
          const what = word.startsWith('--') ? `-l ${quoted(word.slice(2))} -F` : `-a ${quoted(word)}`;
          return `complete -c gradus -n ${quoted(seen)} ${what} -d ${quoted(about)}`;
        });
      }),
    ].join('\n'),
} as const;

const fishCondition = (path: string): string =>
  path
    .split(' ')
    .map((word) => `__fish_seen_subcommand_from ${word}`)
    .join('; and ');
