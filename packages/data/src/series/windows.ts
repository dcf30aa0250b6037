/**
 * Windows for training a forecaster: so many steps of history, and the steps after them to be forecast. Parts for training, validation
 * and test follow each other in time, and a window lies in one part wholly, so that no test value is trained on.
 */
import { UserError } from '@gradus/base';
import type { Series } from './read.ts';

export interface WindowOptions {
  /** Steps that are known. */
  readonly history: number;
  /** Steps that are to be forecast. */
  readonly horizon: number;
  /** Steps from one window to the next. Default 1. */
  readonly stride?: number;
  /** Steps that windows are cut from, as `splitByTime` gives them. Default: all. */
  readonly part?: Part;
  /** Share of a window's history that may be missing; its horizon must be whole. Default 0. */
  readonly missing?: number;
}

/** From step `from` on, before step `to`. */
export interface Part {
  readonly from: number;
  readonly to: number;
}

export interface Windows {
  readonly count: number;
  /** [count, history]; NaN where a value is missing and may be. */
  readonly history: Float32Array;
  /** [count, horizon] */
  readonly horizon: Float32Array;
  /** Of each window, its series, an index into the names. */
  readonly series: Int32Array;
  /** Of each window, the step that its history begins with. */
  readonly starts: Int32Array;
  /** Windows that were left out because too much of them is missing. */
  readonly leftOut: number;
}

/** @throws UserError where not one window fits into the part */
export function seriesWindows(series: Series, options: WindowOptions): Windows {
  const steps = series.times.length;
  const { history, horizon, stride = 1, part = { from: 0, to: steps }, missing = 0 } = options;
  for (const [name, value] of Object.entries({ history, horizon, stride })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new UserError({
        en: `${name}: is ${value}; expected a whole number of steps, at least 1`,
        zh: `${name}：值为 ${value}；应为至少 1 的整步数`,
      });
    }
  }
  const length = history + horizon;
  if (part.to - part.from < length) {
    throw new UserError({
      en: `${part.to - part.from} steps have no window of ${history} + ${horizon} in them; take a shorter history or horizon, or bring more data`,
      zh: `${part.to - part.from} 步中容不下 ${history} + ${horizon} 步的窗口；请缩短历史或预测步数，或提供更多数据`,
    });
  }
  const windows: { row: number; start: number }[] = [];
  let leftOut = 0;
  for (let row = 0; row < series.names.length; row++) {
    const values = series.values.subarray(row * steps, (row + 1) * steps);
    // Before each step, how many values are missing up to there.
    const lacking = new Int32Array(steps + 1);
    for (let i = 0; i < steps; i++) lacking[i + 1] = lacking[i]! + Number(Number.isNaN(values[i]));
    for (let start = part.from; start + length <= part.to; start += stride) {
      const middle = start + history;
      const whole = lacking[middle + horizon] === lacking[middle];
      if (whole && lacking[middle]! - lacking[start]! <= missing * history) windows.push({ row, start });
      else leftOut += 1;
    }
  }
  const past = new Float32Array(windows.length * history);
  const future = new Float32Array(windows.length * horizon);
  for (const [i, { row, start }] of windows.entries()) {
    const at = row * steps + start;
    past.set(series.values.subarray(at, at + history), i * history);
    future.set(series.values.subarray(at + history, at + length), i * horizon);
  }
  return {
    count: windows.length,
    history: past,
    horizon: future,
    series: Int32Array.from(windows, ({ row }) => row),
    starts: Int32Array.from(windows, ({ start }) => start),
    leftOut,
  };
}

/**
 * The first steps for training, the next for validation, the last for the test.
 *
 * @param steps How many there are.
 * @param shares Of the steps.
 */
export function splitByTime(
  steps: number,
  { validation, test }: { readonly validation: number; readonly test: number },
): { readonly train: Part; readonly validation: Part; readonly test: Part } {
  if (!(validation >= 0 && test >= 0 && validation + test < 1)) {
    throw new UserError({
      en: `validation and test: are ${validation} and ${test}; expected shares that leave some for training`,
      zh: `validation 和 test：值为 ${validation} 和 ${test}；两者之和应给训练留出一部分`,
    });
  }
  const second = Math.round(steps * (1 - validation - test));
  const third = Math.round(steps * (1 - test));
  return {
    train: { from: 0, to: second },
    validation: { from: second, to: third },
    test: { from: third, to: steps },
  };
}
