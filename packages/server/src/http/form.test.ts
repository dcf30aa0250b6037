import { jsonSchema } from '@gradus/lifecycle';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { curlOf, exampleOf } from './example.ts';
import { formHtml, isFilled, requestOf } from './form.ts';
import { readable } from './readable.ts';

const Request = z.strictObject({
  name: z.string().max(50),
  review: z.string().describe('what they <wrote>'),
  stars: z.int().min(1).max(5),
  price: z.number().optional(),
  member: z.boolean().default(false),
  kind: z.enum(['shop', 'app']),
  tags: z.array(z.string()).optional(),
  rows: z.array(z.array(z.number())).optional(),
  photo: z.base64().optional(),
});
const schema = jsonSchema(Request, 'input');

describe('the form of a request', () => {
  it('has a field of its kind for each property, and is a request again when it comes back', () => {
    const html = formHtml('en', schema, {});
    for (const field of [
      '<input id="name" name="name" maxlength="50"',
      '<textarea id="review"',
      'type="number" step="1" min="1" max="5"',
      '<input id="price" name="price" type="number" step="any"',
      '<option selected>false</option>',
      '<option>shop</option>',
      'one per line',
      'class="json"',
      'type="file"',
      'what they &lt;wrote&gt;',
    ])
      expect(html).toContain(field);
    const request = requestOf(schema, {
      name: 'Ann',
      review: 'good\nand cheap',
      stars: '4',
      price: '2.5',
      member: 'true',
      kind: 'app',
      tags: 'a\r\n\r\nb b\n',
      rows: '[[1, 2], [3]]',
      photo: Uint8Array.of(1, 2, 255),
      other: 'left out',
    });
    expect(Request.parse(request)).toEqual({
      name: 'Ann',
      review: 'good\nand cheap',
      stars: 4,
      price: 2.5,
      member: true,
      kind: 'app',
      tags: ['a', 'b b'],
      rows: [[1, 2], [3]],
      photo: 'AQL/',
    });
  });

  it('speaks one language', () => {
    const described = jsonSchema(
      z.object({
        tags: z.array(z.string()).meta({ description: 'what it is about', zh: '内容' }).optional(),
      }),
      'input',
    );
    const [english, chinese] = (['en', 'zh'] as const).map((language) => formHtml(language, described, {}));
    expect(english).toMatch(/\(optional\) <small>what it is about; one per line<.*>Send</s);
    expect(english).not.toMatch(/\p{Script=Han}/u);
    expect(chinese).toMatch(/（可选） <small>内容；每行一个<.*>发送</s);
    expect(chinese).not.toMatch(/optional|about|Send/);
  });

  it('leaves out what was left empty, and lets the schema say what is wrong', () => {
    expect(isFilled(schema, { name: '', other: 'x' })).toBe(false);
    const sent = { name: 'Ann', review: '', stars: 'many', kind: 'bank', member: 'perhaps' };
    expect(requestOf(schema, sent)).toEqual({
      name: 'Ann',
      stars: Number.NaN,
      kind: 'bank',
      member: 'perhaps',
    });
    expect(Request.safeParse(requestOf(schema, sent)).success).toBe(false);
    expect(() => requestOf(schema, { rows: '[1, 2' })).toThrow(/^rows: /);
    expect(() => requestOf(schema, { rows: '['.repeat(1e5) })).toThrow(/^rows: .*deep/);
  });

  it('takes the whole request as JSON where it has no properties', () => {
    const union = jsonSchema(z.union([z.object({ a: z.number() }), z.array(z.number())]), 'input');
    expect(formHtml('en', union, {})).toContain('name="request"');
    expect(requestOf(union, { request: '[1, 2]' })).toEqual([1, 2]);
  });

  it('shows what was sent, never as markup', () => {
    const evil = '</textarea><script>alert(1)</script>"\'';
    const html = formHtml('en', schema, { name: evil, review: evil, rows: evil, stars: evil, kind: evil });
    expect(html).not.toContain('<script');
    expect(html).toContain('&lt;/textarea&gt;');
    expect(readable({ [evil]: [evil, { deep: evil }] }, 'en')).not.toContain('<script');
  });
});

describe('an answer', () => {
  it('is readable, however long or deep', () => {
    expect(readable({ p: 0.123456, n: null, tags: ['a', 'b'] }, 'en')).toBe(
      '<table><tr><th>p</th><td>0.1235</td></tr>\n<tr><th>n</th><td>–</td></tr>\n<tr><th>tags</th><td>a, b</td></tr></table>',
    );
    expect(
      readable(
        Array.from({ length: 1e5 }, (_, i) => i),
        'en',
      ),
    ).toMatch(/99, … \(100,000\)$/);
    let deep: unknown = 1;
    for (let i = 0; i < 1000; i++) deep = [{ deep }];
    expect(readable(deep, 'en')).toContain('…');
    expect(readable({ why: { en: 'unsure', zh: '不确定' } }, 'zh')).toBe(
      '<table><tr><th>why</th><td>不确定</td></tr></table>',
    );
  });
});

describe('an example', () => {
  it('is what the schema takes, and a command that a shell understands', () => {
    expect(exampleOf(schema)).toEqual({ name: '…', review: '…', stars: 1, kind: 'shop' });
    expect(exampleOf({ type: 'number', minimum: 2 })).toBe(2);
    expect(exampleOf({ type: 'number', maximum: -2 })).toBe(-2);
    const title = { en: '', zh: '' };
    const operation = { method: 'post', path: '/v1/x/:name', title, scope: 'predict' } as const;
    expect(curlOf(operation, 'http://localhost:1', { a: "it's" })).toBe(
      `curl http://localhost:1/v1/x/NAME -H "authorization: Bearer $GRADUS_TOKEN" -H 'content-type: application/json' -d '{"a":"it'\\''s"}'`,
    );
    expect(curlOf({ ...operation, method: 'delete', path: '/x' }, 'http://h')).toContain('-X DELETE');
  });
});
