/**
 * Options as they arrive: Node runs TypeScript without checking it, so a misspelt name would be passed over in silence and
 * its default taken. What takes options refuses those it does not know, and says the name that was probably meant.
 */
import { editDistance } from './edit-distance.ts';
import type { Localized } from './localized.ts';
import { UserError } from './user-error.ts';

/**
 * Refuses options that `where` does not have.
 *
 *     export function dense(units: number, options: DenseOptions = {}): Dense {
 *       checkOptions('dense', options, { bias: true, initializer: true });
 *
 * @param where What takes them, as it is called: `conv2d`, `adam`.
 * @param known An object with the name of every option, such as their defaults; a name that the type has and this lacks
 *   does not compile.
 * @throws UserError naming the option, the nearest known one, and all of them
 */
export function checkOptions<T extends object>(
  where: string,
  options: T,
  known: Readonly<Record<keyof T, unknown>>,
): void {
  const names = Object.keys(known);
  if (!isPlain(options)) {
    const shown = show(options);
    throw new UserError({
      en: `${where} takes its options as one object, { ${names[0]}: … }, not ${shown}. Its options are ${names.join(', ')}.`,
      zh: `${where} 的选项应写成一个对象 { ${names[0]}: … }，而不是 ${shown}。可用的选项有：${names.join('、')}。`,
    });
  }
  for (const name of Object.keys(options)) {
    if (Object.hasOwn(known, name)) continue;
    const hint = didYouMean(name, names);
    throw new UserError({
      en: `${where} has no option "${name}".${hint.en} Its options are ${names.join(', ')}.`,
      zh: `${where} 没有名为“${name}”的选项。${hint.zh}可用的选项有：${names.join('、')}。`,
    });
  }
}

/**
 * Refuses a value that is none of `choices`.
 *
 * @param where As for `checkOptions` @param option The option's name
 * @throws UserError naming the value, the nearest choice, and all of them
 */
export function checkChoice<T extends string>(
  where: string,
  option: string,
  value: T,
  choices: readonly T[],
): void {
  if (choices.includes(value)) return;
  const shown = show(value);
  const hint = typeof value === 'string' ? didYouMean(value, choices) : { en: '', zh: '' };
  throw new UserError({
    en: `${where}: "${option}" cannot be ${shown}.${hint.en} It can be ${choices.map(show).join(', ')}.`,
    zh: `${where} 的“${option}”不能是 ${shown}。${hint.zh}可以是：${choices.map(show).join('、')}。`,
  });
}

/** ` Did you mean "padding"?`, or nothing where no word is near. */
export function didYouMean(word: string, words: readonly string[]): Localized {
  const nearest = nearestWord(word, words);
  return nearest === undefined
    ? { en: '', zh: '' }
    : { en: ` Did you mean "${nearest}"?`, zh: `您要写的可能是“${nearest}”。` };
}

/** The one of `words` that `word` was probably meant to be; undefined where none is near. */
export function nearestWord(word: string, words: readonly string[]): string | undefined {
  const plain = plainly(word);
  const elsewhere = ELSEWHERE[plain]?.find((other) => words.includes(other));
  if (elsewhere) return elsewhere;
  const distances = words.map((other) => {
    const candidate = plainly(other);
    if (plain === candidate) return 0;
    const within = candidate.length > 3 && plain.length > 3;
    if (within && (candidate.includes(plain) || plain.includes(candidate))) return 1;
    const distance = editDistance(plain, candidate);
    return distance <= Math.max(1, Math.floor(Math.min(plain.length, candidate.length) / 3))
      ? distance
      : Number.POSITIVE_INFINITY;
  });
  const least = Math.min(...distances);
  return Number.isFinite(least) ? words[distances.indexOf(least)] : undefined;
}

/** What Keras, PyTorch and scikit-learn call an option, as `plainly` writes it, and what it is called here. */
const ELSEWHERE: Readonly<Record<string, readonly string[]>> = {
  lr: ['learningRate'],
  eta: ['learningRate'],
  eps: ['epsilon'],
  betas: ['beta1'],
  weightdecay: ['decay'],
  l2: ['decay', 'weightDecay'],
  usebias: ['bias'],
  kernelinitializer: ['initializer'],
  init: ['initializer'],
  strides: ['stride'],
  dilationrate: ['dilation'],
  labelsmoothing: ['smoothing'],
  ignoreindex: ['ignored'],
  weight: ['classWeights', 'weights'],
  sampleweight: ['weights'],
  returnsequences: ['output'],
  c: ['c', 'penalty'],
  alpha: ['penalty', 'slope'],
  maxiter: ['maxIterations', 'iterations'],
  nestimators: ['trees'],
  randomstate: ['seed', 'random'],
};

const plainly = (word: string): string => word.replaceAll(/[_\s-]/g, '').toLowerCase();

const isPlain = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null);

/** A value as the user would write it. */
function show(value: unknown): string {
  if (typeof value === 'string') return `"${value}"`;
  if (Array.isArray(value)) return `[${value.map(show).join(', ')}]`;
  if (typeof value === 'object' && value !== null) return `${value.constructor?.name ?? 'Object'} {…}`;
  return String(value);
}
