/** Constraints of a model by the schemas that are asked for. */
import { type Constraint, jsonSchemaConstraint, type LanguageModel } from '@gradus/lm';

/** Schemas that are kept: making a constraint takes longer than a step, and programs ask for the same again and again. */
const MOST_SCHEMAS = 32;

export class Constraints {
  readonly #model: LanguageModel;
  readonly #known = new Map<string, Constraint>();

  constructor(model: LanguageModel) {
    this.#model = model;
  }

  /** @throws UserError naming what of the schema is not understood */
  of(schema: object): Constraint {
    const key = JSON.stringify(schema);
    const constraint = this.#known.get(key) ?? jsonSchemaConstraint(schema, this.#model);
    // The one that was asked for longest ago goes first.
    this.#known.delete(key);
    this.#known.set(key, constraint);
    if (this.#known.size > MOST_SCHEMAS) this.#known.delete(this.#known.keys().next().value!);
    return constraint;
  }
}
