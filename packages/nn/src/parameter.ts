/**
 * A trainable array. In a traced graph it is a constant; training turns it into an input that changes from step to
 * step (training/graphs/gradient-graph.ts), and puts the best values found back here.
 */
import { GraphError, type HostTensor, Tensor } from '@gradus/engine';
import type { Initializer } from './initializers.ts';

export class Parameter extends Tensor {
  readonly initializer: Initializer;
  /** False for state that training changes by itself, such as running statistics. */
  readonly trainable: boolean;
  readonly #held: { value?: HostTensor; name?: string };

  constructor(
    shape: readonly number[],
    initializer: Initializer,
    { trainable = true }: { trainable?: boolean } = {},
  ) {
    const held: { value?: HostTensor; name?: string } = {};
    super('float32', shape, {
      kind: 'constant',
      get data() {
        if (!held.value)
          throw new GraphError(`parameter "${held.name}" has no values yet: call initialize(model, random)`);
        return held.value;
      },
      get name() {
        return held.name ?? 'parameter';
      },
    });
    this.initializer = initializer;
    this.trainable = trainable;
    this.#held = held;
  }

  get value(): HostTensor | undefined {
    return this.#held.value;
  }
  set value(value: HostTensor) {
    if (value.dtype !== this.dtype || value.dims.join() !== this.shape.join()) {
      throw new GraphError(
        `parameter "${this.name}" is ${this.dtype}[${this.shape}], not ${value.dtype}[${value.dims}]`,
      );
    }
    this.#held.value = value;
  }

  /** Where it stands in its model, such as `layers.0.weight`; given by parametersOf. */
  get name(): string {
    return this.#held.name ?? 'parameter';
  }
  set name(name: string) {
    this.#held.name = name;
  }
}
