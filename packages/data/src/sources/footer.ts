/** Lines below a table: totals, sources, notes. They are no rows, and are set aside with the reason. */
import type { Localized } from '@gradus/base';
import { type Kind, kindOf } from './header-evidence.ts';
import type { SourceRow } from './source.ts';

const TOTALS =
  /^(?:grand |sub|overall )?totals?(?: \(?\w+\)?)?\s*:?$|^(?:合计|总计|共计|小计|汇总)\s*[:：]?$/i;
const NOTES =
  /^(?:sources?|notes?|remarks?|data from[^:]*|last updated|generated(?: (?:on|by|at))?|exported(?: (?:on|by|at))?|数据来源|来源|备注|说明|注|制表人?|导出时间|更新时间)\s*[:：]|^(?:#+|\*+)\s|^(?:©|\(c\)) /i;

const REASONS = {
  totals: { en: 'it is a line of totals below the table', zh: '是表格下方的合计行' },
  note: { en: 'it is a note below the table', zh: '是表格下方的说明' },
} as const satisfies Record<string, Localized>;

/** Whether a cell is how a line of totals begins. In a table that has such lines here and there they are values like others. */
export const saysTotals = (cell: string): boolean => cell.length <= LONGEST && TOTALS.test(cell.trim());
const LONGEST = 24;

/**
 * @param rows The last of a table.
 * @param kinds What each column holds.
 * @param totals How many rows of the table begin as one of totals.
 * @returns the same, those that are none with the reason
 */
export function withoutFooter(
  rows: readonly SourceRow[],
  kinds: readonly (Kind | undefined)[],
  totals: number,
): SourceRow[] {
  const result = [...rows];
  for (let i = rows.length - 1; i > 0; i--) {
    const row = rows[i]!;
    const cells = row.fields.map((field) => field.trim());
    // What holds nothing, or is set aside already, may stand among them.
    if (row.reason !== undefined || !cells.some(Boolean)) continue;
    const why = footerOf(cells, kinds, totals);
    if (why === undefined) break;
    result[i] = { ...row, fields: [], reason: REASONS[why], text: row.text ?? row.fields.join(' ').trim() };
  }
  return result;
}

function footerOf(
  cells: readonly string[],
  kinds: readonly (Kind | undefined)[],
  totals: number,
): keyof typeof REASONS | undefined {
  if (kinds.length < 2) return undefined;
  const filled = cells.flatMap((cell, i) => (cell === '' ? [] : [{ cell, i }]));
  const [{ cell: label, i: at }, ...others] = filled as [(typeof filled)[0], ...typeof filled];
  const isNumbers = others.every(({ cell, i }) => kinds[i] === 'number' && kindOf([cell]) === 'number');
  if (totals === 1 && saysTotals(label) && isNumbers) return 'totals';
  const isOdd = kinds[at] !== undefined && kinds[at] !== 'text' && kindOf([label]) !== kinds[at];
  return others.length === 0 && at === 0 && kinds.length > 2 && (isOdd || NOTES.test(label))
    ? 'note'
    : undefined;
}
