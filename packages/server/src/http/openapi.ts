/** The server's interface as an OpenAPI 3.1 document (spec.openapis.org), made from the very schemas that requests are checked with. */

import type { Scope } from '@gradus/lifecycle';
import type { z } from 'zod';
import { schemaOf } from './form.ts';

/** One route, as the document has it. */
export interface Operation {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  readonly path: string;
  readonly summary: string;
  /** Undefined: open to everybody. */
  readonly scope?: Scope | undefined;
  readonly body?: z.ZodType | undefined;
}

export function openApi(title: string, version: string, operations: readonly Operation[]): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const { method, path, summary, scope, body } of operations) {
    const template = path.replace(/:(\w+)/g, '{$1}');
    const parameters = [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
      name,
      in: 'path',
      required: true,
      schema: { type: 'string' },
    }));
    paths[template] ??= {};
    paths[template][method] = {
      summary,
      operationId: `${method}${template.replace(/[^a-zA-Z0-9]+/g, '_')}`.replace(/_$/, ''),
      ...(parameters.length > 0 && { parameters }),
      ...(scope && { security: [{ bearer: [] }], 'x-scope': scope }),
      ...(body && {
        requestBody: { required: true, content: { 'application/json': { schema: schemaOf(body) } } },
      }),
      responses: {
        200: { description: 'the answer' },
        ...(body && {
          400: { description: 'the request is not as the schema says; the message names the field' },
        }),
        ...(scope && {
          401: { description: 'no token, or a wrong one' },
          403: { description: `the key lacks the scope "${scope}"` },
          429: { description: 'too many requests; Retry-After says when to try again' },
          503: { description: 'overloaded; Retry-After says when to try again' },
        }),
      },
    };
  }
  return {
    openapi: '3.1.0',
    info: { title, version },
    paths,
    components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
  };
}
