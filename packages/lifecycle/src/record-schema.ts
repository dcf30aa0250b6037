/** Records of any names in JSON Schemas: what rows of any table are to a service that reads a file's own columns. */

export interface Schema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly maxItems?: number;
  readonly additionalProperties?: Schema | boolean;
}

/** Whether values are objects whose names are not set: `z.record(z.string(), …)`. */
export const isRecordSchema = ({ type, properties, additionalProperties: others = false }: Schema): boolean =>
  type === 'object' && !properties && others !== false;
