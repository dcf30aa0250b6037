/**
 * Texts in the Open Inference Protocol. A model's own tensors are the numbers of words and their weights, which nobody outside can
 * make. So where a recipe answers texts, the model also takes `text`, of datatype BYTES and one axis, and gives the columns that
 * the recipe declares for each, as tensors: numbers as FP32, all else as BYTES.
 */
import type { HostTensor } from '@gradus/engine';
import { jsonSchema, RequestError, type TensorType } from '@gradus/lifecycle';
import type { ServiceDeclaration } from '@gradus/loop';

export const TEXT_INPUT = 'text';
export const TEXT_TYPE: TensorType = { dtype: 'string', shape: ['texts'] };

/** How a recipe's texts become requests, and answers tensors. */
export interface TextForm {
  readonly outputs: Readonly<Record<string, TensorType>>;
  /** The request, as the recipe's schema has parsed it. @throws RequestError */
  request(texts: readonly string[]): unknown;
  /** @param answer Of the recipe's service */
  tensors(answer: unknown): Record<string, HostTensor>;
}

interface Schema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

/** Undefined where the recipe's requests are no list of texts. */
export function textForm(declaration: ServiceDeclaration): TextForm | undefined {
  const asked = jsonSchema(declaration.request, 'input') as Schema;
  const { type, items } = asked.properties?.texts ?? {};
  if (type !== 'array' || items?.type !== 'string') return undefined;
  const answered = (jsonSchema(declaration.answer, 'output') as Schema).properties?.results?.items ?? {};
  const names = Object.keys(declaration.columns);
  const numbers = new Set(names.filter((name) => isNumber(fieldOf(answered, name))));
  return {
    outputs: Object.fromEntries(
      names.map((name) => [name, { dtype: numbers.has(name) ? 'float32' : 'string', shape: ['texts'] }]),
    ),
    request(texts) {
      const request = declaration.request.safeParse({ texts });
      if (request.success) return request.data;
      const { path, message } = request.error.issues[0]!;
      const at = path[1] === undefined ? '' : `, value ${String(path[1])}`;
      throw new RequestError(`input "${TEXT_INPUT}"${at}: ${message}`);
    },
    tensors(answer) {
      const { results } = answer as { readonly results: readonly Readonly<Record<string, unknown>>[] };
      const cells = results.map((result) => declaration.cells?.(result) ?? result);
      return Object.fromEntries(
        names.map((name): [string, HostTensor] => {
          const values = cells.map((row) => row[name] ?? null);
          const dims = [values.length];
          return [
            name,
            numbers.has(name)
              ? { dtype: 'float32', dims, data: Float32Array.from(values, numberOf) }
              : { dtype: 'string', dims, data: values.map(textOf) },
          ];
        }),
      );
    },
  };
}

/** A field of an object that may be put together of several. */
const fieldOf = (schema: Schema, name: string): Schema | undefined =>
  schema.properties?.[name] ?? schema.allOf?.map((part) => fieldOf(part, name)).find((found) => found);

const NUMBERS: readonly unknown[] = ['number', 'integer'];
/** Or null, which may stand in the place of anything. */
const isNumber = ({ type, anyOf }: Schema = {}): boolean => {
  if (anyOf) return anyOf.some(isNumber) && anyOf.every((part) => part.type === 'null' || isNumber(part));
  const types = [type].flat().filter((name) => name !== 'null');
  return types.length > 0 && types.every((name) => NUMBERS.includes(name));
};

/** What there is none of is no number, which JSON writes as null. */
const numberOf = (value: unknown): number => (typeof value === 'number' ? value : Number.NaN);

const textOf = (value: unknown): string =>
  value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value);
