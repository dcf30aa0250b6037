import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { bothLanguages, reasonOf } from './schema.ts';

const reason = (schema: z.ZodType, value: unknown) => reasonOf(schema.safeParse(value).error!);

describe('reasonOf', () => {
  it('names the field and what is wrong with it, in both languages', () => {
    const schema = z.strictObject({
      rows: z.array(z.object({ stars: z.int().max(5) })),
      kind: z.enum(['a', 'b']),
    });
    expect(reason(schema, { rows: [{ stars: 'x' }], kind: 'c', other: 1 })).toEqual({
      en: 'rows.0.stars: Invalid input: expected number, received string; kind: Invalid option: expected one of "a"|"b"; Unrecognized key: "other"',
      zh: 'rows.0.stars：无效输入：应为数字；kind：无效选项：期望以下之一 "a"|"b"；出现未知的键(key): "other"',
    });
    expect(reason(schema, { rows: [{ stars: 9 }], kind: 'a' }).zh).toBe(
      'rows.0.stars：数值过大：期望 number <=5',
    );
  });

  it('has no word of English in Chinese for NaN and Infinity', () => {
    expect(reason(z.number(), Number.NaN).zh).toBe('无效输入：应为数字');
    expect(reason(z.number(), Number.POSITIVE_INFINITY).zh).toBe('无效输入：应为数字');
  });

  it('says a check of ours as it was declared', () => {
    const even = z.int().refine((n) => n % 2 === 0, bothLanguages({ en: 'must be even', zh: '必须为偶数' }));
    expect(reason(even, 3)).toEqual({ en: 'must be even', zh: '必须为偶数' });
  });
});
