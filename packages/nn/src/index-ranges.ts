/**
 * Numbers that a model can use only within a range: labels of classes, ids of rows of an embedding, probabilities. ONNX counts
 * −1 from the end and reads other strays as nothing, so a wrong label would train a wrong model in silence.
 *
 * What uses such a number says so when it is traced (`requireRange`): constants are checked at once, inputs before each batch
 * (`rangeChecks`, `checkRanges`).
 */
import { type Localized, UserError } from '@gradus/base';
import { type HostTensor, input, type Tensor, type Value } from '@gradus/engine';

export interface IndexRange {
  /** The loss or layer. */
  readonly where: string;
  readonly what: 'label' | 'id' | 'length' | 'probability' | 'sign';
  readonly from: number;
  readonly to: number;
  /** A number that may stand there all the same. */
  readonly except?: number | undefined;
}

/** Of traced inputs. */
const RANGES = new WeakMap<Value, IndexRange[]>();

/**
 * Numbers of `x` are to lie within a range.
 *
 * @throws UserError where `x` is a constant, and one does not
 */
export function requireRange(x: Tensor, range: IndexRange): void {
  const value = origin(x);
  if (value.source.kind === 'constant' && !('trainable' in value)) check(value.source.data, range);
  if (value.source.kind !== 'input') return;
  const ranges = RANGES.get(value);
  if (ranges) ranges.push(range);
  else RANGES.set(value, [range]);
}

/**
 * The checks of batches for what a trace requires.
 *
 * @param trace Traces what the batches are for; called once, for the first of them.
 * @returns a function of a batch that throws UserError naming the input, the place and the number
 */
export function rangeChecks(
  trace: (batch: Readonly<Record<string, Tensor>>) => unknown,
): (batch: Readonly<Record<string, HostTensor>>) => void {
  let inputs: Readonly<Record<string, Tensor>> | undefined;
  return (batch) => {
    if (!inputs) {
      inputs = Object.fromEntries(
        Object.entries(batch).map(([name, { dims, dtype }]) => [name, input(name, dims, dtype)]),
      );
      trace(inputs);
    }
    checkRanges(inputs, batch);
  };
}

/** @throws UserError where the batch holds a number that what was traced from these inputs cannot use */
export function checkRanges(
  inputs: Readonly<Record<string, Value>>,
  batch: Readonly<Record<string, HostTensor>>,
): void {
  for (const [name, value] of Object.entries(inputs)) {
    for (const range of RANGES.get(value) ?? []) check(batch[name]!, range, name);
  }
}

/** Their elements are those of their first input. */
const SAME_ELEMENTS = new Set([
  'Reshape',
  'Squeeze',
  'Unsqueeze',
  'Transpose',
  'Flatten',
  'Cast',
  'Identity',
]);

function origin(x: Value): Value {
  let value = x;
  while (value.source.kind === 'node' && SAME_ELEMENTS.has(value.source.node.op)) {
    value = value.source.node.inputs[0]!;
  }
  return value;
}

function check({ data, dims }: HostTensor, range: IndexRange, name?: string): void {
  const { allows } = KINDS[range.what];
  for (let i = 0; i < data.length; i++) {
    const value = Number(data[i]);
    if (!allows(value, range) && value !== range.except) throw outside(value, placeOf(i, dims), range, name);
  }
}

function outside(value: number, place: readonly number[], range: IndexRange, name?: string): UserError {
  const kind = KINDS[range.what];
  const at = place.length > 0 ? ` [${place.join(', ')}]` : '';
  const of = name === undefined ? { en: '', zh: '' } : { en: ` of "${name}"`, zh: `“${name}”的` };
  const expected = kind.expected(range);
  const hint = kind.hint?.(value, range) ?? { en: '', zh: '' };
  return new UserError({
    en: `${range.where}: the ${kind.en} at${at}${of.en} is ${value}; expected ${expected.en}.${hint.en}`,
    zh: `${range.where}：${of.zh}位置${at} 处的${kind.zh}为 ${value}；应为${expected.zh}。${hint.zh}`,
  });
}

function placeOf(index: number, dims: readonly number[]): number[] {
  let rest = index;
  return dims
    .toReversed()
    .map((size) => {
      const at = rest % size;
      rest = Math.floor(rest / size);
      return at;
    })
    .reverse();
}

/** What the numbers are, which are allowed, and the usual reason why one is not. */
interface Kind extends Localized {
  allows(value: number, range: IndexRange): boolean;
  expected(range: IndexRange): Localized;
  hint?(value: number, range: IndexRange): Localized | undefined;
}

const whole: Pick<Kind, 'allows' | 'expected'> = {
  allows: (value, { from, to }) => Number.isInteger(value) && value >= from && value <= to,
  expected: ({ from, to }) => ({
    en: `a whole number from ${from} to ${to}`,
    zh: ` ${from} 到 ${to} 之间的整数`,
  }),
};

const KINDS: Readonly<Record<IndexRange['what'], Kind>> = {
  label: {
    en: 'label',
    zh: '标签',
    ...whole,
    hint: (value, { to }) => {
      if (value === to + 1) {
        return {
          en: ' Where labels are counted from 1, subtract 1.',
          zh: '如果标签从 1 开始计数，请减去 1。',
        };
      }
      if (value >= 0) return undefined;
      return {
        en: ` A label that is not to count is named: { ignored: ${value} }.`,
        zh: `不参与计算的标签需写明：{ ignored: ${value} }。`,
      };
    },
  },
  id: { en: 'id', zh: '编号', ...whole },
  length: { en: 'length', zh: '长度', ...whole },
  probability: {
    en: 'label',
    zh: '标签',
    allows: (value, { from, to }) => value >= from && value <= to,
    expected: () => ({ en: '0 or 1, or a probability between', zh: ' 0 或 1，或二者之间的概率' }),
  },
  sign: {
    en: 'label',
    zh: '标签',
    allows: (value) => Math.abs(value) === 1,
    expected: () => ({ en: '-1 or 1', zh: ' -1 或 1' }),
  },
};
