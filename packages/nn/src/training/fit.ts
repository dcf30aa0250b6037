/**
 * Trains a model: epochs of shuffled batches, validation after each, early stopping, the best parameters at the end.
 *
 * All randomness comes from `random`, by epoch and step, and the state after each epoch can be saved: a run that was killed
 * resumes to the same result.
 */

import { UserError } from '@gradus/base';
import type { HostTensor } from '@gradus/engine';
import { initialize, loadState, type Module, parametersOf } from '../module.ts';
import { checkDataset, checkFit, checkSteps } from './check-options.ts';
import { batchesOf, type Dataset, type PreparedDataset } from './dataset.ts';
import type { EpochResult, FitOptions } from './fit-options.ts';
import { readFitState } from './fit-state.ts';
import { placeholders } from './graphs-by-shape.ts';
import { readNumbers } from './host-batch.ts';
import { LossMeter, type Measured } from './loss-meter.ts';
import { traceLoss } from './trace-loss.ts';
import { Trainer } from './trainer.ts';

export interface FitResult {
  readonly epochs: readonly EpochResult[];
  /** The epoch whose parameters the model now has. */
  readonly best: number;
}

/**
 * Where it ends early (an error, `signal`), the model has the best parameters found so far: with validation those of the best
 * epoch, else the last ones.
 *
 * @throws UserError where the loss is not finite; it says what to try
 */
export async function fit(
  model: Module,
  train: Dataset | PreparedDataset,
  options: FitOptions,
): Promise<FitResult> {
  checkFit(options);
  checkDataset({ en: 'the training data', zh: '训练数据' }, train);
  const { optimizer, random, validation, patience = Number.POSITIVE_INFINITY } = options;
  // The first trace creates the parameters.
  const { loss } = options;
  traceLoss({ name: 'loss', loss }, placeholders(readNumbers(await train.batch(Int32Array.of(0)))));
  initialize(model, random.fork('parameters'));
  const parameters = parametersOf(model);
  const { trainer: from, ...before } = readFitState(await options.checkpoint?.load());
  let { best } = before;
  const epochs = [...before.epochs];
  const steps = options.epochs * Math.ceil(train.size / options.batchSize);
  checkSteps(optimizer, steps);
  const { clipNorm, device, threads } = options;
  const phase = {
    name: 'loss',
    loss,
    parameters,
    optimizer,
    ...(clipNorm !== undefined && { clipNorm }),
  };
  const trainer = new Trainer([phase], { random, device, threads, alone: !train.length, steps }, from);
  const meter = validation && new LossMeter(model, loss, { device, threads });
  const valuesNow = () =>
    Object.fromEntries([...trainer.parameters()].map(([{ name }, value]) => [name, value]));
  try {
    for (let epoch = epochs.length + 1; epoch <= options.epochs; epoch++) {
      if (best && epoch - 1 - best.epoch >= patience) break;
      let [total, seen, isLast] = [0, 0, false];
      const batches = batchesOf(train, options.batchSize, random.fork(`epoch ${epoch}`));
      if ('ahead' in train) train.ahead(batches, epoch);
      for (const rows of batches) {
        options.signal?.throwIfAborted();
        const { loss } = await trainer.step(await train.batch(rows));
        total += loss! * rows.length;
        seen += rows.length;
        options.onStep?.(trainer.steps, steps);
        isLast = options.isOver?.() ?? false;
        if (isLast) break;
      }
      const values = valuesNow();
      const measured = meter && (await meter.measure(validation, values, options.batchSize));
      const result: EpochResult = {
        epoch,
        loss: total / seen,
        ...(measured && { validationLoss: measured.loss }),
      };
      epochs.push(result);
      // A loss that is not finite is worse than any number. Where there never was another, no parameters can be chosen by it.
      if (measured && Number.isNaN(measured.loss) && !best) throw unmeasurable(epoch, measured);
      if (measured && measured.loss < (best?.loss ?? Number.POSITIVE_INFINITY)) {
        best = { epoch, loss: measured.loss, parameters: copied(values) };
      }
      options.onEpoch?.(result);
      await options.checkpoint?.save({ epochs: [...epochs], trainer: trainer.state(), best });
      if (isLast) break;
    }
  } finally {
    loadState(model, best?.parameters ?? copied(valuesNow()));
    await Promise.all([trainer.close(), meter?.close()]);
  }
  return { epochs, best: best?.epoch ?? epochs.length };
}

const copied = (arrays: Readonly<Record<string, HostTensor>>): Record<string, HostTensor> =>
  Object.fromEntries(
    Object.entries(arrays).map(([name, value]) => [
      name,
      { ...value, data: (value.data as Float32Array).slice() },
    ]),
  );

function unmeasurable(epoch: number, { notFinite }: Measured): UserError {
  const rows = notFinite ?? Int32Array.of(0);
  const [first, last] = [Math.min(...rows), Math.max(...rows)];
  return new UserError({
    en:
      `the validation loss after epoch ${epoch} is NaN, first for a batch of ${rows.length} among rows ${first} to ${last} (counted from 0). Usual ` +
      'causes: values that are NaN or infinite in these rows, or a mean over nothing, as where every label is ignored',
    zh:
      `第 ${epoch} 轮后的验证损失为 NaN，首先出现在第 ${first} 至 ${last} 行（从 0 数起）中的一批，共 ${rows.length} 行。常见原因：这些行中` +
      '有 NaN 或无穷大的值，或对空集求平均，例如所有标签都被忽略',
  });
}
