/** Missing values that are written as text, such as `N/A`. */
import { halfWidth } from '../table/half-width.ts';

const WORDS = new Set(
  [
    'n/a na n.a. #n/a nan none null nil unknown unk missing undefined tbd \\n - -- --- ? ?? . * / _ <na> <null> (null) (blank) #null! #value! #ref! #div/0!',
    '无 未知 不详 空 暂无 缺失 没有 待定 不明 不知道 — —— – 无数据 未填写 未提供',
  ]
    .join(' ')
    .split(' '),
);
const LONGEST = 12;

/** Whether a trimmed cell means that the value is missing. The caller treats empty cells. */
export const isDisguisedMissing = (cell: string): boolean =>
  cell.length <= LONGEST && WORDS.has(halfWidth(cell).toLowerCase());
