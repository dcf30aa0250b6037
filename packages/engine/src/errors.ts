/** The two kinds of error of the engine: what a user's file does wrong, and what a program does wrong. */
import { type Localized, UserError } from '@gradus/base';

/** A model file that cannot be read or written; names the place in the file. */
export class ModelFileError extends UserError {
  override name = 'ModelFileError';

  /** The same error, with the place around it in front. */
  within(place: Localized): ModelFileError {
    const { en, zh } = this.localized;
    return new ModelFileError(
      { en: `${place.en}: ${en}`, zh: `${place.zh.trimEnd()}：${zh}` },
      { cause: this },
    );
  }
}

/** A graph that cannot be: shapes that do not fit, an unknown op, a missing gradient. Names the node and its shapes. */
export class GraphError extends Error {
  override name = 'GraphError';
}
