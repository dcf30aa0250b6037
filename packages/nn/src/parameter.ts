/**
 * A trainable array. In a traced graph it is a constant. Training makes it an input whose value changes from step to step
 * (training/graphs/gradient-graph.ts), and stores the best values here at the end.
 */
import { UserError } from '@gradus/base';
import { type HostTensor, showShape, Tensor } from '@gradus/engine';
import type { Initializer } from './initializers.ts';

export class Parameter extends Tensor {
  readonly initializer: Initializer;
  /** True for what is measured on the way and no gradient trains: the running statistics of batch normalization. */
  readonly isStatistic: boolean;
  /** Whether training leaves it as it is; `freeze` says so, and while it has not, the module that it is in. */
  frozen: boolean | undefined;
  readonly #content: { value?: HostTensor; name?: string };

  constructor(
    shape: readonly number[],
    initializer: Initializer,
    { trainable = true }: { trainable?: boolean } = {},
  ) {
    const content: { value?: HostTensor; name?: string } = {};
    super('float32', shape, {
      kind: 'constant',
      get data() {
        if (!content.value)
          throw new UserError({
            en: `parameter "${content.name ?? 'parameter'}" has no values yet: call initialize(model, random)`,
            zh: `参数“${content.name ?? 'parameter'}”还没有值：请先调用 initialize(model, random)`,
          });
        return content.value;
      },
      get name() {
        return content.name ?? 'parameter';
      },
    });
    this.initializer = initializer;
    this.isStatistic = !trainable;
    this.#content = content;
  }

  /** Whether gradients train it. */
  get trainable(): boolean {
    return !this.isStatistic && !this.frozen;
  }

  get value(): HostTensor | undefined {
    return this.#content.value;
  }
  set value(value: HostTensor) {
    if (value.dtype !== this.dtype || value.dims.join() !== this.shape.join()) {
      const [own, other] = [
        `${this.dtype}${showShape(this.shape)}`,
        `${value.dtype}${showShape(value.dims)}`,
      ];
      throw new UserError({
        en: `parameter "${this.name}" is ${own}, not ${other}`,
        zh: `参数“${this.name}”是 ${own}，而不是 ${other}`,
      });
    }
    this.#content.value = value;
  }

  /** Its path in its model, such as `layers.0.weight`; parametersOf sets it. */
  get name(): string {
    return this.#content.name ?? 'parameter';
  }
  set name(name: string) {
    this.#content.name = name;
  }
}
