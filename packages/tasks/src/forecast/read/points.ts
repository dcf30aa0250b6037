/** Sales as they are read, one a row, in arrays that grow: millions of rows take tens of bytes each. */
import { count, UserError } from '@gradus/base';

/** More rows than this are to be counted by week or month first. */
const MOST_POINTS = 20_000_000;
const MOST_SERIES = 200_000;

export class Points {
  readonly keys: string[][] = [];
  readonly #index = new Map<string, number>();
  readonly #covariates: number;
  series = new Int32Array(1024);
  times = new Float64Array(1024);
  /** NaN: a row that says of its step that the amount is not known. */
  values = new Float64Array(1024);
  /** [points, covariates] */
  covariates: Float32Array;
  length = 0;

  constructor(covariates: number) {
    this.#covariates = covariates;
    this.covariates = new Float32Array(1024 * covariates);
  }

  seriesOf(cells: readonly string[], file: string): number {
    const key = cells.length === 1 ? cells[0]! : JSON.stringify(cells);
    const known = this.#index.get(key);
    if (known !== undefined) return known;
    if (this.keys.length === MOST_SERIES) throw tooMany(file, 'series');
    this.#index.set(key, this.keys.length);
    this.keys.push([...cells]);
    return this.keys.length - 1;
  }

  add(series: number, time: number, value: number, covariates: readonly number[], file: string): void {
    if (this.length === this.series.length) {
      if (this.length >= MOST_POINTS) throw tooMany(file, 'rows');
      this.#grow();
    }
    this.series[this.length] = series;
    this.times[this.length] = time;
    this.values[this.length] = value;
    for (let k = 0; k < this.#covariates; k++)
      this.covariates[this.length * this.#covariates + k] = covariates[k] ?? Number.NaN;
    this.length += 1;
  }

  #grow(): void {
    const size = 2 * this.series.length;
    this.series = grown(this.series, new Int32Array(size));
    this.times = grown(this.times, new Float64Array(size));
    this.values = grown(this.values, new Float64Array(size));
    this.covariates = grown(this.covariates, new Float32Array(size * this.#covariates));
  }

  /** Places of each series' points, in order of time. */
  ordered(): { readonly order: Int32Array; readonly starts: Int32Array } {
    const starts = new Int32Array(this.keys.length + 1);
    for (let i = 0; i < this.length; i++) starts[this.series[i]! + 1]! += 1;
    for (let s = 0; s < this.keys.length; s++) starts[s + 1]! += starts[s]!;
    const next = starts.slice();
    const order = new Int32Array(this.length);
    for (let i = 0; i < this.length; i++) order[next[this.series[i]!]!++] = i;
    for (let s = 0; s < this.keys.length; s++)
      order.subarray(starts[s]!, starts[s + 1]!).sort((a, b) => this.times[a]! - this.times[b]! || a - b);
    return { order, starts };
  }
}

function grown<A extends { set(from: ArrayLike<number>): void }>(from: ArrayLike<number>, to: A): A {
  to.set(from);
  return to;
}

const tooMany = (file: string, what: 'rows' | 'series'): UserError =>
  what === 'rows'
    ? new UserError({
        en: `${file} has more than ${count(MOST_POINTS)} amounts. Add them up by item and day, week or month first.`,
        zh: `${file} 的数据超过 ${count(MOST_POINTS)} 条。请先按商品和日、周或月汇总。`,
      })
    : new UserError({
        en: `${file} has more than ${count(MOST_SERIES)} items. Name the column of items with --item, or forecast a part of them.`,
        zh: `${file} 的序列超过 ${count(MOST_SERIES)} 条。请用 --item 指定商品列，或只预测其中一部分。`,
      });
