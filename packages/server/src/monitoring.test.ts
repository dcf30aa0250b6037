/** A real server, a real database, a real webhook: what is logged, what is watched, and who is told. */
import { spawn } from 'node:child_process';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { Random } from '@gradus/base';
import type { Database, QualityWindow } from '@gradus/lifecycle';
import {
  type Alert,
  addWebhook,
  forget,
  idAt,
  newPredictionId,
  openDatabase,
  webhookSignature,
} from '@gradus/lifecycle';
import { moods, moodsRun, onBothDatabases, type Place, textsOf } from '@gradus/lifecycle/testing';
import { wilsonInterval } from '@gradus/stats';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type RunningServer, serve } from './serve.ts';

const WINDOW = 100;
const OUTCOMES = 50;

async function until<T>(what: () => Promise<T | undefined | false> | T | undefined | false): Promise<T> {
  for (const deadline = Date.now() + 60_000; ; await after(100)) {
    const found = await what();
    if (found) return found;
    if (Date.now() > deadline) throw new Error('waited in vain');
  }
}

onBothDatabases((place) => {
  let where: Place;
  let database: Database;
  let server: RunningServer;

  const ask = (path: string, body?: unknown, headers: Record<string, string> = {}) =>
    fetch(server.url + path, {
      ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
      headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json', ...headers },
    });
  const json = async <T>(path: string, body?: unknown) => (await (await ask(path, body)).json()) as T;
  const predict = (texts: readonly string[]) =>
    json<{ prediction: string; run: string }>('/v1/moods', { texts });
  const driftWindows = async () =>
    (await json<{ windows: { alarm: boolean; window: number }[] }>('/v1/monitoring/drift')).windows;

  beforeAll(async () => {
    where = await place();
    const run = await moodsRun(where[0]);
    database = await openDatabase(...where);
    server = await serve({
      model: run.id,
      runs: where[0],
      recipes: [moods],
      port: 0,
      database: where[1],
      monitoring: { window: WINDOW, outcomes: OUTCOMES, pace: 0, interval: 1, iterateOnDrift: true },
    });
  });
  afterAll(async () => {
    await server?.close();
    await database?.destroy();
  });

  it('logs what was asked and answered, without personal data, and names it', async () => {
    const text = 'I am Jane, write to jane.doe@example.com please';
    const response = await ask('/v1/moods', { texts: [text] }, { 'x-user-id': 'user 17' });
    const id = response.headers.get('x-gradus-prediction')!;
    const answer = (await response.json()) as { prediction: string; results: { text: string }[] };
    expect(answer.prediction).toBe(id);
    // Whoever asked gets their own text back.
    expect(answer.results[0]!.text).toBe(text);
    const row = await database
      .selectFrom('predictions')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    expect(row).toMatchObject({ role: 'answer', version: '1', run: 'moods-1', caller: 'owner', rows: 1 });
    expect(JSON.parse(row.input!)).toEqual({ texts: [expect.stringContaining('[EMAIL]')] });
    expect(JSON.parse(row.features)).toEqual([
      { inputs: { length: text.length, first: 'I' }, outputs: { mood: 'good' } },
    ]);
    expect(row.pseudonym).toMatch(/^[\w-]{16}$/);
    expect(JSON.stringify(row)).not.toMatch(/jane\.doe|user 17/);
  });

  it('logs tensors by what can be told of them', async () => {
    const { model } = await json<{ model: string }>('/healthz');
    const response = await ask(`/v2/models/${model}/infer`, {
      inputs: [{ name: 'x', shape: [2, 3], datatype: 'FP32', data: [1, 2, 3, 4, 5, 6] }],
    });
    const id = response.headers.get('x-gradus-prediction')!;
    const row = await database
      .selectFrom('predictions')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    expect(row).toMatchObject({ rows: 2, input: null });
    expect(JSON.parse(row.features)[1]).toEqual({
      inputs: { 'x[0]': 4, 'x[1]': 5, 'x[2]': 6 },
      outputs: { 'y.class': '2', 'y.score': 12 },
    });
    await database.deleteFrom('predictions').where('id', '=', id).execute();
  });

  it('joins outcomes and corrections to predictions, and says which it cannot', async () => {
    const { prediction: id } = await predict(['a', 'b']);
    const single = await predict(['a long text that is good']);
    const inBoth = (en: string, zh: string) => ({
      en: expect.stringContaining(en),
      zh: expect.stringContaining(zh),
    });
    const tell = (outcomes: unknown) => json('/v1/outcomes', { outcomes });
    expect(
      await tell([
        { prediction: `${id}.0`, outcome: 'bad' },
        { prediction: `${id}.1`, outcome: { mood: 'good' } },
        { prediction: id, outcome: 'bad' },
        { prediction: `${id}.2`, outcome: 'bad' },
        { prediction: newPredictionId(), outcome: 'bad' },
        { prediction: 'none', outcome: 'bad' },
        { prediction: single.prediction, outcome: 'bad' },
      ]),
    ).toEqual({
      recorded: 3,
      repeated: 0,
      replaced: 0,
      setAside: [
        { index: 2, reason: inBoth('is of 2 rows: name one', '有 2 行：请指明其中一行') },
        { index: 3, reason: inBoth('has 2 rows; 2 is none of them', '没有第 2 行') },
        {
          index: 4,
          reason: inBoth('is in the log: it was never logged here, or is older', '从未记录，或已超过'),
        },
        { index: 5, reason: inBoth('"none" is no prediction\'s id', '“none”不是预测编号') },
      ],
    });
    expect(
      await tell([
        { prediction: `${id}.0`, outcome: 'bad' },
        { prediction: `${id}.1`, outcome: { mood: 'bad' } },
      ]),
    ).toMatchObject({ recorded: 0, repeated: 1, replaced: 1 });
    expect(await json('/v1/outcomes', { prediction: single.prediction, outcome: 'good' })).toMatchObject({
      replaced: 1,
    });
    const unknown = await ask('/v1/outcomes', { prediction: newPredictionId(), outcome: 1 });
    expect(unknown.status).toBe(404);

    const corrections = [
      { text: 'a', mood: 'good', prediction: `${id}.0` },
      { text: 'b', mood: 'good', prediction: newPredictionId() },
      { text: 'c', mood: 'good' },
    ];
    expect(await json('/v1/feedback', { corrections })).toEqual({
      recorded: 3,
      withoutPrediction: [{ index: 1, reason: inBoth('is in the log', '日志中没有预测') }],
    });
    const joined = await database
      .selectFrom('outcomes')
      .select(['row', 'outcome'])
      .where('source', '=', 'correction')
      .execute();
    expect(joined).toEqual([{ row: 0, outcome: '{"mood":"good"}' }]);
  });

  describe('with a webhook', () => {
    let hook: Server;
    let secret: string;
    const received: { headers: IncomingHttpHeaders; body: string }[] = [];

    beforeAll(async () => {
      hook = createServer((request, response) => {
        let body = '';
        request.on('data', (chunk) => {
          body += chunk;
        });
        request.on('end', () => {
          received.push({ headers: request.headers, body });
          // The first try fails.
          response.writeHead(received.length === 1 ? 500 : 204).end();
        });
      }).listen(0, '127.0.0.1');
      await new Promise((resolve) => hook.once('listening', resolve));
      const url = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/told`;
      await expect(addWebhook(database, { url, by: 'test' })).rejects.toThrow(/--allow-private/);
      ({ secret } = await addWebhook(database, { url, allowPrivate: true, by: 'test' }));
    });
    afterAll(() => hook.close());

    it('is silent while traffic is like the run’s own data, and alarms in the first window that is not', async () => {
      const random = new Random(1);
      for (let i = 0; i < 6; i++) await predict(textsOf(random, WINDOW / 2));
      const calm = await until(async () => {
        const windows = await driftWindows();
        return windows.length >= 3 && windows;
      });
      expect(calm.map(({ alarm }) => alarm)).toEqual([false, false, false]);
      await predict(textsOf(random, WINDOW, 26));
      const shifted = await until(async () => (await driftWindows()).find(({ window }) => window === 4));
      expect(shifted).toMatchObject({
        alarm: true,
        version: '1',
        report: {
          rows: WINDOW,
          reference: 'run',
          referenceRows: 1000,
          features: [
            { feature: 'input length', drifted: true, distance: { method: 'kolmogorov-smirnov' } },
            {},
            {},
          ],
        },
      });
      const metrics = await (await ask('/metrics')).text();
      expect(metrics).toMatch(/gradus_drift_score\{.*feature="input length",measure="psi"\} [\d.]+/);
      expect(metrics).toMatch(/gradus_alarm\{.*kind="drift"\} 1/);
      const jobs = await database.selectFrom('jobs').select(['kind', 'payload', 'by']).execute();
      expect(jobs).toEqual([
        { kind: 'iterate', payload: '{"model":"models:/moods-1@champion"}', by: 'drift' },
      ]);
    });

    it('tells the webhook, signed, until it has heard', async () => {
      const { headers, body } = await until(() => received[1]);
      const [id, seconds] = [headers['webhook-id'] as string, headers['webhook-timestamp'] as string];
      expect(headers['webhook-signature']).toBe(webhookSignature({ secret, id, seconds, body }));
      expect(received[0]!.headers['webhook-id']).toBe(id);
      expect(received[0]!.body).toBe(body);
      expect(JSON.parse(body) as Alert).toMatchObject({
        event: 'drift',
        model: 'moods-1',
        version: '1',
        text: {
          en: expect.stringContaining("differ from the run's own data (input length"),
          zh: expect.stringContaining('不同（input length'),
        },
      });
      const delivery = await until(async () => {
        const row = await database.selectFrom('deliveries').selectAll().executeTakeFirstOrThrow();
        return row.state === 'delivered' && row;
      });
      expect(delivery).toMatchObject({ attempts: 2, error: null });
    });

    it('does not repeat an alarm that lasts, and judges quality by outcomes', async () => {
      const random = new Random(2);
      await predict(textsOf(random, WINDOW, 26));
      await until(async () => (await driftWindows()).find(({ window }) => window === 5));

      const { prediction: id } = await predict(new Array(OUTCOMES).fill('short'));
      // Right 30 times of 50; the run was right 9 times in 10.
      const outcomes = Array.from({ length: OUTCOMES }, (_, i) => ({
        prediction: `${id}.${i}`,
        outcome: i < 30 ? 'bad' : 'good',
      }));
      await json('/v1/outcomes', { outcomes });
      const told = await until(() => received[2]);
      expect(JSON.parse(told.body)).toMatchObject({
        event: 'quality',
        window: { report: { n: OUTCOMES, gate: { accuracy: 0.9, source: 'run' } } },
      });
      const { windows } = await json<{ windows: QualityWindow[] }>('/v1/monitoring/quality?by=week');
      // These, and the three outcomes of before, of which two were right.
      expect(windows).toMatchObject([{ version: '1', role: 'answer', outcomes: 53, corrections: 1 }]);
      expect(windows[0]!.predictions).toBe(554);
      const [accuracy] = windows[0]!.figures;
      expect(accuracy).toMatchObject({ output: 'mood', metric: 'accuracy', n: 53 });
      expect(accuracy!.interval).toEqual(wilsonInterval(Math.round(accuracy!.value * 53), 53));
    });

    it('tells of errors', async () => {
      const log = vi.spyOn(console, 'error').mockReturnValue();
      await Promise.all(Array.from({ length: 30 }, () => ask('/v1/moods', { texts: ['fail'] })));
      log.mockRestore();
      const told = await until(() => received.find(({ body }) => body.startsWith('{"event":"errors"')));
      expect(JSON.parse(told.body)).toMatchObject({
        text: { en: expect.stringMatching(/requests failed \([\d.]+%; at most 5.0% may fail\)/) },
      });
    });

    it('shows it all on a page, in both languages', async () => {
      const page = await (await ask('/monitoring')).text();
      for (const text of [
        'Monitoring: moods-1',
        '监控：moods-1',
        'input length',
        'the run&#39;s own data',
        'mood: ',
      ]) {
        expect(page).toContain(text);
      }
      expect(page.match(/<svg/g)!.length).toBeGreaterThanOrEqual(8);
      expect(await json('/v1/monitoring')).toMatchObject({ model: 'moods-1', alerts: { delivered: 3 } });
      expect((await ask('/v1/monitoring/quality?by=month')).status).toBe(400);
    });
  });

  it('goes on after a start where it was', async () => {
    const before = await driftWindows();
    await predict(textsOf(new Random(3), WINDOW / 2));
    await server.close();
    server = await serve({
      model: 'moods-1',
      runs: where[0],
      recipes: [moods],
      port: 0,
      database: where[1],
      monitoring: { window: WINDOW, pace: 0 },
    });
    await predict(textsOf(new Random(4), WINDOW / 2));
    const windows = await until(async () => {
      const found = await driftWindows();
      return found.length > before.length && found;
    });
    expect(windows).toHaveLength(before.length + 1);
    expect(windows[0]).toMatchObject({ window: before[0]!.window + 1 });
  });

  it('forgets what is too old and what is too much, with its outcomes', async () => {
    const old = await openDatabase(...(await place()));
    const day = 24 * 3600 * 1000;
    const rows = Array.from({ length: 1200 }, (_, i) => ({
      id: `${idAt(Date.now() - i * day)}${newPredictionId().slice(15)}`,
      role: 'answer' as const,
      model: 'm',
      version: '1',
      run: 'r',
      at: new Date(Date.now() - i * day).toISOString(),
      ms: 1,
      caller: 'c',
      pseudonym: null,
      rows: 1,
      input: null,
      output: null,
      features: '[]',
    }));
    await old.insertInto('predictions').values(rows).execute();
    const outcome = { row: 0, source: 'outcome' as const, outcome: '1', by: 'b', at: rows[0]!.at };
    await old
      .insertInto('outcomes')
      .values([rows[3]!, rows[40]!].map(({ id }) => ({ prediction: id, ...outcome })))
      .execute();
    const left = async () => (await old.selectFrom('predictions').select('id').execute()).length;
    expect(await forget(old, { days: 1100, rows: 1000 })).toBe(200);
    expect(await left()).toBe(1000);
    expect(await forget(old, { days: 29.5, rows: 1000 })).toBe(970);
    expect(await left()).toBe(30);
    expect(await old.selectFrom('outcomes').select('prediction').execute()).toEqual([
      { prediction: rows[3]!.id },
    ]);
    await old.destroy();
  });

  it('loses nothing that a client was told of, where the server is killed', async () => {
    const [runs, url] = await place();
    const run = await moodsRun(runs, { reference: false });
    const program = join(import.meta.dirname, 'testing/serve-moods.ts');
    const child = spawn(process.execPath, [program, runs, run.id, url]);
    const { url: address, token } = await new Promise<{ url: string; token: string }>((resolve) =>
      child.stdout.once('data', (line) => resolve(JSON.parse(String(line)))),
    );
    const acknowledged: string[] = [];
    const asking = Array.from({ length: 8 }, async (_, i) => {
      for (let k = 0; ; k++) {
        const response = await fetch(`${address}/v1/moods`, {
          method: 'POST',
          body: JSON.stringify({ texts: [`client ${i}, question ${k}`] }),
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        }).catch(() => undefined);
        const id = response?.headers.get('x-gradus-prediction');
        if (!id) return;
        acknowledged.push(id);
      }
    });
    await until(() => acknowledged.length >= 200);
    child.kill('SIGKILL');
    await Promise.all(asking);
    const after_ = await openDatabase(runs, url);
    const logged = await after_.selectFrom('predictions').select('id').execute();
    const ids = new Set(logged.map(({ id }) => id));
    expect(acknowledged.filter((id) => !ids.has(id))).toEqual([]);
    await after_.destroy();
  });
});
