/** Rules that answers keep: the standard says which. */
import type { Localized } from '@gradus/base';
import type { Figure } from '@gradus/tasks';
import { figureTitle } from '../standard/figure-titles.ts';
import type { AnswerChecks } from '../standard/standard.ts';
import { cellsOf } from './columns.ts';
import type { EvidenceTable } from './evidence.ts';

interface Check {
  readonly id: string;
  readonly title: Localized;
  passes(answer: string): boolean;
}

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

function checksOf({ longest, shortest, contains, without, json }: AnswerChecks): Check[] {
  const [wanted, banned] = [contains, without].map((words) => words.map((word) => word.toLowerCase()));
  return [
    { id: 'rule_not_empty', title: { en: 'not empty', zh: '非空' }, passes: (text) => text.trim() !== '' },
    ...(longest === undefined
      ? []
      : [
          {
            id: 'rule_longest',
            title: { en: `at most ${longest} characters`, zh: `不超过 ${longest} 字符` },
            passes: (text: string) => text.length <= longest,
          },
        ]),
    ...(shortest === undefined
      ? []
      : [
          {
            id: 'rule_shortest',
            title: { en: `at least ${shortest} characters`, zh: `不少于 ${shortest} 字符` },
            passes: (text: string) => text.length >= shortest,
          },
        ]),
    ...(wanted!.length === 0
      ? []
      : [
          {
            id: 'rule_contains',
            title: { en: 'has all required words', zh: '包含全部必需词' },
            passes: (text: string) => wanted!.every((word) => text.toLowerCase().includes(word)),
          },
        ]),
    ...(banned!.length === 0
      ? []
      : [
          {
            id: 'rule_without',
            title: { en: 'has no banned words', zh: '不含禁用词' },
            passes: (text: string) => !banned!.some((word) => text.toLowerCase().includes(word)),
          },
        ]),
    ...(json ? [{ id: 'rule_json', title: { en: 'is JSON', zh: '为有效 JSON' }, passes: isJson }] : []),
  ];
}

/** Each rule, and all of them together where there are several. */
export function checkFigures(table: EvidenceTable, output: string, checks: AnswerChecks): Figure[] {
  const cell = cellsOf(table, output);
  const n = table.rows.length;
  const all = new Float64Array(n).fill(1);
  const ones = () => new Float64Array(n).fill(1);
  const each = checksOf(checks).map(({ id, title, passes }): Figure => {
    const numerator = Float64Array.from({ length: n }, (_, row) => Number(passes(cell(row))));
    for (let row = 0; row < n; row++) all[row] = Math.min(all[row]!, numerator[row]!);
    return {
      id,
      title,
      unit: 'share',
      better: 'more',
      values: { kind: 'ratio', range: 'share', numerator, denominator: ones() },
    };
  });
  return [
    {
      id: 'rules_kept',
      title: figureTitle('rules_kept'),
      unit: 'share',
      better: 'more',
      values: { kind: 'ratio', range: 'share', numerator: all, denominator: ones() },
    },
    ...each,
  ];
}
