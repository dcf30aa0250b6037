import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson } from './json.ts';

const parsed = (text: string) => parseJson(Buffer.from(text));

describe('parseJson', () => {
  it('reads what JSON.parse reads, brackets in texts included', () => {
    const text = fc.oneof(fc.string(), fc.constant(`["${'[{\\"'.repeat(200)}`));
    const value = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 20 },
        text,
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.array(tie('tree'), { maxLength: 50 }),
        fc.dictionary(text, tie('tree')),
      ),
    })).tree;
    fc.assert(
      fc.property(value, (any) => {
        expect(parsed(JSON.stringify(any))).toEqual(JSON.parse(JSON.stringify(any)));
      }),
    );
    expect(parsed(JSON.stringify(Array.from({ length: 500 }, () => [[1]])))).toHaveLength(500);
  });

  it('refuses what is nested deeply before it is parsed, what is not UTF-8, and what is not JSON', () => {
    expect(parsed(`${'['.repeat(64)}${']'.repeat(64)}`)).toBeDefined();
    expect(() => parsed(`${'['.repeat(65)}${']'.repeat(65)}`)).toThrow('more than 64 deep');
    expect(() => parsed('{"a":['.repeat(33))).toThrow('more than 64 deep');
    // Ten megabytes of them would keep JSON.parse busy for half a minute.
    expect(() => parsed(`${'['.repeat(5e6)}${']'.repeat(5e6)}`)).toThrow('more than 64 deep');
    expect(() => parseJson(Uint8Array.of(0x22, 0xff, 0x22))).toThrow('UTF-8');
    expect(() => parsed('{')).toThrow(SyntaxError);
  });
});
