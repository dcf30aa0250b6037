import { UserError } from '@gradus/base';

/** A model file that cannot be read or written; names the place in the file. */
export class ModelFileError extends UserError {
  override name = 'ModelFileError';
}

/** A graph that cannot be: shapes that do not fit, an unknown op, a missing gradient. Names the node and its shapes. */
export class GraphError extends Error {
  override name = 'GraphError';
}
