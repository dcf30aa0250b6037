/**
 * States: arrays by name, as they come back from where they were kept. A state is plain data, and so is what JSON, structuredClone
 * or v8.serialize make of it: JSON turns an array of floats into an object with the keys "0", "1", …, which is read here as the
 * array that it was. A state of another model is refused whole, with the names that are missing, unknown or of another shape, as in
 * PyTorch's `load_state_dict`.
 */
import { type Localized, UserError } from '@gradus/base';
import { type HostTensor, showShape } from '@gradus/engine';

/** How many names an error lists. */
const LISTED = 5;

const PARAMETER: Localized = { en: 'parameter', zh: '参数' };

/**
 * @param shapes of the arrays that the state must have: these, all of them, and no others
 * @param kind what the arrays are
 * @returns the arrays, float32 in these shapes
 * @throws UserError naming everything that does not fit
 */
export function readState(
  state: unknown,
  shapes: ReadonlyMap<string, readonly number[]>,
  kind = PARAMETER,
): Record<string, HostTensor> {
  if (typeof state !== 'object' || state === null) {
    throw new UserError({
      en: `a state is an object of arrays by name, not ${String(state)}`,
      zh: `状态应是按名称存放数组的对象，而不是 ${String(state)}`,
    });
  }
  const given = state as Readonly<Record<string, unknown>>;
  const missing = [...shapes.keys()].filter((name) => !Object.hasOwn(given, name));
  const unknown = Object.keys(given).filter((name) => !shapes.has(name));
  const read: Record<string, HostTensor> = {};
  const unfit: Misfit[] = [];
  for (const [name, dims] of shapes) {
    if (!Object.hasOwn(given, name)) continue;
    const value = readArray(given[name], dims);
    if ('en' in value) unfit.push({ name, ...value });
    else read[name] = value;
  }
  if (missing.length + unknown.length + unfit.length > 0) throw refused(kind, missing, unknown, unfit);
  return read;
}

interface Misfit extends Localized {
  readonly name: string;
}

/** The array in these sizes, or why it is none. */
function readArray(value: unknown, dims: readonly number[]): HostTensor | Localized {
  const expected = `float32${showShape(dims)}`;
  const given = value as Partial<HostTensor> | null;
  if (typeof given !== 'object' || given === null || !Array.isArray(given.dims)) {
    return {
      en: `is no array; expected { dtype, dims, data } as ${expected}`,
      zh: `不是数组；应为 { dtype, dims, data }，即 ${expected}`,
    };
  }
  if (given.dtype !== 'float32' || given.dims.join() !== dims.join()) {
    const own = `${given.dtype}${showShape(given.dims)}`;
    return { en: `is to be ${expected}, not ${own}`, zh: `应为 ${expected}，而不是 ${own}` };
  }
  const size = dims.reduce((a, b) => a * b, 1);
  const data = floatsOf(given.data, size);
  if (data) return { dtype: 'float32', dims: [...dims], data };
  return {
    en: `does not hold the ${size} numbers of ${expected} (JSON has no NaN and no Infinity)`,
    zh: `没有 ${expected} 所需的 ${size} 个数（JSON 中没有 NaN 和 Infinity）`,
  };
}

/** The floats themselves, or what was made of them: a list, an object by index, another type of array. */
function floatsOf(data: unknown, size: number): Float32Array | undefined {
  if (data instanceof Float32Array) return data.length === size ? data : undefined;
  if (typeof data !== 'object' || data === null || data instanceof DataView) return undefined;
  const listed = Array.isArray(data) || ArrayBuffer.isView(data);
  const count = listed ? (data as ArrayLike<unknown>).length : Object.keys(data).length;
  if (count !== size) return undefined;
  const floats = new Float32Array(size);
  for (let i = 0; i < size; i++) {
    const number = (data as ArrayLike<unknown>)[i];
    if (typeof number !== 'number') return undefined;
    floats[i] = number;
  }
  return floats;
}

function refused(
  kind: Localized,
  missing: readonly string[],
  unknown: readonly string[],
  unfit: readonly Misfit[],
): UserError {
  const reasons: Localized[] = [];
  if (missing.length > 0) {
    reasons.push({ en: `the state has no ${quoted(missing)}`, zh: `状态中缺少 ${quoted(missing)}` });
  }
  if (unknown.length > 0) {
    const names = quoted(unknown);
    reasons.push({ en: `the model has no ${kind.en} ${names}`, zh: `模型中没有${kind.zh} ${names}` });
  }
  for (const { name, en, zh } of unfit.slice(0, LISTED)) {
    reasons.push({ en: `"${name}" ${en}`, zh: `"${name}" ${zh}` });
  }
  if (unfit.length > LISTED) {
    const more = unfit.length - LISTED;
    reasons.push({ en: `${more} more do not fit`, zh: `另有 ${more} 个不符` });
  }
  const untraced =
    kind === PARAMETER && missing.length + unfit.length === 0
      ? {
          en: ' Layers make their parameters when they first see an input: has the model been traced, as in model.forward(input("x", [1, 4]))?',
          zh: '层在第一次见到输入时才创建参数：模型是否已跟踪过，例如 model.forward(input("x", [1, 4]))？',
        }
      : { en: '', zh: '' };
  return new UserError({
    en: `The state does not fit: ${reasons.map(({ en }) => en).join('; ')}. It was taken of another model or optimizer, or by another version: build the same again, or begin without it.${untraced.en}`,
    zh: `状态与模型不符：${reasons.map(({ zh }) => zh).join('；')}。它来自别的模型、优化器或版本：请重新构建同样的模型，或不使用该状态。${untraced.zh}`,
  });
}

const quoted = (names: readonly string[]): string =>
  names
    .slice(0, LISTED)
    .map((name) => `"${name}"`)
    .concat(names.length > LISTED ? [`… (${names.length})`] : [])
    .join(', ');
