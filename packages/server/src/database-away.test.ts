/** A Postgres that is stopped, or stands still, while a server runs on it: predictions go on, the server says what is wrong, and mends by itself. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKey, openDatabase } from '@gradus/lifecycle';
import {
  moods,
  moodsRun,
  type PostgresServer,
  postgresIsHere,
  startPostgres,
} from '@gradus/lifecycle/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type RunningServer, serve } from './serve.ts';

/** Milliseconds. Nobody who asks a model waits for the database longer, on a busy machine. */
const SOON = 2000;

describe.skipIf(!postgresIsHere)('a Postgres that goes away (needs apt-get install postgresql)', () => {
  let directory: string;
  let postgres: PostgresServer;
  let server: RunningServer;
  let key: string;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'gradus-away-'));
    const runs = join(directory, 'runs');
    mkdirSync(runs);
    const run = await moodsRun(runs);
    postgres = startPostgres();
    const database = postgres.url('postgres');
    server = await serve({ model: run.id, runs, recipes: [moods], port: 0, database });
    const opened = await openDatabase(runs, database);
    key = await createKey(opened, { name: 'shop', scopes: ['predict'] });
    await opened.destroy();
  }, 60_000);
  afterAll(async () => {
    await server?.close();
    postgres?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const ask = async (path: string, token?: string, body?: object) => {
    const started = performance.now();
    const response = await fetch(`${server.url}${path}`, {
      method: body ? 'POST' : 'GET',
      headers: {
        ...(token && { authorization: `Bearer ${token}` }),
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, ms: performance.now() - started };
  };
  const predict = (token = server.token) => ask('/v1/moods', token, { texts: ['good'] });
  const isLogged = ({ status, headers }: Awaited<ReturnType<typeof predict>>) => {
    expect(status).toBe(200);
    return headers.has('x-gradus-prediction');
  };
  const unlogged = async () =>
    Number(/^gradus_predictions_unlogged_total (\d+)/m.exec((await ask('/metrics', server.token)).text)![1]);
  const correct = () => ask('/v1/feedback', server.token, { corrections: [{ text: 'good', mood: 'good' }] });
  const newKey = (name: string) => ask('/v1/keys', server.token, { name, scopes: ['predict'] });

  async function isWell(): Promise<void> {
    await vi.waitFor(
      async () => {
        expect(JSON.parse((await ask('/healthz')).text)).toMatchObject({ status: 'ok' });
        expect(isLogged(await predict())).toBe(true);
        expect(isLogged(await predict(key))).toBe(true);
      },
      { timeout: 30_000, interval: 200 },
    );
  }

  /** What holds however it is away. */
  async function isAway(): Promise<void> {
    const before = await unlogged();
    for (const token of [server.token, key, server.token, key]) {
      const answer = await predict(token);
      expect(isLogged(answer)).toBe(false);
      expect(answer.ms).toBeLessThan(SOON);
    }
    await vi.waitFor(async () => {
      const health = await ask('/healthz');
      expect(health.ms).toBeLessThan(SOON);
      expect(health.status).toBe(200);
      expect(JSON.parse(health.text)).toMatchObject({
        status: 'degraded',
        database: 'unavailable',
        message: expect.stringContaining('not logged'),
        recipe: 'moods',
      });
    });
    for (const write of [await newKey('late'), await correct(), await ask('/v1/models', server.token)]) {
      expect(write.status, write.text).toBe(503);
      expect(JSON.parse(write.text).error).toMatchObject({ code: 'database_unavailable' });
      expect(write.headers.get('retry-after')).toBe('5');
    }
    // A key that nobody has used before cannot be told from one that nobody has.
    expect((await predict(`gradus_${'a'.repeat(43)}`)).status).toBe(503);
    await vi.waitFor(async () => expect(await unlogged()).toBeGreaterThanOrEqual(before + 4), {
      timeout: 15_000,
    });
  }

  it('is stopped and started again', async () => {
    await isWell();
    for (let i = 0; i < 2; i++) {
      postgres.halt();
      try {
        await isAway();
      } finally {
        postgres.resume();
      }
      await isWell();
      expect((await newKey(`key-${i}`)).status).toBeLessThan(300);
      expect((await correct()).status).toBe(200);
    }
  }, 120_000);

  it('stands still, and goes on', async () => {
    await isWell();
    postgres.freeze(true);
    try {
      await isAway();
    } finally {
      postgres.freeze(false);
    }
    await isWell();
    expect((await correct()).status).toBe(200);
  }, 120_000);
});
