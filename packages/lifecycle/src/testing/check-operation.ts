/**
 * What every operation must keep to, whoever declares it: a conformance suite over the table (as scikit-learn's
 * `check_estimator` is over its estimators).
 */
import { expect } from 'vitest';
import { SCOPES } from '../keys/caller.ts';
import { fieldsOf, jsonSchema } from '../operations/field.ts';
import type { Operation } from '../operations/operation.ts';

/** Flags that every command has. */
const COMMON = ['runs', 'json', 'server', 'out', 'help'];
const NAME = /^[a-z]+(?:\.[a-z][a-z-]*)?$/i;

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

export function checkOperation(operation: Operation): void {
  const { name, title, scope, input, output, http, cli, job, writes } = operation;
  expect(name, 'a name of one or two words').toMatch(NAME);
  requireWords(title, name);
  expect(Object.keys(SCOPES)).toContain(scope);

  // Both schemas can be written as JSON Schema, and be sent.
  const given = jsonSchema(input, 'input');
  expect(JSON.parse(JSON.stringify(given))).toEqual(given);
  const answer = jsonSchema(output, 'output');
  expect(JSON.parse(JSON.stringify(answer))).toEqual(answer);
  expect(Object.keys(answer).length, `${name} says something of its output`).toBeGreaterThan(0);

  const fields = fieldsOf(input);
  for (const field of fields) requireWords(field.words, `${name}: ${field.name}`);
  const names = new Set(fields.map((field) => field.name));

  expect(http.path).toMatch(/^\/v1(?:\/(?::?[a-z][\w-]*))+$/i);
  for (const [, parameter] of http.path.matchAll(/:(\w+)/g)) {
    const field = fields.find((known) => known.name === parameter);
    expect(field, `${name}: ${parameter} of its path`).toBeDefined();
    expect(field!.isRequired || http.method !== 'get').toBe(true);
  }
  if (http.method === 'get' || http.method === 'delete') {
    for (const { kind, name: field } of fields) expect(kind, `${name}: ${field} in a query`).not.toBe('json');
    expect(job, `${name}: a job changes something`).toBeUndefined();
  }
  if (http.body !== undefined) expect(names).toContain(http.body);
  if (http.list !== undefined) expect(answer.type, `${name} gives a list`).toBe('array');

  if (!cli) return;
  expect(cli.command).toMatch(/^[a-z][a-z-]*(?: [a-z][a-z-]*)?$/);
  for (const field of [...(cli.positionals ?? []), ...(cli.hidden ?? []), ...Object.keys(cli.flags ?? {})]) {
    expect(names, `${name}: ${field} of its command`).toContain(field);
  }
  const flags = Object.fromEntries(Object.entries(cli.flags ?? {}));
  for (const field of names) {
    if (cli.positionals?.includes(field as never)) continue;
    expect(COMMON, `${name}: --${field}`).not.toContain(kebab(String(flags[field] ?? field)));
  }
  if (writes) requireWords(writes.title, `${name}: --out`);
}

/** Together: no two do the same, or are called the same. */
export function checkOperations(operations: readonly Operation[]): void {
  const unique = (values: readonly (string | undefined)[]) => {
    const known = values.filter((value) => value !== undefined);
    expect(known).toHaveLength(new Set(known).size);
  };
  unique(operations.map(({ name }) => name));
  unique(operations.map(({ http }) => `${http.method} ${http.path}`));
  unique(operations.map(({ cli }) => cli?.command));
}

/** The output of a run must be what the schema says, and survive JSON. */
export function checkOutput({ name, output }: Operation, value: unknown): void {
  const travelled: unknown = JSON.parse(JSON.stringify(value));
  const parsed = output.safeParse(travelled);
  expect(parsed.error?.issues, `the output of ${name}`).toBeUndefined();
}

function requireWords({ en, zh }: { readonly en: string; readonly zh: string }, where: string): void {
  expect(en.trim(), where).not.toBe('');
  expect(zh, `${where} in Chinese`).toMatch(/[\u4e00-\u9fff]|^[\w ,./-]+$/);
}
