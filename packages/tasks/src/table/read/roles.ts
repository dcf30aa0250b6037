/**
 * Columns that say how rows hang together: when each was recorded, whose it is, how much it counts. A model is judged on later rows
 * or on other people's rows where the table shows that it will meet such.
 */
import { UserError } from '@gradus/base';
import { EARLIEST_DATE, isTimeName, parseNumbers, parseTimes } from '@gradus/data';
import { isBlank, labelText } from './cells.ts';
import { kindOf } from './kind.ts';
import { roleErrors } from './words.ts';

/** Of the rows, those with a time, for a time to be found by itself; and those in its order. */
const FILLED = 0.95;
const ORDERED = 0.95;
const FEWEST_TIMES = 20;
/** Of a column that the user names. */
const READABLE = 0.5;

const BIRTH = /birth|\bdob\b|born|出生|生日/i;
const RECORDED = /date|time|stamp|day|(?:_|\b)at$|created|opened|日期|时间|日時|年月/i;
/** What happens after a row was recorded, or is planned. */
const LATER =
  /due|expir|\bend|_end|clos|resol|deliver|ship|cancel|return|until|plan|schedul|updat|modif|last|next|death|discharg|churn|到期|截止|结束|关闭|完成|取消|退|更新|最后|下次|死亡|出院/i;

export interface Times {
  readonly values: Float64Array;
  readonly isNumber?: true;
}

/** Whether a column of dates says when its rows were recorded. @param cells Of the main file */
export function isRecordedTime(name: string, cells: readonly string[]): boolean {
  if (BIRTH.test(name)) return false;
  const { times } = parseTimes(cells, isTimeName(name), EARLIEST_DATE);
  const filled = times.filter((time) => time !== undefined);
  if (filled.length < FILLED * cells.length || new Set(filled).size <= FEWEST_TIMES) return false;
  return (RECORDED.test(name) && !LATER.test(name)) || isOrdered(filled);
}

function isOrdered(times: readonly number[]): boolean {
  let [up, down] = [0, 0];
  for (let i = 1; i < times.length; i++) {
    up += Number(times[i]! >= times[i - 1]!);
    down += Number(times[i]! <= times[i - 1]!);
  }
  return Math.max(up, down) >= ORDERED * (times.length - 1);
}

/**
 * Dates, or numbers that order the rows, such as years and steps.
 *
 * @param cells By place @throws UserError where most cells are neither
 */
export function readTimes(name: string, cells: readonly string[]): Times {
  const filled = cells.filter((cell) => !isBlank(cell)).length;
  const form = kindOf(name, cells, [name]);
  const isOfTimes = form !== 'identifier' && form.kind === 'time';
  const { times } = parseTimes(cells, isOfTimes && form.numbers, EARLIEST_DATE);
  const share = (values: readonly unknown[]): number =>
    values.filter((value) => value !== undefined).length / Math.max(1, filled);
  if (share(times) >= READABLE) return { values: Float64Array.from(times, (time) => time ?? Number.NaN) };
  const { numbers } = parseNumbers(cells);
  if (filled > 0 && share(numbers) >= READABLE)
    return { values: Float64Array.from(numbers, (number) => number ?? Number.NaN), isNumber: true };
  throw new UserError(
    roleErrors.noTimes(
      name,
      cells.find((cell) => !isBlank(cell)),
    ),
  );
}

const THINGS =
  'subject|patient|participant|respondent|person|people|student|employee|worker|driver|player|household|family|user|customer|client|member|account|subscriber|device|machine|engine|unit|sensor|vehicle|store|shop|患者|病人|用户|客户|会员|员工|学生|设备|机器|车辆|门店';
const GROUP_NAME = new RegExp(
  `(?:^|[\\s_-])(?:${THINGS})s?[\\s_-]*(?:ids?|uuid|no|nr|num|number|code|key|#|编号|号|号码|代码)?\\.?$`,
  'i',
);
/** Short for the same; alone it may also number series, whose later values are wanted. */
const PLAIN_ID = /^(?:p|hh|u|c)?id$/i;
const OF_PEOPLE = /subject|patient|participant|患者|病人/i;
const FEWEST_GROUPS = 5;
const FEWEST_UNNAMED_GROUPS = 20;
const FEWEST_ROWS_A_GROUP = 2;

/** Whether a column is called like a person or thing. @param isTimed The rows are ordered by a time */
export const isGroupName = (name: string, isTimed: boolean): boolean =>
  GROUP_NAME.test(name.trim()) || (!isTimed && PLAIN_ID.test(name.trim()));

/** Whether what a column names recurs. @param cells Of the main file */
export function isRecurring(name: string, cells: readonly string[]): boolean {
  const labels = cells.map(labelText).filter((label) => label !== '');
  if (labels.some((label) => /^-?\d+\.\d*[1-9]/.test(label))) return false;
  const distinct = new Set(labels).size;
  return (
    distinct >= (OF_PEOPLE.test(name) ? FEWEST_GROUPS : FEWEST_UNNAMED_GROUPS) &&
    labels.length >= FEWEST_ROWS_A_GROUP * distinct
  );
}

/** Rows of one group share a number; a row without one is a group by itself. @throws UserError where there is one group only */
export function readGroups(name: string, cells: readonly string[]): Int32Array {
  const numbers = new Map<string, number>();
  let next = 0;
  const groups = Int32Array.from(cells, (cell) => {
    const label = labelText(cell);
    if (label === '') return next++;
    const known = numbers.get(label);
    if (known !== undefined) return known;
    numbers.set(label, next);
    return next++;
  });
  if (next <= 1) throw new UserError(roleErrors.oneGroup(name, cells[0] ?? ''));
  return groups;
}

/**
 * @param cells By place @param numberOf A place's row in the file
 * @throws UserError naming the row whose weight is none
 */
export function readWeights(
  name: string,
  cells: readonly string[],
  numberOf: (place: number) => number,
): Float64Array {
  const { numbers } = parseNumbers(cells);
  const bad = numbers.findIndex((number) => number === undefined || number < 0);
  if (bad >= 0) throw new UserError(roleErrors.weight(name, numberOf(bad), cells[bad]!.trim()));
  const weights = Float64Array.from(numbers, (number) => number!);
  if (!weights.some((weight) => weight > 0)) throw new UserError(roleErrors.noWeight(name));
  return weights;
}
