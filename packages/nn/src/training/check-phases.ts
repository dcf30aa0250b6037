/** Phases as a trainer can take them: what would train nothing, or something else than was meant, is refused before the first step. */
import { checkOptions, type Localized, UserError } from '@gradus/base';
import { checkNumber } from '../check-number.ts';
import { checkOptimizer } from '../optimizers/check-optimizer.ts';
import { Parameter } from '../parameter.ts';
import type { Phase } from './phase.ts';

/** @throws UserError naming the phase, and what to write instead */
export function checkPhases(phases: readonly Phase[]): void {
  if (!Array.isArray(phases) || phases.length === 0) {
    throw refused({
      en: 'a Trainer takes a list of phases: [{ name: "loss", loss, parameters: parametersOf(model), optimizer }]',
      zh: 'Trainer 的第一个参数是阶段列表：[{ name: "loss", loss, parameters: parametersOf(model), optimizer }]',
    });
  }
  for (const phase of phases) checkPhase(phase);
  const names = phases.map(({ name }) => name);
  const double = names.find((name, i) => names.indexOf(name) < i);
  if (double !== undefined) {
    throw refused({
      en: `two phases are called "${double}"; their losses are returned by name, so each needs one of its own`,
      zh: `有两个阶段都叫“${double}”；损失按名称返回，因此每个阶段需要不同的名称`,
    });
  }
  checkApart(phases);
}

function checkPhase(phase: Phase): void {
  const known = {
    name: true,
    loss: true,
    checkpoints: true,
    parameters: true,
    optimizer: true,
    clipNorm: true,
  };
  checkOptions('Trainer', phase, known);
  const { name, loss, parameters, optimizer, clipNorm } = phase;
  if (typeof name !== 'string' || name === '') {
    throw refused({
      en: 'a phase needs a name, such as name: "loss": its loss is returned by it',
      zh: '阶段需要名称，例如 name: "loss"：损失按名称返回',
    });
  }
  checkLoss('Trainer', loss);
  if (
    !((parameters as unknown) instanceof Map) ||
    ![...parameters.values()].every((one) => one instanceof Parameter)
  ) {
    throw refused({
      en: `the parameters of phase "${name}" are no map of parameters: write parameters: parametersOf(model)`,
      zh: `阶段“${name}”的参数不是参数的 Map：请写 parameters: parametersOf(model)`,
    });
  }
  if (![...parameters.values()].some(({ trainable }) => trainable))
    throw nothingToTrain(name, parameters.size);
  checkOptimizer('Trainer', optimizer);
  if (clipNorm !== undefined) checkNumber('Trainer', 'clipNorm', clipNorm, { above: 0 });
  checkGroups(phase);
}

/** @throws UserError where `loss` is no function */
export function checkLoss(where: string, loss: unknown): void {
  if (typeof loss === 'function') return;
  throw refused({
    en: `the loss of ${where} is to be a function of a batch, such as loss: ({ x, y }) => mse(model.forward(x), y)`,
    zh: `${where} 的损失应为批次的函数，例如 loss: ({ x, y }) => mse(model.forward(x), y)`,
  });
}

function nothingToTrain(name: string, count: number): UserError {
  if (count > 0) {
    return refused({
      en: `phase "${name}" has nothing to train: all of its ${count} parameters are frozen or running statistics. unfreeze(part) takes that back`,
      zh: `阶段“${name}”没有可训练的参数：全部 ${count} 个参数都已冻结或是运行统计量。可用 unfreeze(part) 解除冻结`,
    });
  }
  return refused({
    en:
      `phase "${name}" has no parameters. Layers make theirs when they first see an input: trace the model once, as in ` +
      'model.forward(input("x", [1, 4])), before parametersOf(model). Layers in #private fields and in closures are not found: keep them in fields, arrays or Maps',
    zh:
      `阶段“${name}”没有参数。层在第一次见到输入时才创建参数：请先跟踪模型一次，例如 model.forward(input("x", [1, 4]))，` +
      '再调用 parametersOf(model)。#private 字段和闭包中的层无法找到：请放在普通字段、数组或 Map 中',
  });
}

function checkGroups({ name, parameters, optimizer }: Phase): void {
  // The last group takes what is left.
  for (const [i, { where }] of (optimizer.groups ?? []).slice(0, -1).entries()) {
    if ([...parameters].some(([name, { shape }]) => where(name, shape as readonly number[]))) continue;
    const names = [...parameters.keys()].slice(0, 8).map((name) => `"${name}"`);
    const more = parameters.size > names.length ? ', …' : '';
    throw refused({
      en: `group ${i + 1} of the optimizer of phase "${name}" takes none of the parameters, which are ${names.join(', ')}${more}`,
      zh: `阶段“${name}”的优化器的第 ${i + 1} 个分组没有匹配任何参数；现有参数：${names.join('、')}${more}`,
    });
  }
}

/** A parameter has one value and one optimizer: it is in one phase, under one name. */
function checkApart(phases: readonly Phase[]): void {
  const byName = new Map<string, string>();
  const places = new Map<Parameter, string>();
  for (const { name: phase, parameters } of phases) {
    for (const [name, parameter] of parameters) {
      const [other, place] = [byName.get(name), places.get(parameter)];
      if (place !== undefined) {
        throw refused({
          en: `parameter "${name}" of phase "${phase}" is trained by ${place} too. Give a parameter to one phase only: add the losses up in one phase, or leave it out of one`,
          zh: `阶段“${phase}”的参数“${name}”同时由 ${place} 训练。一个参数只能属于一个阶段：请把损失加在同一阶段中，或从其中一个阶段移除`,
        });
      }
      if (other !== undefined) {
        throw refused({
          en: `phases "${other}" and "${phase}" have different parameters called "${name}": keep them apart by a prefix, parametersOf(model, "${phase}")`,
          zh: `阶段“${other}”和“${phase}”有不同的参数同名为“${name}”：请用前缀区分，例如 parametersOf(model, "${phase}")`,
        });
      }
      byName.set(name, phase);
      places.set(parameter, `phase "${phase}"`);
    }
  }
}

const refused = (text: Localized): UserError => new UserError(text);
