/** The table op × pass as a page (docs/ops.md). `npm run generate` writes it. */
import '../../ops/index.ts';
import { opNames } from '../../ops/registry.ts';
import { type Answer, PASSES, type PassName } from './passes.ts';
import { REASONS, REASONS_OF, type Reason } from './reasons.ts';

export const passNames = Object.keys(PASSES) as PassName[];

/** How a pass answers for an op, or why it has no answer; undefined where the op was forgotten. */
export const answerOf = (op: string, pass: PassName): Answer | Reason | undefined =>
  PASSES[pass].answer(op) ?? REASONS_OF.get(op)?.[pass];

const SIGNS: Readonly<Record<Answer, string>> = { rule: '●', expansion: '○', refusal: '✗' };
const reasonNames = Object.keys(REASONS) as Reason[];
const letterOf = (reason: Reason) => String.fromCharCode(97 + reasonNames.indexOf(reason));

function signOf(op: string, pass: PassName): string {
  const answer = answerOf(op, pass);
  if (answer === undefined) throw new Error(`"${op}" has no answer for ${pass}: add it to reasons.ts`);
  return answer in REASONS ? letterOf(answer as Reason) : SIGNS[answer as Answer];
}

const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;

export function opsPage(): string {
  const ops = opNames().sort();
  return [
    '# Ops · 算子',
    '',
    `${ops.length} ops, by the passes of the engine that treat ops one by one. \`npm run generate\` writes this page; a test checks`,
    'that it is current and that every op has an answer for every pass.',
    '',
    `${ops.length} 个算子，以及引擎中逐个处理算子的各遍（pass）。本页由 \`npm run generate\` 生成；测试会检查本页是否最新，以及每个算子在每一遍中是否都有答案。`,
    '',
    row(['sign · 符号', 'meaning · 含义']),
    row(['---', '---']),
    row([SIGNS.rule, 'a rule of its own · 有专门规则']),
    row([SIGNS.expansion, 'by way of the simpler ops that it expands to · 经由展开后的更简单算子']),
    row([SIGNS.refusal, 'refused with an error · 报错拒绝']),
    ...reasonNames.map((name) => row([letterOf(name), `${REASONS[name].en} · ${REASONS[name].zh}`])),
    '',
    row(['pass · 遍', 'about · 说明', 'rules · 规则所在']),
    row(['---', '---', '---']),
    ...passNames.map((name) => {
      const { about, file } = PASSES[name];
      return row([name, `${about.en} · ${about.zh}`, `\`packages/engine/src/${file}\``]);
    }),
    '',
    row(['op · 算子', ...passNames]),
    row(['---', ...passNames.map(() => ':-:')]),
    ...ops.map((op) => row([op, ...passNames.map((pass) => signOf(op, pass))])),
    '',
  ].join('\n');
}
