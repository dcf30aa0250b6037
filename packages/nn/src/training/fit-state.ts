/** What `fit` saves after each epoch: plain data, which JSON, structuredClone and v8.serialize keep. */
import { UserError } from '@gradus/base';
import type { HostTensor } from '@gradus/engine';
import type { EpochResult } from './fit-options.ts';
import type { TrainerState } from './trainer.ts';

export interface FitState {
  readonly epochs: readonly EpochResult[];
  readonly trainer: TrainerState | undefined;
  /** The epoch with the best parameters so far. */
  readonly best: Best | undefined;
}

export interface Best {
  readonly epoch: number;
  /** On validation data. */
  readonly loss: number;
  readonly parameters: Readonly<Record<string, HostTensor>>;
}

const NOTHING: FitState = { epochs: [], trainer: undefined, best: undefined };

/** @throws UserError where `state` is neither empty nor what a checkpoint saved */
export function readFitState(state: unknown): FitState {
  if (state === undefined || state === null) return NOTHING;
  const { epochs, trainer, best } = state as Partial<FitState>;
  const whole =
    Array.isArray(epochs) &&
    epochs.every((result, i) => (result as EpochResult | null)?.epoch === i + 1) &&
    (epochs.length === 0 || isRecord(trainer)) &&
    (best === undefined || best === null || (Number.isSafeInteger(best.epoch) && isRecord(best.parameters)));
  if (!whole) {
    throw new UserError({
      en: 'checkpoint.load() gave something else than what checkpoint.save(state) got; it must return that, or undefined where nothing was saved yet',
      zh: 'checkpoint.load() 返回的不是 checkpoint.save(state) 收到的内容；应原样返回，尚未保存过时返回 undefined',
    });
  }
  return {
    epochs: epochs.map(numbered),
    trainer,
    best: best && Number.isFinite(best.loss) ? best : undefined,
  };
}

const isRecord = (value: unknown): boolean => typeof value === 'object' && value !== null;

/** JSON has no numbers that are not finite: it writes null. */
const numbered = ({ epoch, loss, validationLoss }: EpochResult): EpochResult => ({
  epoch,
  loss: loss ?? Number.NaN,
  ...(validationLoss !== undefined && { validationLoss: validationLoss ?? Number.NaN }),
});
