/** The options of `fit`, `Trainer` and the rest, as they arrive: what cannot be meant is refused, with what to write. */
import { checkChoice, checkOptions, type Localized, type Random, UserError } from '@gradus/base';
import { checkNumber, checkWhole } from '../check-number.ts';
import { checkOptimizer } from '../optimizers/check-optimizer.ts';
import type { Optimizer } from '../optimizers/optimizer.ts';
import { checkLoss } from './check-phases.ts';
import type { Dataset } from './dataset.ts';
import type { FitOptions } from './fit-options.ts';
import type { GraphsOptions } from './graphs-by-shape.ts';

const FIT: Readonly<Record<keyof FitOptions, true>> = {
  loss: true,
  optimizer: true,
  epochs: true,
  batchSize: true,
  random: true,
  validation: true,
  patience: true,
  clipNorm: true,
  checkpoint: true,
  signal: true,
  device: true,
  threads: true,
  onStep: true,
  isOver: true,
  onEpoch: true,
};

/** @throws UserError naming the option, and what it may be */
export function checkFit(options: FitOptions): void {
  checkOptions('fit', options, FIT);
  const { loss, optimizer, epochs, batchSize, random, validation, patience, clipNorm, checkpoint } = options;
  checkLoss('fit', loss);
  checkOptimizer('fit', optimizer);
  checkWhole('fit', 'epochs', epochs, { least: 0 });
  checkWhole('fit', 'batchSize', batchSize, { least: 1 });
  checkRandom('fit', random);
  checkDevice('fit', options);
  if (clipNorm !== undefined) checkNumber('fit', 'clipNorm', clipNorm, { above: 0 });
  if (validation !== undefined) checkDataset({ en: 'validation', zh: '验证数据' }, validation);
  if (patience !== undefined && patience !== Number.POSITIVE_INFINITY) {
    checkWhole('fit', 'patience', patience, { least: 1 });
    if (!validation) {
      throw refused({
        en: 'fit: "patience" counts epochs without a better validation loss, and there is no "validation"; give some rows for it, or leave "patience" out',
        zh: 'fit 的“patience”计的是验证损失没有改善的轮数，但没有“validation”；请提供验证数据，或去掉“patience”',
      });
    }
  }
  if (checkpoint && (typeof checkpoint.save !== 'function' || typeof checkpoint.load !== 'function')) {
    throw refused({
      en: 'fit: "checkpoint" is to have two functions, { save: (state) => …, load: () => the state, or undefined }',
      zh: 'fit 的“checkpoint”需要两个函数：{ save: (state) => …, load: () => 状态或 undefined }',
    });
  }
}

/** @throws UserError where gradients would be accumulated throughout, and no step taken */
export function checkSteps(optimizer: Optimizer, batches: number): void {
  const own = optimizer.groups?.map((group) => group.optimizer) ?? [optimizer];
  if (batches === 0 || own.some((one) => (one.taken?.(batches) ?? batches) > 0)) return;
  throw refused({
    en: `fit: the optimizer accumulates more batches than there are: in ${batches} batches it takes no step. Accumulate fewer, or train for more epochs`,
    zh: `fit：优化器要累积的批次多于总批次数：${batches} 个批次中一步也不会走。请减少累积的批次，或增加 epochs`,
  });
}

/**
 * @param least rows
 * @returns how many rows there are
 * @throws UserError where `data` is no data set, or has too few rows
 */
export function checkDataset(what: Localized, data: object, least = 1): number {
  const { size, batch } = (data ?? {}) as Partial<Dataset>;
  if (typeof batch !== 'function' || !Number.isSafeInteger(size) || size! < 0) {
    throw refused({
      en: `${what.en} is no data set: write dataset({ x: …, y: … }) for arrays in memory, or { size, batch: (rows) => ({ x: …, y: … }) }`,
      zh: `${what.zh}不是数据集：内存中的数组请写 dataset({ x: …, y: … })，或写 { size, batch: (rows) => ({ x: …, y: … }) }`,
    });
  }
  if (size! < least) throw refused({ en: `${what.en} has no rows`, zh: `${what.zh}没有任何行` });
  return size!;
}

/** @throws UserError where `random` is none, such as a seed */
export function checkRandom(where: string, random: Random): void {
  const given: unknown = random;
  if (typeof (given as Random | undefined)?.fork === 'function') return;
  const seed = typeof given === 'number' || typeof given === 'string' ? JSON.stringify(given) : '0';
  throw refused({
    en: `${where}: "random" is where all chance comes from, by a seed: random: new Random(${seed})`,
    zh: `${where} 的“random”是所有随机数的来源，由种子决定：random: new Random(${seed})`,
  });
}

export function checkDevice(where: string, { device, threads }: GraphsOptions): void {
  if (device !== undefined) checkChoice(where, 'device', device, ['cpu', 'webgpu', 'cuda']);
  if (threads !== undefined) checkWhole(where, 'threads', threads, { least: 0 });
}

const refused = (text: Localized): UserError => new UserError(text);
