/** Constraints of a model by the forms that are asked for. */
import { type Constraint, jsonSchemaConstraint, type RunnableModel, toolCallConstraint } from '@gradus/lm';
import type { TextRequest } from './protocol.ts';

/** Forms that are kept: making a constraint takes longer than a step, and programs ask for the same again and again. */
const MOST_FORMS = 32;

export class Constraints {
  readonly #model: RunnableModel;
  readonly #known = new Map<string, Constraint>();

  constructor(model: RunnableModel) {
    this.#model = model;
  }

  /** @returns none where the request asks for no form. @throws UserError naming what of a schema is not understood */
  of({ schema, calls }: Pick<TextRequest, 'schema' | 'calls'>): Constraint | undefined {
    if (calls) {
      const { tools, choice } = calls;
      return this.#kept(JSON.stringify(calls), () => toolCallConstraint(tools, this.#model, choice));
    }
    return schema && this.#kept(JSON.stringify(schema), () => jsonSchemaConstraint(schema, this.#model));
  }

  #kept(key: string, make: () => Constraint): Constraint {
    const constraint = this.#known.get(key) ?? make();
    // The one that was asked for longest ago goes first.
    this.#known.delete(key);
    this.#known.set(key, constraint);
    if (this.#known.size > MOST_FORMS) this.#known.delete(this.#known.keys().next().value!);
    return constraint;
  }
}
