/**
 * A network for tables (Gorishniy, Rubachev and Babenko, "On Embeddings for Numerical Features in Tabular Deep Learning", 2022): each
 * number is encoded by the bins that it has passed (piecewise linear), and becomes a vector of its column's own; each level of a
 * category has a vector; dense layers read all of them side by side.
 */
import { concat, constant, type Tensor } from '@gradus/engine';
import { dense, dropout, type Initializer, Module, normal, Parameter, uniform } from '@gradus/nn';
import type { MlpConfig } from './mlp-config.ts';

export interface NetworkShape {
  /** Of bins, rising, by column of numbers; none where all rows have one value. */
  readonly edges: readonly Float32Array[];
  /** Levels by column of codes, 0 among them. */
  readonly categories: readonly number[];
  readonly outputs: number;
}

/** Numbers outside the training rows go on in a line for this many widths of the last bin, and no further. */
const REACH = 1;

export class TabularNetwork extends Module {
  readonly numbers: NumberVectors | undefined;
  readonly categories: CategoryVectors | undefined;
  readonly hidden;
  readonly out;
  readonly #dropout;

  constructor({ edges, categories, outputs }: NetworkShape, config: MlpConfig) {
    super();
    this.numbers = edges.length > 0 ? new NumberVectors(edges, config.numberVector) : undefined;
    this.categories =
      categories.length > 0 ? new CategoryVectors(categories, config.categoryVector) : undefined;
    this.hidden = Array.from({ length: config.layers }, () =>
      dense(config.units, { initializer: uniformByFanIn(Math.SQRT2) }),
    );
    this.out = dense(outputs, { initializer: uniformByFanIn(1) });
    this.#dropout = dropout(config.dropout);
  }

  /**
   * @param numbers float32 [batch, columns of numbers]
   * @param codes int64 [batch, columns of codes]
   * @returns [batch, outputs]
   */
  forward(numbers: Tensor | undefined, codes?: Tensor): Tensor {
    const inputs: Tensor[] = [];
    if (this.numbers && numbers) inputs.push(this.numbers.forward(numbers), numbers);
    if (this.categories && codes) inputs.push(this.categories.forward(codes));
    let x = concat(inputs, 1);
    for (const layer of this.hidden) x = this.#dropout(layer.forward(x).relu());
    return this.out.forward(x);
  }
}

/** Vectors of numbers: [batch, columns] -> [batch, columns × length]. */
class NumberVectors extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter;
  readonly #low: Tensor;
  readonly #scale: Tensor;
  readonly #least: Tensor;
  readonly #most: Tensor;

  constructor(edges: readonly Float32Array[], length: number) {
    super();
    const columns = edges.length;
    const bins = Math.max(1, ...edges.map((of) => of.length - 1));
    const [low, scale, least, most] = Array.from({ length: 4 }, () => new Float32Array(columns * bins));
    for (const [column, of] of edges.entries()) {
      for (let bin = 0; bin + 1 < of.length; bin++) {
        const at = column * bins + bin;
        low![at] = of[bin]!;
        scale![at] = 1 / (of[bin + 1]! - of[bin]!);
        least![at] = bin === 0 ? -REACH : 0;
        most![at] = bin + 2 === of.length ? 1 + REACH : 1;
      }
    }
    const table = (data: Float32Array) => constant({ dtype: 'float32', dims: [columns, bins], data });
    [this.#low, this.#scale, this.#least, this.#most] = [
      table(low!),
      table(scale!),
      table(least!),
      table(most!),
    ];
    const initializer = uniform(1 / Math.sqrt(bins));
    this.weight = new Parameter([columns, bins, length], initializer);
    this.bias = new Parameter([columns, 1, length], initializer);
  }

  forward(x: Tensor): Tensor {
    const passed = x.unsqueeze(2).sub(this.#low).mul(this.#scale).max(this.#least).min(this.#most); // [batch, columns, bins]
    const vectors = passed.transpose([1, 0, 2]).matmul(this.weight).add(this.bias).relu(); // [columns, batch, length]
    const [columns, , length] = this.weight.shape as readonly number[];
    return vectors.transpose([1, 0, 2]).reshape([-1, columns! * length!]);
  }
}

/** Vectors of levels, of all columns in one table: [batch, columns] -> [batch, columns × length]. */
class CategoryVectors extends Module {
  readonly weight: Parameter;
  readonly #first: Tensor;
  readonly #columns: number;

  constructor(categories: readonly number[], length: number) {
    super();
    let levels = 0;
    const first = categories.map((count) => {
      levels += count;
      return levels - count;
    });
    // What no training row has, an unknown level above all, stays without influence.
    const initializer: Initializer = (random, shape) => {
      const values = normal(1 / Math.sqrt(length))(random, shape);
      for (const row of first) values.fill(0, row * length, (row + 1) * length);
      return values;
    };
    this.weight = new Parameter([levels, length], initializer);
    const data = BigInt64Array.from(first, BigInt);
    this.#first = constant({ dtype: 'int64', dims: [categories.length], data });
    this.#columns = categories.length;
  }

  forward(codes: Tensor): Tensor {
    const length = this.weight.shape[1] as number;
    return this.weight.gather(codes.add(this.#first)).reshape([-1, this.#columns * length]);
  }
}

/** Uniform within ±gain / √fan in. */
const uniformByFanIn =
  (gain: number): Initializer =>
  (random, shape) =>
    uniform(gain / Math.sqrt(shape[0]!))(random, shape);
