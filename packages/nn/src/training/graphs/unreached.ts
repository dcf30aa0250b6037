/**
 * Parameters that training would not change, though it was asked to: the loss does not depend on them in a way that gradients go, or
 * they stand where nobody finds them. Either is said at the first step; a loss that never falls says nothing.
 */
import { UserError } from '@gradus/base';
import { leavesOf, opsWithoutGradient, showShape, type Tensor } from '@gradus/engine';
import { Parameter } from '../../parameter.ts';
import type { Phase } from '../phase.ts';

/** How many names an error lists. */
const LISTED = 6;

/** @param trained placeholders of the parameters that the phase trains */
export function nothingReached(
  { name, parameters }: Phase,
  loss: Tensor,
  trained: readonly Tensor[],
): UserError {
  const names = [...parameters].flatMap(([name, { trainable }]) => (trainable ? [`"${name}"`] : []));
  const listed = `${names.slice(0, LISTED).join(', ')}${names.length > LISTED ? `, … (${names.length})` : ''}`;
  const ends = opsWithoutGradient(loss, trained);
  const uses = leavesOf({ name: 'loss', inputs: {}, outputs: { loss } });
  const [en, zh] = !trained.some((value) => uses.includes(value))
    ? [
        'the loss does not depend on them. Is it computed from this model?',
        '损失与它们无关。损失是否由这个模型算出？',
      ]
    : ends.length > 0
      ? [
          `on the way from the loss lie ops that have no gradient: ${ends.join(', ')}. Compute the loss from logits or probabilities, before they are turned into classes`,
          `从损失回传的路上有没有梯度的算子：${ends.join('、')}。请用转换为类别之前的 logits 或概率计算损失`,
        ]
      : [
          'they go into the loss as whole numbers, or as the scales of a quantized model, which are not trained',
          '它们以整数或量化模型缩放系数的形式进入损失，这些不会被训练',
        ];
  return new UserError({
    en: `no gradient flows from the loss to any parameter of phase "${name}" (${listed}), and training would change nothing: ${en}`,
    zh: `没有梯度从损失流向阶段“${name}”的任何参数（${listed}），训练不会有任何变化：${zh}`,
  });
}

/** @throws UserError where the loss uses parameters without values that are not among those of any phase */
export function checkFound({ name }: Phase, loss: Tensor, parameters: ReadonlyMap<string, Parameter>): void {
  const known = new Set(parameters.values());
  const lost = leavesOf({ name: 'loss', inputs: {}, outputs: { loss } }).filter(
    (leaf): leaf is Parameter => leaf instanceof Parameter && !leaf.value && !known.has(leaf),
  );
  if (lost.length === 0) return;
  const shapes = lost.slice(0, LISTED).map(({ shape }) => showShape(shape));
  const listed = `${shapes.join(', ')}${lost.length > LISTED ? ', …' : ''}`;
  throw new UserError({
    en:
      `the loss of phase "${name}" uses ${lost.length} parameters (${listed}) that are not among its parameters and have no values. Layers in #private ` +
      'fields, in closures, or in objects of classes that do not extend Module are not found: keep them in fields, arrays, Maps or Sets of a Module. Or the loss uses another model than the one that is trained',
    zh:
      `阶段“${name}”的损失用到了 ${lost.length} 个参数（${listed}），它们不在该阶段的参数中，也没有值。#private 字段、闭包` +
      '或未继承 Module 的类的对象中的层无法找到：请放在 Module 的字段、数组、Map 或 Set 中。也可能是损失用了另一个模型',
  });
}
