/** A model of a table behind a server: what would change its answers. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Recipe, runLoop } from '@gradus/loop';
import { RECIPES } from '@gradus/recipes';
import { type RunningServer, serve } from '@gradus/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

type Row = Readonly<Record<string, string | number | null>>;

interface Change {
  readonly column: string;
  readonly from: string | number | null;
  readonly to: string | number;
  readonly answer: number;
  readonly change: number;
  readonly decision?: string;
}

interface Result {
  readonly prediction: string | number;
  readonly probabilities?: Readonly<Record<string, number>>;
  readonly reasons?: readonly unknown[];
  readonly whatIf?: {
    readonly answer: number;
    readonly speaksOf?: string;
    readonly raising: readonly Change[];
    readonly lowering: readonly Change[];
    readonly deciding: readonly Change[];
  };
}

const ROWS: readonly Row[] = [
  { plan: 'monthly', country: 'Brazil', seats: 1, logins_last_month: 2, tickets_last_quarter: 4 },
  { plan: 'yearly', seats: '12', logins_last_month: 25, tickets_last_quarter: 0, payment_failed: 'no' },
  { plan: 'never seen', country: null, price_per_month: '1,900.00' },
];

describe.each(['left', 'price_per_month'])('a model of the column %s', (target) => {
  let directory: string;
  let server: RunningServer;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'gradus-learn-service-'));
    const runs = join(directory, 'runs');
    mkdirSync(runs);
    const data = join(directory, 'customers.csv');
    const customers = new URL('../../../examples/customers/customers.csv', import.meta.url);
    writeFileSync(data, readFileSync(customers, 'utf8').split('\n').slice(0, 500).join('\n'));
    const learn = RECIPES.find(({ name }) => name === 'learn') as Recipe;
    const options = learn.options.parse({ target, minutes: 0.1 }) as object;
    const run = await runLoop(learn as Recipe<object>, { sources: { data }, options, seed: 0, runs });
    server = await serve({ model: run.id, runs, recipes: RECIPES, port: 0, database: '' });
  });
  afterAll(async () => {
    await server?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const ask = (body: unknown, language = 'en'): Promise<Response> =>
    fetch(`${server.url}/v1/learn`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: {
        authorization: `Bearer ${server.token}`,
        'content-type': 'application/json',
        'accept-language': language,
      },
    });
  const results = async (body: unknown): Promise<readonly Result[]> => {
    const response = await ask(body);
    expect(response.status).toBe(200);
    return ((await response.json()) as { readonly results: readonly Result[] }).results;
  };
  const answerOf = ({ prediction, probabilities }: Result, speaksOf: string | undefined) =>
    speaksOf === undefined ? Number(prediction) : probabilities![speaksOf]!;

  it('tells changes after which it answers just what it said it would', async () => {
    const asked = await results({ rows: ROWS, whatIf: true, reasons: true });
    expect(asked.map(({ whatIf: _, reasons: __, ...answer }) => answer)).toEqual(
      await results({ rows: ROWS }),
    );
    for (const [i, result] of asked.entries()) {
      const { answer, speaksOf, raising, lowering, deciding } = result.whatIf!;
      expect(answer).toBe(answerOf(result, speaksOf));
      expect(result.reasons!.length).toBeGreaterThan(0);
      expect(raising.length + lowering.length).toBeGreaterThan(0);
      expect(raising.every(({ change }) => change > 0)).toBe(true);
      expect(lowering.every(({ change }) => change < 0)).toBe(true);
      const changes = [...raising, ...lowering, ...deciding];
      const then = await results({ rows: changes.map(({ column, to }) => ({ ...ROWS[i], [column]: to })) });
      for (const [k, { answer, decision, column }] of changes.entries()) {
        expect(answerOf(then[k]!, speaksOf), column).toBeCloseTo(answer, 6);
        if (decision !== undefined) expect(then[k]!.prediction).toBe(decision);
      }
    }
  });

  it('refuses more rows than it tells changes of, in both languages', async () => {
    const rows = Array.from({ length: 21 }, () => ROWS[0]);
    expect(await results({ rows })).toHaveLength(21);
    for (const [language, words] of [
      ['en', /has 21 rows.*at most 20 rows.*Send fewer/],
      ['zh', /21 行.*最多为 20 行.*请减少行数/],
    ] as const) {
      const response = await ask({ rows, whatIf: true }, language);
      expect(response.status).toBe(400);
      const { error } = (await response.json()) as { error: { message: string } };
      expect(error.message).toMatch(words);
    }
  });

  it('says in its documents and its form what may be asked', async () => {
    const headers = { authorization: `Bearer ${server.token}` };
    const { paths } = (await (await fetch(`${server.url}/openapi.json`, { headers })).json()) as {
      paths: Record<string, { post: { requestBody: { content: Record<string, { schema: object }> } } }>;
    };
    expect(paths['/v1/learn']!.post.requestBody.content['application/json']!.schema).toMatchObject({
      properties: {
        rows: { maxItems: 1000, description: expect.stringContaining('by column') },
        whatIf: {
          description: expect.stringContaining('at most 20 rows'),
          zh: expect.stringContaining('最多 20 行'),
        },
      },
    });
    const page = async (language: string) =>
      (await fetch(server.url, { headers: { ...headers, 'accept-language': language } })).text();
    expect(await page('en')).toContain('at most 20 rows');
    expect(await page('zh-CN')).toContain('最多 20 行');
  });
});
