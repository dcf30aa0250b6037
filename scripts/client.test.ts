import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CLIENT_FILE, currentClient, typeOf } from './client.ts';

describe("the client's operations", () => {
  it('are what the declarations say (else: node scripts/client.ts)', () => {
    expect(readFileSync(CLIENT_FILE, 'utf8')).toBe(currentClient());
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
