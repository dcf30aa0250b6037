/**
 * A module: a model or a layer of one. It holds parameters and computes its output in `forward`.
 *
 *     class Net extends Module {
 *       hidden = dense(128);
 *       out = dense(10);
 *       forward(x: Tensor): Tensor {
 *         return this.out.forward(this.hidden.forward(x).relu());
 *       }
 *     }
 *
 * A layer creates its parameters when it first sees an input: only then does it know their sizes.
 */

import { type Random, UserError } from '@gradus/base';
import type { HostTensor, Tensor } from '@gradus/engine';
import { Parameter } from './parameter.ts';
import { readState } from './state.ts';

/** What of a module is frozen: nothing, its running statistics, or everything. */
export type Frozen = 'nothing' | 'statistics' | 'everything';
export const FROZEN = Symbol('frozen');

export abstract class Module {
  /** What of its own parameters training leaves as it is; `freeze` sets this (freeze.ts). */
  [FROZEN]?: Frozen;
  abstract forward(...inputs: Tensor[]): Tensor;
}

/** A step of `sequential`: a module, or any function of tensors. */
export type Layer = Module | ((x: Tensor) => Tensor);

/** Layers applied one after the other. */
export function sequential(...layers: readonly Layer[]): Sequential {
  return new Sequential(layers);
}

export class Sequential extends Module {
  readonly layers: readonly Layer[];

  constructor(layers: readonly Layer[]) {
    super();
    this.layers = layers;
  }

  forward(x: Tensor): Tensor {
    return this.layers.reduce(
      (value, layer) => (layer instanceof Module ? layer.forward(value) : layer(value)),
      x,
    );
  }
}

/**
 * All parameters of a module that has been traced, by their place in it (`layers.0.weight`), in order. A `prefix` before
 * each name keeps several modules apart.
 *
 * Modules and parameters are found in fields, arrays, plain objects, Maps and Sets; not in `#private` fields, in closures, and in
 * objects of classes that are no modules.
 *
 * @throws UserError where two parameters would have one name
 */
export function parametersOf(module: Module, prefix?: string): Map<string, Parameter> {
  if (!((module as unknown) instanceof Module)) throw noModule(module);
  const parameters = new Map<string, Parameter>();
  walk(module, prefix === undefined ? [] : [prefix], (parameter, name, frozen) => {
    parameter.name = name;
    if (frozen) parameter.frozen ??= isFrozen(parameter, frozen);
    if (parameters.has(name)) throw sameName(name);
    parameters.set(name, parameter);
  });
  return parameters;
}

/**
 * Goes through all modules and parameters in `root`, each once.
 *
 * @param onParameter gets what the innermost module says that is frozen
 */
export function walk(
  root: Module,
  path: readonly string[],
  onParameter: (parameter: Parameter, name: string, frozen: Frozen | undefined) => void,
  onModule?: (module: Module) => void,
): void {
  const visited = new Set<unknown>();
  const visit = (child: unknown, path: readonly string[], outer: Frozen | undefined) => {
    if (typeof child !== 'object' || child === null || visited.has(child)) return;
    visited.add(child);
    if (child instanceof Parameter) return onParameter(child, path.join('.'), outer);
    if (child instanceof Module) onModule?.(child);
    const frozen = child instanceof Module ? (child[FROZEN] ?? outer) : outer;
    for (const [key, value] of entriesOf(child)) visit(value, [...path, key], frozen);
  };
  visit(root, path, undefined);
}

export const isFrozen = ({ isStatistic }: Parameter, frozen: Frozen): boolean =>
  frozen === 'everything' || (frozen === 'statistics' && isStatistic);

/** What a module or container holds, by key. */
function entriesOf(holder: object): readonly (readonly [string, unknown])[] {
  if (holder instanceof Map) return [...holder].map(([key, value], i) => [keyOf(key, i), value]);
  if (holder instanceof Set) return [...holder].map((value, i) => [String(i), value]);
  return holder instanceof Module || Array.isArray(holder) || isPlain(holder) ? Object.entries(holder) : [];
}

/** A Map may have objects for keys: they have no name but their place. */
const keyOf = (key: unknown, place: number): string =>
  typeof key === 'string' || typeof key === 'number' ? String(key) : String(place);

const isPlain = (value: object): boolean => {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

function noModule(given: unknown): UserError {
  const shown =
    given === null || typeof given !== 'object' ? String(given) : (given.constructor?.name ?? 'object');
  return new UserError({
    en: `${shown} is no module: expected a model such as sequential(dense(64), relu()), or an object of a class that extends Module`,
    zh: `${shown} 不是模块：应为 sequential(dense(64), relu()) 之类的模型，或继承 Module 的类的对象`,
  });
}

const sameName = (name: string): UserError =>
  new UserError({
    en: `two parameters of the model would be called "${name}": give the keys of its Map, or its fields, other names`,
    zh: `模型中有两个参数都会叫“${name}”：请为 Map 的键或字段换用不同的名称`,
  });

/** Initializes every parameter that has no values yet. The random numbers of a parameter depend on its name only. */
export function initialize(module: Module, random: Random): void {
  for (const [name, parameter] of parametersOf(module)) {
    const dims = parameter.shape as readonly number[];
    parameter.value ??= { dtype: 'float32', dims, data: parameter.initializer(random.fork(name), dims) };
  }
}

/** The values of all parameters, by name. */
export function stateOf(module: Module): Record<string, HostTensor> {
  return Object.fromEntries(
    [...parametersOf(module)].map(([name, { source }]) => [name, (source as { data: HostTensor }).data]),
  );
}

/**
 * Sets the values of all parameters, or of none.
 *
 * @param state What `stateOf` gave, also where it went through JSON, structuredClone or v8.serialize meanwhile.
 * @throws UserError naming all entries that are missing, unknown or of another shape
 */
export function loadState(module: Module, state: Readonly<Record<string, HostTensor>>): void {
  const parameters = parametersOf(module);
  const shapes = new Map([...parameters].map(([name, { shape }]) => [name, shape as readonly number[]]));
  const values = readState(state, shapes);
  for (const [name, parameter] of parameters) parameter.value = values[name]!;
}
