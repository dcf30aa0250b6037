/** Measures the loss of parameters on a data set, without dropout. */
import { type Graph, type HostTensor, sumOf, type Tensor } from '@gradus/engine';
import { rangeChecks } from '../index-ranges.ts';
import { countsIn } from '../losses/mean.ts';
import { type Module, parametersOf } from '../module.ts';
import { batchesOf, type Dataset } from './dataset.ts';
import { parameterName } from './graphs/names.ts';
import { parametersAsInputs } from './graphs/parameters-as-inputs.ts';
import { GraphsByShape, type GraphsOptions } from './graphs-by-shape.ts';
import { readNumbers } from './host-batch.ts';
import type { Phase } from './phase.ts';
import { traceLoss } from './trace-loss.ts';

export interface Measured {
  /** The mean over all rows but those of batches in which nothing counts, as where every label is ignored; NaN where nothing does. */
  readonly loss: number;
  /** Rows of the first batch whose loss is not finite, or in which nothing counts. */
  readonly notFinite?: Int32Array;
}

export class LossMeter {
  readonly #graphs: GraphsByShape<{ graph: Graph }>;
  readonly #checkRanges: ReturnType<typeof rangeChecks>;

  constructor(model: Module, loss: Phase['loss'], options: GraphsOptions) {
    const traced = (batch: Readonly<Record<string, Tensor>>) => traceLoss({ name: 'loss', loss }, batch);
    this.#checkRanges = rangeChecks(traced);
    this.#graphs = new GraphsByShape((batch) => {
      const value = traced(batch);
      const { inputs, outputs } = parametersAsInputs([value, ...countsIn(value)], parametersOf(model));
      const [loss, ...counts] = outputs;
      const counted = counts.length > 0 && sumOf(counts.map((count) => count.cast('float32').reshape([])));
      return {
        graph: {
          name: 'loss',
          inputs: { ...batch, ...inputs },
          outputs: { loss: loss!, ...(counted && { counted }) },
        },
      };
    }, options);
  }

  async measure(
    data: Dataset,
    parameters: Readonly<Record<string, HostTensor>>,
    batchSize: number,
  ): Promise<Measured> {
    let [total, size] = [0, 0];
    let notFinite: Int32Array | undefined;
    const fed = Object.fromEntries(
      Object.entries(parameters).map(([name, value]) => [parameterName(name), value]),
    );
    for (const rows of batchesOf(data, batchSize)) {
      const batch = readNumbers(await data.batch(rows));
      this.#checkRanges(batch);
      const { compiled } = await this.#graphs.for(batch);
      const { loss, counted } = await compiled.run({ ...batch, ...fed });
      const value = loss!.data[0] as number;
      const isEmpty = value === 0 && counted?.data[0] === 0;
      if (isEmpty || !Number.isFinite(value)) notFinite ??= rows;
      if (isEmpty) continue;
      total += value * rows.length;
      size += rows.length;
    }
    return { loss: total / size, ...(notFinite && { notFinite }) };
  }

  close(): Promise<void> {
    return this.#graphs.close();
  }
}
