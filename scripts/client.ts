/**
 * Makes packages/client/src/{operations,methods}.ts from the operations' declarations: `npm run generate`. A test
 * (client.test.ts) sees that it is current.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type JsonSchema, jsonSchema, type Operation, operationsOf } from '@gradus/lifecycle';
import { RECIPES } from '@gradus/recipes';

const HEADER = `/**
 * WHAT Made by scripts/client.ts from the operations' declarations (packages/lifecycle/src/operations); change those, and run it
 * again.
 */
`;

const header = (what: string): string => HEADER.replace('WHAT', what);

/** Types and routes of the operations. */
export function typesSource(operations: readonly Operation[]): string {
  const types = operations.map(typesOf);
  const listed = operations.map(
    ({ name, title }) =>
      `  /** ${sentence(title.en)} */\n  ${quoted(name)}: { input: ${typeName(name)}Input; output: ${typeName(name)}Output };`,
  );
  const routes = operations.map(({ name, http, job }) => {
    const route = {
      method: http.method.toUpperCase(),
      path: http.path,
      ...(http.body !== undefined && { body: http.body }),
      ...(http.list !== undefined && { list: http.list }),
      ...(job && { isJob: true }),
    };
    const fields = Object.entries(route).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
    return `  ${quoted(name)}: { ${fields.join(', ')} },`;
  });
  const long = operations.filter(({ job }) => job).map(({ name }) => JSON.stringify(name));
  return [
    header('What a Gradus server can do: what each operation takes and gives, and its route.'),
    ...types,
    `export interface Operations {\n${listed.join('\n')}\n}`,
    'export type OperationName = keyof Operations;',
    `/** Operations that take long: their call begins a job. */\nexport type JobName = ${long.join(' | ')};`,
    `export const ROUTES = {\n${routes.join('\n')}\n} as const;`,
    '',
  ].join('\n\n');
}

/** A method for each operation. */
export function methodsSource(operations: readonly Operation[]): string {
  const inputs = operations.map(({ name }) => `${typeName(name)}Input`);
  return [
    header('A method for each operation.'),
    `import type { CallOptions, Started } from './jobs.ts';\nimport type { ${[...inputs, 'JobName', 'OperationName', 'Operations'].toSorted().join(', ')} } from './operations.ts';`,
    `/** Of an operation that takes long, the job that does it. */\nexport type Result<Name extends OperationName> = Name extends JobName\n  ? Started<Operations[Name]['output']>\n  : Operations[Name]['output'];`,
    `export interface Caller {\n  call<Name extends OperationName>(\n    name: Name,\n    input: Operations[Name]['input'],\n    options?: CallOptions,\n  ): Promise<Result<Name>>;\n}`,
    `export const methodsOf = (client: Caller) => (${methods(treeOf(operations), '')});`,
    'export type Methods = ReturnType<typeof methodsOf>;',
    '',
  ].join('\n\n');
}

const typeName = (name: string): string =>
  name.replace(/(?:^|[.-])(\w)/g, (_, letter: string) => letter.toUpperCase());

const quoted = (name: string): string => (/^[a-z]\w*$/i.test(name) ? name : `'${name}'`);

/** In a comment nothing may end it. */
const sentence = (text: string): string => text.replaceAll('*/', '* /');

function typesOf({ name, input, output }: Operation): string {
  return [
    `export type ${typeName(name)}Input = ${typeOf(jsonSchema(input, 'input'))};`,
    `export type ${typeName(name)}Output = ${typeOf(jsonSchema(output, 'output'))};`,
  ].join('\n');
}

interface Schema extends JsonSchema {
  readonly allOf?: readonly Schema[];
  readonly prefixItems?: readonly Schema[];
}

/** A JSON Schema as a TypeScript type. */
export function typeOf(schema: Schema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const options = schema.anyOf ?? schema.oneOf;
  if (options) return unique(options.map(typeOf)).join(' | ');
  if (schema.allOf) return schema.allOf.map((part) => `(${typeOf(part)})`).join(' & ');
  if (Array.isArray(schema.type)) {
    return unique((schema.type as readonly string[]).map((type) => typeOf({ ...schema, type }))).join(' | ');
  }
  switch (schema.type) {
    case 'string':
    case 'boolean':
    case 'null':
      return schema.type;
    case 'number':
    case 'integer':
      return 'number';
    case 'array':
      if (schema.prefixItems) return `[${schema.prefixItems.map(typeOf).join(', ')}]`;
      return `(${typeOf((schema.items ?? {}) as Schema)})[]`;
    case 'object':
      return objectOf(schema);
    default:
      return 'unknown';
  }
}

function objectOf({ properties = {}, required = [], additionalProperties }: Schema): string {
  const fields = Object.entries(properties).map(([name, property]) => {
    const { description } = property;
    const comment = description === undefined ? '' : `/** ${sentence(description)} */\n`;
    const isRequired = required.includes(name);
    return `${comment}${quoted(name)}${isRequired ? '' : '?'}: ${typeOf(property as Schema)}${isRequired ? '' : ' | undefined'};`;
  });
  if (additionalProperties !== undefined && additionalProperties !== false) {
    // A name that is known has its own type, which the others' must take in.
    const others =
      typeof additionalProperties === 'object' && fields.length === 0
        ? typeOf(additionalProperties as Schema)
        : 'unknown';
    fields.push(`[name: string]: ${others};`);
  }
  return fields.length === 0 ? 'Record<string, never>' : `{\n${fields.join('\n')}\n}`;
}

const unique = (types: readonly string[]): string[] => [...new Set(types)];

interface Tree {
  readonly [name: string]: Tree | Operation;
}

const isOperation = (node: Tree | Operation): node is Operation => 'run' in node;

function treeOf(operations: readonly Operation[]): Tree {
  const tree: Record<string, Record<string, Operation> | Operation> = {};
  for (const operation of operations) {
    const [group, name] = operation.name.split('.') as [string, string | undefined];
    if (name === undefined) tree[group] = operation;
    else tree[group] = { ...(tree[group] as Record<string, Operation>), [name]: operation };
  }
  return tree;
}

function methods(tree: Tree, indent: string): string {
  const entries = Object.entries(tree).map(([key, node]) => {
    if (!isOperation(node)) return `${quoted(key)}: ${methods(node, `${indent}  `)},`;
    const { name, title, input } = node;
    const isEmpty = Object.keys(jsonSchema(input, 'input').properties ?? { some: {} }).length === 0;
    const given = `input: ${typeName(name)}Input${isEmpty ? ' = {}' : ''}`;
    return `/** ${sentence(title.en)} */\n${quoted(key)}: (${given}, options?: CallOptions) => client.call('${name}', input, options),`;
  });
  return `{\n${entries.join('\n')}\n${indent}}`;
}

/** As the repository's formatter writes it. */
export function formatted(source: string, path: string): string {
  const biome = fileURLToPath(new URL('../node_modules/.bin/biome', import.meta.url));
  const cwd = fileURLToPath(new URL('..', import.meta.url));
  return execFileSync(biome, ['format', `--stdin-file-path=${path}`], {
    cwd,
    input: source,
    encoding: 'utf8',
  });
}

/** The files as they must be, by their paths. */
export function clientFiles(): ReadonlyMap<string, string> {
  const operations = operationsOf(RECIPES);
  const sources = { operations: typesSource(operations), methods: methodsSource(operations) };
  return new Map(
    Object.entries(sources).map(([name, source]) => {
      const path = `packages/client/src/${name}.ts`;
      return [fileURLToPath(new URL(`../${path}`, import.meta.url)), formatted(source, path)];
    }),
  );
}

if (import.meta.main) for (const [path, source] of clientFiles()) writeFileSync(path, source);
