/** Who gets which version: by arithmetic, and from a real server. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from '@gradus/lifecycle';
import {
  assign,
  describeRun,
  openDatabase,
  promote,
  register,
  setTraffic,
  shadowsOf,
  type Traffic,
} from '@gradus/lifecycle';
import { digits, digitsRun } from '@gradus/lifecycle/testing';
import { chiSquaredTail } from '@gradus/stats';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningServer, serve } from './index.ts';

const users = Array.from({ length: 20_000 }, (_, i) => `user-${i}`);

/** The probability that shares as far from the wanted ones as these come about by chance. */
function pValue(got: readonly string[], { answer }: Traffic): number {
  const counts = Map.groupBy(got, (version) => version);
  const statistic = answer.reduce((sum, { version, percent }) => {
    const expected = (got.length * percent) / 100;
    return sum + ((counts.get(version)?.length ?? 0) - expected) ** 2 / expected;
  }, 0);
  return chiSquaredTail(statistic, answer.length - 1);
}

const split = (...percents: number[]): Traffic => ({
  answer: percents.map((percent, i) => ({ version: String(i + 1), percent })),
  shadow: [],
});

describe('shares', () => {
  it.each([[split(90, 10)], [split(50, 50)], [split(1, 99)], [split(33.3, 33.3, 33.4)]])(
    'are what they should be, for named users and for others (%j)',
    (traffic) => {
      // Named users are always the same ones: this either holds or not. Of the others one in a million tests may fail.
      expect(
        pValue(
          users.map((user) => assign(traffic, 'shop', user)),
          traffic,
        ),
      ).toBeGreaterThan(0.001);
      expect(
        pValue(
          users.map(() => assign(traffic, 'shop', undefined)),
          traffic,
        ),
      ).toBeGreaterThan(1e-6);
    },
  );

  it('of one model say nothing about another: who is in the one test group may be in either of the other', () => {
    const traffic = split(50, 50);
    const both = users.map((user) => `${assign(traffic, 'a', user)}${assign(traffic, 'b', user)}`);
    const quarters = {
      answer: ['11', '12', '21', '22'].map((version) => ({ version, percent: 25 })),
      shadow: [],
    };
    expect(pValue(both, quarters)).toBeGreaterThan(0.001);
  });

  it('of nothing get nobody, and everything gets everybody', () => {
    const traffic = split(0, 100, 0);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (user) => {
        expect(assign(traffic, 'm', user)).toBe('2');
      }),
    );
  });

  it('that grow take nobody away from the version that grows', () => {
    for (const user of users.slice(0, 2000)) {
      if (assign(split(90, 10), 'm', user) === '2') expect(assign(split(70, 30), 'm', user)).toBe('2');
    }
  });

  it('of shadows are drawn for each shadow by itself', () => {
    const traffic: Traffic = {
      ...split(100),
      shadow: [
        { version: 'all', percent: 100 },
        { version: 'some', percent: 30 },
        { version: 'none', percent: 0 },
      ],
    };
    const shown = users.map(() => shadowsOf(traffic));
    expect(shown.every((versions) => versions[0] === 'all' && !versions.includes('none'))).toBe(true);
    const some = shown.map((versions) => (versions.includes('some') ? '1' : '2'));
    expect(pValue(some, split(30, 70))).toBeGreaterThan(1e-6);
  });
});

describe('a user', () => {
  it('gets the same version in every process', () => {
    const some = ['ann', '张三', 'user@example.com', ...users.slice(0, 50)];
    const traffic = split(50, 50);
    const program = join(import.meta.dirname, '../../lifecycle/src/testing/assign-some.ts');
    const printed = execFileSync(process.execPath, [program, JSON.stringify(traffic), 'shop', ...some]);
    expect(JSON.parse(printed.toString())).toEqual(some.map((user) => assign(traffic, 'shop', user)));
  });
});

describe('a server', () => {
  let directory: string;
  let runs: string;
  let database: Database;
  const by = 'test';
  const open = (times = {}, slow = 0): Promise<RunningServer> =>
    serve({ model: 'models:/digits@champion', runs, recipes: [slowed(slow) as never], port: 0, times });

  /** The recipe of the run, whose answers take so many milliseconds longer. */
  const slowed = (ms: number): typeof digits => ({
    ...digits,
    service: {
      ...digits.service,
      open: async (folder) => {
        const service = await digits.service.open(folder);
        const answer: typeof service.answer = async (request) => {
          await new Promise((resolve) => setTimeout(resolve, ms));
          return service.answer(request);
        };
        return { ...service, answer };
      },
    },
  });

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'gradus-traffic-'));
    runs = join(directory, 'runs');
    mkdirSync(runs);
    database = await openDatabase(runs, '');
    for (const seed of [0, 1]) {
      const run = describeRun(await digitsRun(runs, seed));
      await register(database, { model: 'digits', run, by });
    }
    await promote(database, { model: 'digits', version: 1, by });
    await promote(database, { model: 'digits', version: 2, alias: 'challenger', by });
  });
  afterAll(async () => {
    await database?.destroy();
    rmSync(directory, { recursive: true, force: true });
  });

  const image = new Array<number>(784).fill(0.5);
  const ask = (server: RunningServer, user?: string) =>
    fetch(`${server.url}/v1/digits`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${server.token}`,
        'content-type': 'application/json',
        ...(user !== undefined && { 'x-user-id': user }),
      },
      body: JSON.stringify({ images: [image] }),
    });
  const infer = (server: RunningServer, path: string) =>
    fetch(`${server.url}/v2/models/digits/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        inputs: [{ name: 'x', datatype: 'FP32', shape: [1, 784], data: image }],
      }),
    });
  const metric = async (server: RunningServer, line: RegExp): Promise<number> => {
    const response = await fetch(`${server.url}/metrics`, {
      headers: { authorization: `Bearer ${server.token}` },
    });
    return Number(line.exec(await response.text())?.[1] ?? 0);
  };

  it('keeps users to their versions across a restart, and has shadows answer unheard', async () => {
    const traffic: Traffic = {
      answer: [
        { version: 'champion', percent: 60 },
        { version: 'challenger', percent: 40 },
      ],
      shadow: [{ version: '2', percent: 100 }],
    };
    await setTraffic(database, { model: 'digits', traffic, by });
    const some = users.slice(0, 40);
    // One after the other: many at once would be turned away by a busy machine.
    const versions = async (server: RunningServer) => {
      const got: (string | null)[] = [];
      for (const user of some) got.push((await ask(server, user)).headers.get('x-gradus-version'));
      return got;
    };
    const first = await open();
    const before = await versions(first);
    expect(await versions(first)).toEqual(before);
    const answers = /gradus_predictions_total\{model="digits",version="2",role="shadow"\} (\d+)/;
    const shadowed = async (count: number) => {
      for (
        const deadline = Date.now() + 20_000;
        (await metric(first, answers)) < count && Date.now() < deadline;
      ) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      expect(await metric(first, answers)).toBe(count);
    };
    await shadowed(80);
    // The model by itself too, but not who asks for a version by its number.
    for (const path of ['versions/1/infer', 'infer']) {
      const response = await infer(first, path);
      expect(response.status).toBe(200);
      expect(((await response.json()) as { outputs: { data: number[] }[] }).outputs[0]!.data).toHaveLength(
        10,
      );
    }
    await shadowed(81);
    await first.close();
    expect(new Set(before)).toEqual(new Set(['1', '2']));
    const names = { champion: '1', challenger: '2' } as const;
    expect(before).toEqual(some.map((user) => names[assign(traffic, 'digits', user) as keyof typeof names]));
    const second = await open();
    expect(await versions(second)).toEqual(before);
    await second.close();
    await setTraffic(database, { model: 'digits', traffic: undefined, by });
  });

  it('answers at once when it is there, and tells those to stop waiting whom it cannot answer in time', async () => {
    const server = await open({ answer: 300 }, 1500);
    const late = await ask(server);
    expect(late.status).toBe(504);
    expect(await late.json()).toMatchObject({
      error: { code: 'timeout', message: 'No answer within 0.3 s.' },
    });
    const pending = /gradus_requests_pending (\d+)/;
    // What nobody waits for is still being worked on, and counts as work.
    expect(await metric(server, pending)).toBe(1);
    for (
      const deadline = Date.now() + 20_000;
      (await metric(server, pending)) > 0 && Date.now() < deadline;
    ) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(await metric(server, pending)).toBe(0);
    await server.close();
    const quick = await open();
    expect((await ask(quick)).status).toBe(200);
    await quick.close();
  });

  it('finishes what it has begun when it is stopped, and takes nothing more', async () => {
    const server = await open({}, 700);
    const under = Promise.all([ask(server), ask(server), ask(server)]);
    for (const deadline = Date.now() + 20_000; Date.now() < deadline; ) {
      if ((await metric(server, /gradus_requests_pending (\d+)/)) === 3) break;
    }
    const closed = server.close();
    await expect(fetch(`${server.url}/healthz`, { headers: { connection: 'close' } })).rejects.toThrow();
    for (const { status } of await under) expect(status).toBe(200);
    await closed;
  });
});
