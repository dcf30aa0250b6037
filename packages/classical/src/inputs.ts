/** The checks that fits make of their inputs: one value that is no number, or a label of no class, would spoil all parameters. */
import { UserError } from '@gradus/base';

/** @throws UserError naming the place of a value that is not a finite number */
export function requireFinite(where: string, name: string, values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) continue;
    throw new UserError({
      en: `${where}: ${name} holds ${values[i]} at ${i}; expected numbers. Fill what is missing, or leave its row out.`,
      zh: `${where}：${name} 的第 ${i} 个值为 ${values[i]}；应为数字。请填补缺失值，或去掉该行。`,
    });
  }
}

/**
 * Labels as classes 0 … classes − 1; true and false count as 1 and 0.
 *
 * @throws UserError naming the row of another label
 */
export function classesOf(where: string, labels: ArrayLike<number>, classes: number): Int32Array {
  return Int32Array.from({ length: labels.length }, (_, row) => {
    const label = Number(labels[row]);
    if (Number.isInteger(label) && label >= 0 && label < classes) return label;
    const expected = classes === 2 ? ['0 or 1', ' 0 或 1'] : [`0 to ${classes - 1}`, ` 0 到 ${classes - 1}`];
    const hint =
      label === classes
        ? [' Where labels are counted from 1, subtract 1.', '如果标签从 1 开始计数，请减去 1。']
        : label === -1
          ? [' Where labels are −1 and 1, write 0 for −1.', '如果标签为 −1 和 1，请将 −1 写成 0。']
          : ['', ''];
    throw new UserError({
      en: `${where}: the label of row ${row} is ${labels[row]}; expected ${expected[0]}.${hint[0]}`,
      zh: `${where}：第 ${row} 行的标签为 ${labels[row]}；应为${expected[1]}。${hint[1]}`,
    });
  });
}
