import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { clientFiles, typeOf } from './client.ts';

describe("the client's operations", () => {
  it('are what the declarations say (else: npm run generate)', () => {
    for (const [path, source] of clientFiles()) expect(readFileSync(path, 'utf8'), path).toBe(source);
  });

  it('are types of what JSON Schema describes', () => {
    expect(typeOf({ type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] })).toBe(
      '{\na: number;\n}',
    );
    expect(typeOf({ anyOf: [{ type: 'number' }, { type: 'null' }] })).toBe('number | null');
    expect(typeOf({ type: 'array', items: { enum: ['x', 'y'] } })).toBe('("x" | "y")[]');
    expect(typeOf({})).toBe('unknown');
  });
});
