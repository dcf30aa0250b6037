import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTable } from '@gradus/data';
import { Busy, type FoundRun, type Service, type ServiceDeclaration } from '@gradus/loop';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { formatOfOutput, predictFile } from './predict-file.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'gradus-predict-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const run = { id: 'run-1' } as FoundRun;
function file(name: string, content: string): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}
const read = (path: string) => readFileSync(path, 'utf8').replace(/^\uFEFF/, '');

const declared = (request: z.ZodType, ...columns: string[]): ServiceDeclaration => ({
  request,
  answer: z.any(),
  correction: z.any(),
  example: null,
  columns: Object.fromEntries(columns.map((name) => [name, { en: name, zh: name }])),
  open: () => Promise.reject(new Error('it is open already')),
});
const LENGTHS = declared(
  z.strictObject({ texts: z.array(z.string().max(20)).min(1).max(50) }),
  'length',
  'text',
  'parts',
);

/** A service of texts: how long they are. Some it cannot answer. */
const lengths = (asked: number[] = []): Service => ({
  answer: async (request) => {
    const { texts } = request as { texts: string[] };
    asked.push(texts.length);
    if (texts.includes('crash')) throw new Error('no answer to this');
    return { results: texts.map((text) => ({ length: text.length, text: `=${text}`, parts: [...text] })) };
  },
  close: async () => undefined,
});

/** A service of rows with several fields. */
const SUMS = declared(
  z.strictObject({
    rows: z
      .array(z.strictObject({ a: z.number(), b: z.int().optional(), on: z.boolean().default(false) }))
      .min(1),
  }),
  'totals',
);
const sums: Service = {
  answer: async (request) => {
    const { rows } = request as { rows: { a: number; b?: number; on: boolean }[] };
    return { totals: rows.map(({ a, b = 0, on }) => (on ? -1 : a + b)) };
  },
  close: async () => undefined,
};

describe('a predicted file', () => {
  it('has every row with its answer, and formulas that do nothing', async () => {
    const input = file('in.csv', 'id,text\n1,好\n2,"a,b"\n3,=SUM(A1)\n-4,@x\n');
    const output = join(directory, 'out.csv');
    const done = await predictFile({ run, declared: LENGTHS, service: lengths(), input, output });
    expect(done).toMatchObject({ run: 'run-1', rows: 4, predicted: 4, setAside: 0, leftOut: [] });
    expect(read(output)).toBe(
      [
        'id,text,length,text (answer),parts',
        `1,好,1,'=好,"[""好""]"`,
        `2,"a,b",3,"'=a,b","[""a"","","",""b""]"`,
        `3,'=SUM(A1),8,'==SUM(A1),"[""="",""S"",""U"",""M"",""("",""A"",""1"","")""]"`,
        `-4,'@x,2,'=@x,"[""@"",""x""]"`,
        '',
      ].join('\r\n'),
    );
    const { rows } = await readTable(output);
    expect(rows).toHaveLength(4);
  });

  it('sets aside what is no row, no request, or cannot be answered, each with its reason', async () => {
    const long = 'x'.repeat(21);
    const input = file('in.csv', `text,n\nok,1\n${long},2\ncrash,3\nfine,4\nbroken,5,6,7\n`);
    const output = join(directory, 'out.jsonl');
    const { reasons, ...done } = await predictFile({
      run,
      declared: LENGTHS,
      service: lengths(),
      input,
      output,
    });
    expect(done).toMatchObject({ rows: 5, predicted: 2, setAside: 3 });
    expect(reasons).toMatchObject([
      {
        line: 3,
        reason: { en: expect.stringMatching(/texts.0.*20/), zh: expect.stringMatching(/texts.0.*20/) },
      },
      { line: 4, reason: { en: 'the model cannot answer it: no answer to this' } },
      { line: 6, reason: { en: 'it has 4 columns; expected 2', zh: '有 4 列；应为 2 列' } },
    ]);
    const lines = read(output).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { row: 1, input: { text: 'ok', n: '1' }, answer: { length: 2 } },
      { row: 4, answer: { text: '=fine' } },
    ]);
    expect(read(done.asideFile)).toContain(`2,3,`);
  });

  it('takes fields from columns by name, or as it is told', async () => {
    const input = file('in.jsonl', '{"x":1.5,"B":2,"on":"true"}\n{"x":2,"B":null}\n{"x":"two"}\n');
    const output = join(directory, 'out.csv');
    await expect(predictFile({ run, declared: SUMS, service: sums, input, output })).rejects.toThrow(
      /No column for "a". There are: x, B, on. Say which with: --column a=COLUMN/,
    );
    const columns = { a: 'x' };
    const { reasons } = await predictFile({ run, declared: SUMS, service: sums, input, output, columns });
    expect(read(output)).toBe('x,B,on,totals\r\n1.5,2,true,-1\r\n2,,,2\r\n');
    expect(reasons).toMatchObject([{ reason: { en: 'x: "two" is no number', zh: 'x：“two”不是数字' } }]);
    await expect(
      predictFile({ run, declared: SUMS, service: sums, input, output, columns: { c: 'x' } }),
    ).rejects.toThrow(/no field "c". There are: a, b, on/);
    await expect(
      predictFile({ run, declared: SUMS, service: sums, input, output, columns: { a: 'nope' } }),
    ).rejects.toThrow(/No column "nope"/);
  });

  it('goes on where it was stopped, to the same file; nothing is half-written', async () => {
    const rows = Array.from({ length: 1500 }, (_, i) => (i % 100 === 7 ? 'x'.repeat(30) : `text ${i}`));
    const input = file('in.csv', `text\n${rows.join('\n')}\n`);
    const whole = join(directory, 'whole.csv');
    const all = await predictFile({ run, declared: LENGTHS, service: lengths(), input, output: whole });
    const output = join(directory, 'out.csv');
    const asked: number[] = [];
    for (let stops = 0; ; stops++) {
      const controller = new AbortController();
      const service = lengths(asked);
      const slow: Service = {
        ...service,
        answer: async (request) => {
          if (stops < 2 && asked.length >= 9 * (stops + 1)) controller.abort(new Error('stopped'));
          await new Promise((resolve) => setTimeout(resolve, 150));
          return service.answer(request);
        },
      };
      const done = await predictFile({
        run,
        declared: LENGTHS,
        service: slow,
        input,
        output,
        signal: controller.signal,
      }).catch((error: Error) => error.message);
      if (typeof done !== 'string') {
        expect({ ...done, output: '', asideFile: '' }).toEqual({ ...all, output: '', asideFile: '' });
        break;
      }
      expect(done).toBe('stopped');
      expect(existsSync(output)).toBe(false);
    }
    expect(read(output)).toBe(read(whole));
    expect(read(`${output}.set-aside.csv`)).toBe(read(`${whole}.set-aside.csv`));
    // What was kept was not asked for again.
    expect(asked.reduce((sum, n) => sum + n, 0)).toBeLessThan(2 * 1500);
    // Another version begins anew.
    const other = await predictFile({
      run: { id: 'run-2' } as FoundRun,
      declared: LENGTHS,
      service: lengths(),
      input,
      output,
    });
    expect(other).toMatchObject({ run: 'run-2', rows: 1500 });
  });

  it('is refused where the model takes no rows, or the output has no format', async () => {
    const input = file('in.csv', 'text\na\n');
    const output = join(directory, 'out.csv');
    const single = declared(z.strictObject({ text: z.string() }), 'length');
    await expect(predictFile({ run, declared: single, service: lengths(), input, output })).rejects.toThrow(
      /row by row/,
    );
    const mute: Service = { ...lengths(), answer: async () => ({ said: 'no' }) };
    await expect(predictFile({ run, declared: LENGTHS, service: mute, input, output })).rejects.toThrow(
      /row by row/,
    );
    await expect(
      predictFile({
        run,
        declared: LENGTHS,
        service: lengths(),
        input: file('b.csv', 'text\ncrash\n'),
        output,
      }),
    ).rejects.toThrow(/no answer to this/);
    expect(() => formatOfOutput('out.xlsx')).toThrow(/ends in .csv or .jsonl/);
    await expect(
      predictFile({ run, declared: LENGTHS, service: lengths(), input, output: input }),
    ).rejects.toThrow(/is the file that is predicted/);
    const nowhere = join(directory, 'none', 'out.csv');
    await expect(
      predictFile({ run, declared: LENGTHS, service: lengths(), input, output: nowhere }),
    ).rejects.toThrow(/none/);
    const first = predictFile({ run, declared: LENGTHS, service: lengths(), input, output });
    await expect(predictFile({ run, declared: LENGTHS, service: lengths(), input, output })).rejects.toThrow(
      Busy,
    );
    await first;
    expect(readdirSync(directory).filter((name) => /part/.test(name))).toEqual([]);
  });
});
