/** What is judged, as people have it: answers to an input, or two answers of which one is better; with the labels of people where there are any. */
import { type Localized, UserError } from '@gradus/base';
import { readTable, yesOrNo } from '@gradus/data';

export interface JudgedRow {
  readonly row: number;
  readonly input: string;
  /** One, or the two of a pair. */
  readonly outputs: readonly [string] | readonly [string, string];
  /** 1: it passes, or the second is the better one; 0: it fails, or the first is. None where people said nothing. */
  readonly label?: 0 | 1;
}

export interface JudgedRows {
  readonly kind: 'answer' | 'pair';
  readonly rows: readonly JudgedRow[];
  readonly setAside: readonly { readonly row: number; readonly reason: Localized }[];
}

const INPUTS = ['input', 'prompt', 'question', 'instruction', 'query'];
const OUTPUTS = ['output', 'answer', 'response', 'completion'];
const FIRSTS = ['output1', 'output_1', 'answer1', 'answer_1', 'response_a', 'answer_a', 'output_a'];
const SECONDS = [
  ...['output2', 'output_2', 'answer2', 'answer_2', 'response_b', 'answer_b', 'output_b'],
  'second_output',
];
const LABELS = ['label', 'human', 'human_label', 'gold', 'preferred', 'rating'];
const FIRST = new Set(['1', 'a', 'first', 'output1', 'answer1', '第一', '前者', '甲']);
const SECOND = new Set(['2', 'b', 'second', 'output2', 'answer2', '第二', '后者', '乙']);

/** @throws UserError where the file is no table, or has none of the columns */
export async function readJudged(path: string, signal?: AbortSignal): Promise<JudgedRows> {
  const table = await readTable(path, { ...(signal && { signal }) });
  const lower = table.columns.map((name) => name.trim().toLowerCase().replaceAll(' ', '_'));
  const at = (names: readonly string[]) =>
    names.map((name) => lower.indexOf(name)).find((column) => column >= 0) ?? -1;
  const [input, second, label] = [at(INPUTS), at(SECONDS), at(LABELS)];
  const first = second >= 0 && at(FIRSTS) >= 0 ? at(FIRSTS) : at(OUTPUTS);
  if (input < 0 || first < 0) {
    throw new UserError({
      en: `${path} has the columns ${table.columns.join(', ')}. Expected "input" and "output" (also prompt or question; answer or response), for pairs "output2" as well, and "label" for what people said`,
      zh: `${path} 的列为 ${table.columns.join('、')}。应有 input 与 output（也可为 prompt、question；answer、response）；成对比较还需 output2；人工结论列为 label`,
    });
  }
  const kind = second >= 0 ? 'pair' : 'answer';
  const rows: JudgedRow[] = [];
  const setAside = table.setAside.rows.map(({ row, reason }) => ({ row, reason }));
  for (const [i, cells] of table.rows.entries()) {
    const row = table.numbers[i]!;
    const [asked, one, other] = [input, first, second].map((column) => cells[column] ?? '') as [
      string,
      string,
      string,
    ];
    if (one.trim() === '' || (kind === 'pair' && other.trim() === '')) {
      setAside.push({ row, reason: { en: 'an answer is empty', zh: '回答为空' } });
      continue;
    }
    const said = label < 0 ? '' : (cells[label] ?? '').trim();
    const meant = kind === 'pair' ? placeOf(said) : yesOrNo(said);
    if (said !== '' && Number.isNaN(meant)) {
      const expected =
        kind === 'pair'
          ? {
              en: 'the label is neither 1 nor 2 (also a, b; first, second)',
              zh: '标签应为 1 或 2（也可为 a、b）',
            }
          : {
              en: 'the label is neither yes nor no (also 1, 0; pass, fail)',
              zh: '标签应为“是”或“否”（也可为 1、0）',
            };
      setAside.push({ row, reason: expected });
      continue;
    }
    rows.push({
      row,
      input: asked,
      outputs: kind === 'pair' ? [one, other] : [one],
      ...(said !== '' && { label: meant as 0 | 1 }),
    });
  }
  return { kind, rows, setAside };
}

function placeOf(cell: string): number {
  const plain = cell.toLowerCase();
  return SECOND.has(plain) ? 1 : FIRST.has(plain) ? 0 : Number.NaN;
}
