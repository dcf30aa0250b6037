/**
 * The penalized quadratic of a Newton step: minimise, over changes d of some weights w and of the bias,
 *
 *     slopes·d + ½ dᵀ H d + l1 ‖w + d‖₁ + ½ l2 ‖w + d‖²
 *
 * by coordinate descent. The bias is eliminated: columns count by how far they are from their weighted mean. Where rows are many, the
 * products of columns with each other (H) are kept, and a change costs as much as there are columns (glmnet's covariance updates);
 * where columns are many or nearly empty, a change goes through the column's rows (its naive updates).
 */
import type { ColumnMatrix } from './column-matrix.ts';

export interface PenalizedQuadratic {
  /** Of the loss, by column of the matrix. */
  readonly slopes: Float64Array;
  /** Of the loss, of the bias. */
  readonly slope: number;
  /** By column of the matrix. */
  readonly weights: Float64Array;
  readonly l1: number;
  readonly l2: number;
}

export interface WeightChange {
  /** By column of those that may change. */
  readonly weights: Float64Array;
  readonly bias: number;
}

/** What a quadratic's slopes are made of while weights change. Places are those of the columns that may change. */
interface Slopes {
  /** By place. */
  readonly diagonal: Float64Array;
  /** What the changes so far add to the slope. */
  at(place: number): number;
  change(place: number, by: number): void;
}

/** Columns whose products with each other are kept at most. */
const MOST_KEPT = 500;
/** Cycles over the columns at most, and the share of the first cycle's largest change at which they end. */
const MOST_CYCLES = 1000;
const SMALLEST_CHANGE = 1e-9;
/** A column that varies by no more than this share of its size is constant. */
const CONSTANT = 1e-12;

/** Second derivatives of the loss at one point, computed for the columns that need them. */
export class Curvature {
  readonly #x: ColumnMatrix;
  /** By row. */
  readonly #curvatures: Float64Array;
  readonly #total: number;
  /** Σ curvature · x, by column. */
  readonly #sums: Float64Array;
  readonly #places = new Map<number, number>();
  /** Products of kept columns, each with those kept before it and itself. */
  readonly #products: Float64Array[] = [];

  constructor(x: ColumnMatrix, curvatures: Float64Array) {
    this.#x = x;
    this.#curvatures = curvatures;
    this.#total = curvatures.reduce((sum, value) => sum + value, 0);
    this.#sums = x.products(curvatures);
  }

  /** The change of these columns' weights, and of the bias, that minimises the quadratic. */
  minimise(columns: Int32Array, quadratic: PenalizedQuadratic): WeightChange {
    const { slopes, slope, weights, l1, l2 } = quadratic;
    const values = columns.reduce((sum, column) => sum + this.#x.size(column), 0);
    const isDense = columns.length <= MOST_KEPT && columns.length ** 2 < 3 * values;
    const added = isDense ? this.#byProducts(columns) : this.#byRows(columns);
    const means = Float64Array.from(columns, (column) => this.#sums[column]! / this.#total);
    const first = Float64Array.from(columns, (column, k) => slopes[column]! - means[k]! * slope);
    const before = Float64Array.from(columns, (column) => weights[column]!);
    const after = before.slice();
    const update = (k: number): number => {
      const a = added.diagonal[k]!;
      if (a === 0) return 0;
      const z = a * after[k]! - first[k]! - added.at(k);
      const value = (Math.sign(z) * Math.max(0, Math.abs(z) - l1)) / (a + l2);
      const by = value - after[k]!;
      if (by === 0) return 0;
      after[k] = value;
      added.change(k, by);
      return Math.abs(by) * Math.sqrt(a);
    };
    let largest = 0;
    for (let cycle = 0; cycle < MOST_CYCLES; cycle++) {
      let change = 0;
      for (let k = 0; k < columns.length; k++) change = Math.max(change, update(k));
      largest = Math.max(largest, change);
      if (change <= SMALLEST_CHANGE * largest) break;
    }
    const changes = after.map((value, k) => value - before[k]!);
    const moved = changes.reduce((sum, change, k) => sum + change * means[k]!, 0);
    return { weights: changes, bias: -slope / this.#total - moved };
  }

  /** Σ curvature · (x − mean)², or 0 for a constant column. */
  #variance(column: number, square: number): number {
    const left = square - this.#sums[column]! ** 2 / this.#total;
    return left > CONSTANT * square ? left : 0;
  }

  #byProducts(columns: Int32Array): Slopes {
    for (const column of columns) this.#keep(column);
    const size = columns.length;
    const matrix = new Float64Array(size * size);
    for (let k = 0; k < size; k++) {
      for (let m = 0; m <= k; m++) {
        const [a, b] = [this.#places.get(columns[k]!)!, this.#places.get(columns[m]!)!];
        const product = this.#products[Math.max(a, b)]![Math.min(a, b)]!;
        const centered = product - (this.#sums[columns[k]!]! * this.#sums[columns[m]!]!) / this.#total;
        matrix[k * size + m] = centered;
        matrix[m * size + k] = centered;
      }
    }
    const added = new Float64Array(size);
    return {
      diagonal: Float64Array.from(columns, (column) => {
        const place = this.#places.get(column)!;
        return this.#variance(column, this.#products[place]![place]!);
      }),
      at: (place) => added[place]!,
      change: (place, by) => {
        for (let m = 0; m < size; m++) added[m]! += by * matrix[place * size + m]!;
      },
    };
  }

  #keep(column: number): void {
    if (this.#places.has(column)) return;
    const scaled = new Float64Array(this.#x.rows);
    this.#x.add(column, 1, scaled, this.#curvatures);
    this.#places.set(column, this.#products.length);
    this.#products.push(this.#x.products(scaled, Int32Array.from(this.#places.keys())));
  }

  #byRows(columns: Int32Array): Slopes {
    const x = this.#x;
    const curvatures = this.#curvatures;
    const scaled = new Float64Array(x.rows); // curvature · (change of the score)
    let sum = 0;
    return {
      diagonal: Float64Array.from(columns, (column) => this.#variance(column, x.square(column, curvatures))),
      at: (place) => {
        const column = columns[place]!;
        return x.product(column, scaled) - (this.#sums[column]! * sum) / this.#total;
      },
      change: (place, by) => {
        x.add(columns[place]!, by, scaled, curvatures);
        sum += by * this.#sums[columns[place]!]!;
      },
    };
  }
}
