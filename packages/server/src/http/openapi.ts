/** The server's interface as an OpenAPI 3.1 document (spec.openapis.org), made from the very schemas that requests are checked with. */
import type { Localized } from '@gradus/base';
import { type Field, jsonSchema, type Scope } from '@gradus/lifecycle';
import type { z } from 'zod';

/** One route, as the document has it. */
export interface RouteDescription {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  readonly path: string;
  readonly title: Localized;
  /** Undefined: open to everybody. */
  readonly scope?: Scope | undefined;
  /** What the path and the query hold; a parameter of the path that is not among them is a text. */
  readonly parameters?: readonly Field[] | undefined;
  /** Of the JSON body. */
  readonly body?: object | undefined;
  /** Of the JSON answer; undefined: it is no JSON, or of no fixed shape. */
  readonly answer?: object | undefined;
  /** Default 200. */
  readonly status?: number | undefined;
  /** The client's method. */
  readonly operation?: string | undefined;
}

/** A body's schema, as documents and forms have it. */
export const bodySchema = (type: z.ZodType): object => jsonSchema(type, 'input');
export const answerSchema = (type: z.ZodType): object => jsonSchema(type, 'output');

const json = (schema: object): object => ({ 'application/json': { schema } });

const ERROR = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message', 'type'],
      properties: {
        code: { type: 'string' },
        message: { type: 'string', description: 'in the language that Accept-Language prefers' },
        type: { type: 'string' },
        param: { type: ['string', 'null'], description: "`field`, for OpenAI's clients" },
        field: { type: 'string', description: 'of the request, where one is wrong' },
      },
    },
  },
};

const failed = (description: string): object => ({
  description,
  content: json({ $ref: '#/components/schemas/Error' }),
});

export function openApi(title: string, version: string, routes: readonly RouteDescription[]): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    const template = route.path.replace(/:(\w+)/g, '{$1}');
    paths[template] ??= {};
    paths[template][route.method] = described(route, template);
  }
  return {
    openapi: '3.1.0',
    info: { title, version },
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
      schemas: { Error: ERROR },
    },
  };
}

function described(route: RouteDescription, template: string): object {
  const { method, title, scope, body, answer, status = 200, operation } = route;
  const parameters = parametersOf(route);
  const id = `${method}${template.replace(/[^a-zA-Z0-9]+/g, '_')}`.replace(/_$/, '');
  return {
    summary: title.en,
    'x-summary-zh': title.zh,
    operationId: operation ?? id,
    ...(parameters.length > 0 && { parameters }),
    ...(scope && { security: [{ bearer: [] }], 'x-scope': scope }),
    ...(body && { requestBody: { required: true, content: json(body) } }),
    responses: {
      [status]: { description: 'the answer', ...(answer && { content: json(answer) }) },
      ...((body || parameters.length > 0) && {
        400: failed('the request is not as the schema says; the message names the field'),
      }),
      ...(parameters.some(({ in: place }) => place === 'path') && {
        404: failed('there is nothing of this name'),
      }),
      ...(scope && {
        401: failed('no token, or a wrong one'),
        403: failed(`the key lacks the scope "${scope}"`),
        429: failed('too many requests; Retry-After says when to try again'),
        503: failed('overloaded; Retry-After says when to try again'),
      }),
    },
  };
}

function parametersOf({ path, parameters = [] }: RouteDescription) {
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name!);
  const known = new Map(parameters.map((field) => [field.name, field]));
  return [
    ...inPath.map((name) => ({
      name,
      in: 'path',
      required: true,
      schema: known.get(name)?.schema ?? { type: 'string' },
    })),
    ...parameters
      .filter(({ name }) => !inPath.includes(name))
      .map(({ name, isRequired, schema }) => ({ name, in: 'query', required: isRequired, schema })),
  ];
}
