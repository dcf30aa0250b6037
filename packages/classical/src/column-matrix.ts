/** A matrix by columns: what coordinate descent goes through. */
import { UserError } from '@gradus/base';
import type { SparseMatrix } from '@gradus/stats';

export interface DenseMatrix {
  readonly rows: number;
  readonly columns: number;
  /** [rows, columns], row-major. */
  readonly values: ArrayLike<number>;
}

export interface ColumnMatrix {
  readonly rows: number;
  readonly columns: number;
  /** Values that a column holds. */
  size(column: number): number;
  /** The column's product with v. @param v [rows] */
  product(column: number, v: Float64Array): number;
  /** Of some columns; default: all of them. */
  products(v: Float64Array, columns?: Int32Array): Float64Array;
  /** out += scale · column, each of its values times that of its row. @param out [rows] @param times [rows] */
  add(column: number, scale: number, out: Float64Array, times?: Float64Array): void;
  /** Σ timesᵢ xᵢ² of a column. @param times [rows] */
  square(column: number, times: Float64Array): number;
}

export function columnMatrix(x: SparseMatrix | DenseMatrix): ColumnMatrix {
  return 'offsets' in x ? new SparseColumns(x) : new DenseColumns(x);
}

/** bias + x·w, by row. @param w [columns] */
export function scores(x: SparseMatrix | DenseMatrix, w: Float64Array, bias: number): Float64Array {
  const out = new Float64Array(x.rows).fill(bias);
  const { columns, values } = x;
  for (let i = 0; i < x.rows; i++) {
    let sum = bias;
    if ('offsets' in x) {
      for (let k = x.offsets[i]!; k < x.offsets[i + 1]!; k++) sum += values[k]! * w[x.indices[k]!]!;
    } else {
      for (let j = 0; j < columns; j++) sum += values[i * columns + j]! * w[j]!;
    }
    out[i] = sum;
  }
  return out;
}

abstract class Columns implements ColumnMatrix {
  readonly rows: number;
  readonly columns: number;

  constructor({ rows, columns }: { readonly rows: number; readonly columns: number }) {
    this.rows = rows;
    this.columns = columns;
  }

  abstract size(column: number): number;
  abstract product(column: number, v: Float64Array): number;
  abstract add(column: number, scale: number, out: Float64Array, times?: Float64Array): void;
  abstract square(column: number, times: Float64Array): number;

  products(v: Float64Array, columns?: Int32Array): Float64Array {
    const out = new Float64Array(columns?.length ?? this.columns);
    for (let k = 0; k < out.length; k++) out[k] = this.product(columns?.[k] ?? k, v);
    return out;
  }
}

class DenseColumns extends Columns {
  readonly #values: readonly Float64Array[];

  constructor(x: DenseMatrix) {
    super(x);
    const { rows, columns, values } = x;
    if (values.length !== rows * columns) {
      throw new UserError({
        en: `The matrix holds ${values.length} values; expected ${rows} × ${columns}.`,
        zh: `矩阵含有 ${values.length} 个值；应为 ${rows} × ${columns} 个。`,
      });
    }
    this.#values = Array.from({ length: columns }, () => new Float64Array(rows));
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) this.#values[j]![i] = values[i * columns + j]!;
    }
  }

  size(): number {
    return this.rows;
  }

  product(column: number, v: Float64Array): number {
    return oneProduct(this.#values[column]!, v);
  }

  /** Four columns at a time: v is read once for them, and no sum waits for another. */
  override products(v: Float64Array, columns?: Int32Array): Float64Array {
    const chosen = columns ? Array.from(columns, (column) => this.#values[column]!) : this.#values;
    const out = new Float64Array(chosen.length);
    let k = 0;
    for (; k + 3 < chosen.length; k += 4) fourProducts(chosen, k, v, out);
    for (; k < chosen.length; k++) out[k] = oneProduct(chosen[k]!, v);
    return out;
  }

  add(column: number, scale: number, out: Float64Array, times?: Float64Array): void {
    const values = this.#values[column]!;
    if (times) for (let i = 0; i < out.length; i++) out[i]! += scale * values[i]! * times[i]!;
    else for (let i = 0; i < out.length; i++) out[i]! += scale * values[i]!;
  }

  square(column: number, times: Float64Array): number {
    const values = this.#values[column]!;
    let sum = 0;
    for (let i = 0; i < times.length; i++) sum += times[i]! * values[i]! * values[i]!;
    return sum;
  }
}

function oneProduct(values: Float64Array, v: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < v.length; i++) sum += values[i]! * v[i]!;
  return sum;
}

function fourProducts(
  columns: readonly Float64Array[],
  from: number,
  v: Float64Array,
  out: Float64Array,
): void {
  const p = columns[from]!;
  const q = columns[from + 1]!;
  const r = columns[from + 2]!;
  const s = columns[from + 3]!;
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let i = 0; i < v.length; i++) {
    const value = v[i]!;
    a += p[i]! * value;
    b += q[i]! * value;
    c += r[i]! * value;
    d += s[i]! * value;
  }
  out[from] = a;
  out[from + 1] = b;
  out[from + 2] = c;
  out[from + 3] = d;
}

/** Compressed columns. */
class SparseColumns extends Columns {
  readonly #offsets: Int32Array;
  readonly #rows: Int32Array;
  readonly #values: Float64Array;

  constructor(x: SparseMatrix) {
    super(x);
    const size = x.offsets[x.rows]!;
    const offsets = new Int32Array(x.columns + 1);
    for (let k = 0; k < size; k++) offsets[x.indices[k]! + 1]! += 1;
    for (let j = 0; j < x.columns; j++) offsets[j + 1]! += offsets[j]!;
    const next = offsets.slice();
    this.#rows = new Int32Array(size);
    this.#values = new Float64Array(size);
    for (let i = 0; i < x.rows; i++) {
      for (let k = x.offsets[i]!; k < x.offsets[i + 1]!; k++) {
        const to = next[x.indices[k]!]!++;
        this.#rows[to] = i;
        this.#values[to] = x.values[k]!;
      }
    }
    this.#offsets = offsets;
  }

  size(column: number): number {
    return this.#offsets[column + 1]! - this.#offsets[column]!;
  }

  product(column: number, v: Float64Array): number {
    let sum = 0;
    for (let k = this.#offsets[column]!; k < this.#offsets[column + 1]!; k++) {
      sum += this.#values[k]! * v[this.#rows[k]!]!;
    }
    return sum;
  }

  add(column: number, scale: number, out: Float64Array, times?: Float64Array): void {
    for (let k = this.#offsets[column]!; k < this.#offsets[column + 1]!; k++) {
      const row = this.#rows[k]!;
      out[row]! += scale * this.#values[k]! * (times ? times[row]! : 1);
    }
  }

  square(column: number, times: Float64Array): number {
    let sum = 0;
    for (let k = this.#offsets[column]!; k < this.#offsets[column + 1]!; k++) {
      sum += times[this.#rows[k]!]! * this.#values[k]! ** 2;
    }
    return sum;
  }
}
