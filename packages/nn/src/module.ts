/**
 * A model, or a part of one: parameters and a way forward.
 *
 *     class Net extends Module {
 *       hidden = dense(128);
 *       out = dense(10);
 *       forward(x: Tensor): Tensor {
 *         return this.out.forward(this.hidden.forward(x).relu());
 *       }
 *     }
 *
 * Layers make their parameters when they first see an input, whose size they then know.
 */

import type { Random } from '@gradus/base';
import type { HostTensor, Tensor } from '@gradus/engine';
import { GraphError } from '@gradus/engine';
import { Parameter } from './parameter.ts';

export abstract class Module {
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
 */
export function parametersOf(module: Module, prefix?: string): Map<string, Parameter> {
  const found = new Map<string, Parameter>();
  const seen = new Set<unknown>();
  const visit = (part: unknown, path: readonly string[]) => {
    if (typeof part !== 'object' || part === null || seen.has(part)) return;
    seen.add(part);
    if (part instanceof Parameter) {
      part.name = path.join('.');
      found.set(part.name, part);
    } else if (part instanceof Module || Array.isArray(part) || isPlain(part)) {
      for (const [key, child] of Object.entries(part)) visit(child, [...path, key]);
    }
  };
  visit(module, prefix === undefined ? [] : [prefix]);
  return found;
}

const isPlain = (value: object): boolean => Object.getPrototypeOf(value) === Object.prototype;

/** Gives every parameter that has no values yet its first ones. A parameter's draws depend on its name only. */
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

/** Puts values back. @throws GraphError where a name or a shape is not the module's. */
export function loadState(module: Module, state: Readonly<Record<string, HostTensor>>): void {
  const parameters = parametersOf(module);
  for (const [name, parameter] of parameters) {
    const value = state[name];
    if (!value) throw new GraphError(`the state has no values for parameter "${name}"`);
    parameter.value = value;
  }
  const strange = Object.keys(state).filter((name) => !parameters.has(name));
  if (strange.length > 0)
    throw new GraphError(`the model has no parameter ${strange.map((name) => `"${name}"`).join(', ')}`);
}
