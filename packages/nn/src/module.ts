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
  const parameters = new Map<string, Parameter>();
  const visited = new Set<unknown>();
  const visit = (child: unknown, path: readonly string[]) => {
    if (typeof child !== 'object' || child === null || visited.has(child)) return;
    visited.add(child);
    if (child instanceof Parameter) {
      child.name = path.join('.');
      parameters.set(child.name, child);
    } else if (child instanceof Module || Array.isArray(child) || isPlain(child)) {
      for (const [key, value] of Object.entries(child)) visit(value, [...path, key]);
    }
  };
  visit(module, prefix === undefined ? [] : [prefix]);
  return parameters;
}

const isPlain = (value: object): boolean => Object.getPrototypeOf(value) === Object.prototype;

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

/** Sets the values of all parameters. @throws GraphError where a name or a shape is not the module's. */
export function loadState(module: Module, state: Readonly<Record<string, HostTensor>>): void {
  const parameters = parametersOf(module);
  for (const [name, parameter] of parameters) {
    const value = state[name];
    if (!value) throw new GraphError(`the state has no values for parameter "${name}"`);
    parameter.value = value;
  }
  const unknown = Object.keys(state).filter((name) => !parameters.has(name));
  if (unknown.length > 0)
    throw new GraphError(`the model has no parameter ${unknown.map((name) => `"${name}"`).join(', ')}`);
}
