import type { RegisteredModel, Signature } from '@gradus/lifecycle';
import { plain, type Terminal } from '../terminal.ts';
import type { AddCommand } from './command.ts';
import { withDatabase } from './database.ts';
import { DEFAULT_RUNS } from './recipe.ts';
import { printVerdict } from './verdict.ts';

/** `gradus models`: what is registered; `gradus models show NAME`: one model with its versions. */
export const models: AddCommand = (program, terminal) => {
  const list = program
    .command('models')
    .description('list the registered models, and who is champion')
    .option('--out <directory>', 'directory that holds the runs', DEFAULT_RUNS)
    .option('--json', 'print one JSON array on stdout')
    .action(({ out, json }: { out: string; json?: boolean }) =>
      withDatabase(out, async (database, { listModels }) => {
        const found = await listModels(database);
        if (json) terminal.print(JSON.stringify(found));
        else if (found.length === 0) {
          terminal.tell(
            terminal.say({
              en: 'No model is registered yet. Register one with: gradus register RUN NAME',
              zh: '尚未注册任何模型。注册：gradus register RUN NAME',
            }),
          );
        } else {
          for (const { name, recipe, versions, aliases } of found) {
            const marks = Object.entries(aliases).map(([alias, version]) => `@${alias} ${version}`);
            const count = terminal.say({ en: `${versions} versions`, zh: `${versions} 个版本` });
            terminal.print(plain([name, recipe, count, ...marks].join('  ')));
          }
        }
      }),
    );
  list
    .command('show <name>')
    .description('show a model: versions, where each comes from, what it takes and gives, its card')
    .option('--out <directory>', 'directory that holds the runs', DEFAULT_RUNS)
    .option('--json', 'print one JSON object on stdout')
    .action((name: string, _: unknown, command) => {
      // Commander gives options that both commands have to the outer one.
      const { out, json } = command.optsWithGlobals() as { out: string; json?: boolean };
      return withDatabase(out, async (database, { showModel }) => {
        const model = await showModel(database, name);
        if (json) terminal.print(JSON.stringify(model));
        else print(terminal, model);
      });
    });
};

const MOST_COMPARISONS = 3;

function print(terminal: Terminal, { name, recipe, versions, comparisons }: RegisteredModel): void {
  const line = (text: string) => terminal.print(plain(text));
  line(`${name}  ${recipe}`);
  for (const { version, run, parent, data, signature, metrics, tags, aliases, createdAt } of versions) {
    const marks = aliases.map((alias) => `  @${alias}`).join('');
    line('');
    line(`${version}${marks}  ${createdAt.slice(0, 16).replace('T', ' ')}`);
    const from = parent
      ? terminal.say({ en: `, retrained from ${parent}`, zh: `，由 ${parent} 重新训练` })
      : '';
    line(`  ${terminal.say({ en: 'run', zh: '运行' })}: ${run}${from}`);
    line(`  ${terminal.say({ en: 'data', zh: '数据' })}: ${data.path}  sha256 ${data.sha256.slice(0, 16)}…`);
    for (const [title, text] of signatureLines(terminal, signature)) line(`  ${title}: ${text}`);
    const figures = Object.entries(metrics).map(([metric, value]) => `${metric} ${Number(value.toFixed(4))}`);
    if (figures.length > 0) line(`  ${terminal.say({ en: 'metrics', zh: '指标' })}: ${figures.join(', ')}`);
    for (const [tag, text] of Object.entries(tags)) line(`  ${tag}: ${text}`);
  }
  for (const { champion, challenger, at, verdict } of comparisons.slice(0, MOST_COMPARISONS)) {
    line('');
    line(`${champion} → ${challenger}  ${at.slice(0, 16).replace('T', ' ')}`);
    printVerdict(terminal, verdict, '  ');
  }
  const card = versions.find(({ aliases }) => aliases.includes('champion'))?.card ?? versions[0]?.card;
  if (card) {
    line('');
    for (const text of card.trimEnd().split('\n')) line(text);
  }
}

function signatureLines(terminal: Terminal, signature: Signature): [title: string, text: string][] {
  if (signature.unread) return [[terminal.say({ en: 'signature', zh: '签名' }), signature.unread]];
  const show = (specs: Signature['inputs']) =>
    specs.map(({ name, dtype, shape }) => `${name} ${dtype}[${shape.join(', ')}]`).join('; ');
  return [
    [terminal.say({ en: 'takes', zh: '输入' }), show(signature.inputs)],
    [terminal.say({ en: 'gives', zh: '输出' }), show(signature.outputs)],
  ];
}
