/** An example of what a schema takes, and the command that sends it. */
import type { JsonSchema } from '@gradus/lifecycle';
import type { RouteDescription } from './openapi.ts';

/** Longer lists are cut short: they are there to be understood. */
const LONGEST = 8;

export function exampleOf(schema: JsonSchema): unknown {
  if (schema.default !== undefined) return schema.default;
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  const [option] = schema.anyOf ?? schema.oneOf ?? [];
  if (option) return exampleOf(option);
  switch (schema.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {})
          .filter(([name]) => schema.required?.includes(name))
          .map(([name, field]) => [name, exampleOf(field)]),
      );
    case 'array': {
      const item = exampleOf(schema.items ?? {});
      return new Array(Math.min(Math.max(schema.minItems ?? 1, 1), LONGEST)).fill(item);
    }
    case 'number':
    case 'integer':
      return Math.min(Math.max(0, schema.minimum ?? 0), schema.maximum ?? Number.POSITIVE_INFINITY);
    case 'boolean':
      return true;
    case 'string':
      return '…';
    default:
      return null;
  }
}

/** @param base Of the server's addresses, say http://localhost:8420 */
export function curlOf(
  { method, path, scope, type }: RouteDescription & { readonly type?: string },
  base: string,
  body?: unknown,
): string {
  const parts = [
    `curl ${shell(base + path.replace(/:(\w+)/g, (_, name: string) => name.toUpperCase()))}`,
    // curl itself takes GET without a body and POST with one.
    method === (body === undefined ? 'get' : 'post') ? undefined : `-X ${method.toUpperCase()}`,
    scope && `-H "authorization: Bearer $GRADUS_TOKEN"`,
    body !== undefined &&
      `-H 'content-type: ${type ?? 'application/json'}' -d ${shell(JSON.stringify(body))}`,
  ];
  return parts.filter(Boolean).join(' ');
}

/** Quoted where a shell would understand something else. */
const shell = (text: string): string =>
  /^[\w@%+=:,./[\]-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
