/**
 * Rows of tensors in numbers and categories, for models of which nothing is known but their signature: a narrow tensor's
 * columns one by one; of a wide one, such as an image, its mean, spread, extremes and share of zeros; of scores of classes,
 * the winner and its score.
 */
import type { HostTensor } from '@gradus/engine';
import type { Described, Features } from '@gradus/loop';

type Tensors = Readonly<Record<string, HostTensor>>;

/** Columns that are watched one by one. More would each need stronger evidence, and take longer to test. */
const NARROW = 16;
/** A wider output is no row of scores. */
const MOST_CLASSES = 10_000;
/** Characters; a longer text is no category. */
const LONGEST_CATEGORY = 64;
/** Rows of one request that are described. */
const MOST_ROWS = 100;

/** @param inputs, outputs with as many rows on their first axes; otherwise the request is taken as one row */
export function describeTensors(inputs: Tensors, outputs: Tensors): Described[] {
  const all = [...Object.values(inputs), ...Object.values(outputs)];
  const first = all[0]?.dims[0];
  const rows = all.every(({ dims }) => dims.length > 0 && dims[0] === first) ? first! : 1;
  return Array.from({ length: Math.min(rows, MOST_ROWS) }, (_, row) => ({
    inputs: featuresOf(inputs, row, rows, describeInput),
    outputs: featuresOf(outputs, row, rows, describeOutput),
  }));
}

type Describe = (name: string, values: HostTensor['data'], from: number, to: number, into: Into) => void;
type Into = Record<string, Features[string]>;

function featuresOf(tensors: Tensors, row: number, rows: number, describe: Describe): Features {
  const into: Into = {};
  for (const [name, { data }] of Object.entries(tensors)) {
    const width = data.length / rows;
    describe(name, data, row * width, (row + 1) * width, into);
  }
  return into;
}

const describeInput: Describe = (name, values, from, to, into) => {
  const width = to - from;
  if (width > NARROW) return summarize(name, values, from, to, into);
  for (let i = from; i < to; i++) columnOf(width === 1 ? name : `${name}[${i - from}]`, values[i]!, into);
};

const describeOutput: Describe = (name, values, from, to, into) => {
  const width = to - from;
  if (width === 1) return columnOf(name, values[from]!, into);
  if (!(values instanceof Float32Array) || width > MOST_CLASSES) {
    return describeInput(name, values, from, to, into);
  }
  let best = from;
  for (let i = from + 1; i < to; i++) if (values[i]! > values[best]!) best = i;
  into[`${name}.class`] = String(best - from);
  into[`${name}.score`] = rounded(values[best]!);
};

function columnOf(name: string, value: number | bigint | string | boolean, into: Into): void {
  if (typeof value !== 'string') into[name] = rounded(Number(value));
  else {
    into[`${name}.length`] = value.length;
    if (value.length <= LONGEST_CATEGORY) into[name] = value;
  }
}

function summarize(name: string, values: HostTensor['data'], from: number, to: number, into: Into): void {
  const n = to - from;
  const texts = typeof values[from] === 'string';
  const [sum, squares, least, greatest, zeros] =
    values instanceof Float32Array ? sums(values, from, to) : sums(numbersOf(values, from, to), 0, n);
  const mean = sum / n;
  const named = texts ? `${name}.length` : name;
  into[`${named}.mean`] = rounded(mean);
  into[`${named}.std`] = rounded(Math.sqrt(Math.max(0, squares / n - mean ** 2)));
  into[`${named}.min`] = rounded(least);
  into[`${named}.max`] = rounded(greatest);
  into[`${named}.zeros`] = rounded(zeros / n);
}

const numbersOf = (values: HostTensor['data'], from: number, to: number): Float64Array =>
  Float64Array.from({ length: to - from }, (_, i) => {
    const value = values[from + i]!;
    return typeof value === 'string' ? value.length : Number(value);
  });

function sums(
  values: Float32Array | Float64Array,
  from: number,
  to: number,
): [sum: number, squares: number, least: number, greatest: number, zeros: number] {
  let [sum, squares, least, greatest, zeros] = [0, 0, Infinity, -Infinity, 0];
  for (let i = from; i < to; i++) {
    const value = values[i]!;
    sum += value;
    squares += value * value;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
    if (value === 0) zeros += 1;
  }
  return [sum, squares, least, greatest, zeros];
}

/** Six digits tell a shift as well as sixteen, in a third of the space; what is not finite is missing. */
function rounded(value: number): number | null {
  return Number.isFinite(value) ? Number(value.toPrecision(6)) : null;
}
