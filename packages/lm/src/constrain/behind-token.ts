/** A form that stands behind one token, such as a special one, which has no text that could be spelt. */
import { UserError } from '@gradus/base';
import type { Constraint, ConstraintState } from './constraint.ts';

export const behindToken = (id: number, form: Constraint): Constraint => ({
  shortest: 1 + form.shortest,
  start: () => new BehindToken(id, form.start()),
});

class BehindToken implements ConstraintState {
  readonly #id: number;
  readonly #form: ConstraintState;
  #begun = false;

  constructor(id: number, form: ConstraintState) {
    this.#id = id;
    this.#form = form;
  }

  mask(logits: Float32Array, left?: number): void {
    if (this.#begun) {
      this.#form.mask(logits, left);
      return;
    }
    const logit = logits[this.#id]!;
    logits.fill(Number.NEGATIVE_INFINITY);
    logits[this.#id] = logit;
  }

  accept(id: number): void {
    if (this.#begun) this.#form.accept(id);
    else if (id === this.#id) this.#begun = true;
    else
      throw new UserError({
        en: `token ${id} may not begin: the form begins with token ${this.#id}`,
        zh: `词元 ${id} 不可作为开头：该格式以词元 ${this.#id} 开头`,
      });
  }

  get complete(): boolean {
    return this.#begun && this.#form.complete;
  }

  get finished(): boolean {
    return this.#begun && this.#form.finished;
  }
}
