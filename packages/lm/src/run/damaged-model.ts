/** What a model computes is no numbers: whoever asked has done nothing wrong. */
import { UserError } from '@gradus/base';

export class DamagedModel extends UserError {
  readonly isModelFault = true;

  /** @param tokens of the text so far, where that is known */
  constructor(tokens?: number) {
    const [en, zh] =
      tokens === undefined ? ['', ''] : [`, after ${tokens} tokens`, `在第 ${tokens} 个词元后`];
    super({
      en: `the model gave logits that are no numbers${en}: its weights are damaged, or of another model`,
      zh: `模型${zh}输出了非数字的 logits：权重已损坏或属于另一个模型`,
    });
  }
}
