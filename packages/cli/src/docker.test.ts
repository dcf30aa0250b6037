/**
 * No Docker engine runs where these tests do: the steps of the Dockerfile are read from it and done by hand, in a folder that
 * is all there is of the image. What an engine adds (the base image, the user, the network) is not tested.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { exportModel, openDatabase } from '@gradus/lifecycle';
import { makeRun } from '@gradus/lifecycle/testing';
import type { Recipe } from '@gradus/loop';
import { RECIPES } from '@gradus/recipes';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let directory: string;
let context: string;
let run: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'gradus-docker-'));
  const runs = join(directory, 'runs');
  makeRun(runs, 'demand-first', { recipe: 'demand' });
  const made = makeRun(runs, 'demand-second', { recipe: 'demand', parent: 'demand-first' });
  run = made.id;
  const summary = { metrics: {}, columns: { text: { column: 'review' } } };
  const { directory: _, ...record } = made;
  writeFileSync(join(made.directory, 'run.json'), JSON.stringify({ ...record, summary }));
  writeFileSync(join(made.directory, 'bundle.json'), JSON.stringify(BUNDLE));
  writeFileSync(join(made.directory, '.token'), 'secret');
  const database = await openDatabase(runs, '');
  const out = join(directory, 'context');
  ({ directory: context } = await exportModel(database, {
    model: run,
    runs,
    recipes: RECIPES as readonly Recipe[],
    to: 'docker',
    out: () => out,
  }));
  await database.destroy();
});
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});

/** node_modules as `npm ci --omit=dev` would make it: our packages from the image, the others from this repository. */
function linkModules(image: string): void {
  const lock = JSON.parse(readFileSync(join(image, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean; link?: boolean; resolved?: string }>;
  };
  for (const [path, { dev, link, resolved }] of Object.entries(lock.packages)) {
    if (!/^node_modules\/(?:@[^/]+\/)?[^/]+$/.test(path) || dev) continue;
    const from = link ? join(image, resolved!) : join(REPOSITORY, path);
    if (!existsSync(from)) continue;
    mkdirSync(dirname(join(image, path)), { recursive: true });
    symlinkSync(from, join(image, path));
  }
}

const REPOSITORY = join(import.meta.dirname, '..', '..', '..');

const floats = (...values: number[]) => Buffer.from(new Float32Array(values).buffer).toString('base64');

/** What a run that learnt no sentiment leaves, with one theme: texts with the word "kettle". */
const BUNDLE = {
  format: 'gradus-demand-1',
  signature: null,
  features: null,
  pinned: {},
  themes: {
    themes: [
      {
        id: 'kettles',
        name: 'kettle',
        terms: ['kettle'],
        general: false,
        size: 1,
        stability: 1,
        profile: {},
      },
    ],
    space: {
      terms: ['kettle'],
      weights: floats(1),
      projection: floats(1),
      lsa: 1,
      words: [],
      wordWeights: floats(),
      vectors: floats(),
      embedding: 0,
    },
    centroids: floats(1),
  },
};

/** Instructions in order, with continued lines joined and comments left out. */
function instructions(): [name: string, rest: string][] {
  return readFileSync(join(context, 'Dockerfile'), 'utf8')
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name, rest] = /^([A-Z]+) (.*)$/.exec(line)!;
      return [name!, rest!];
    });
}

describe('gradus export --to docker', () => {
  it('is a context of its own, without tests, other runs or secrets', () => {
    expect(readdirSync(join(context, 'runs')).sort()).toEqual(['demand-first', 'demand-second']);
    expect(readdirSync(join(context, 'runs', 'demand-first'))).toEqual(['run.json']);
    const files = readdirSync(context, { recursive: true }).map(String);
    expect(files.filter((path) => /\.test\.ts$|node_modules|\.token|\.db|testing/.test(path))).toEqual([]);
    const lock = JSON.parse(readFileSync(join(context, 'package-lock.json'), 'utf8'));
    expect(Object.keys(lock.packages).filter((path) => /node-(?:linux|darwin|win)/.test(path))).toEqual([]);
  });

  it('runs as a user without rights, tells an engine how it is, and lets itself be stopped', () => {
    const steps = instructions();
    const names = steps.map(([name]) => name);
    const of = (name: string) => steps.find(([found]) => found === name)?.[1];
    expect(names[0]).toBe('FROM');
    expect(of('FROM')).toMatch(/^node:24-slim$/);
    expect(of('USER')).toBe('node');
    expect(names.indexOf('USER')).toBeGreaterThan(names.lastIndexOf('RUN'));
    expect(of('STOPSIGNAL')).toBe('SIGTERM');
    expect(of('EXPOSE')).toBe('8420');
    expect(of('HEALTHCHECK')).toContain('/healthz');
  });
});

describe('the steps of the Dockerfile, done by hand', () => {
  it('install, start only with a token, answer, and stop when told', async () => {
    const image = join(directory, 'image');
    mkdirSync(image);
    const ignored = readFileSync(join(context, '.dockerignore'), 'utf8');
    const environment: Record<string, string> = {
      PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}`,
      HOME: process.env.HOME ?? directory,
    };
    for (const [name, rest] of instructions()) {
      if (name === 'ENV') {
        const [key, value] = rest.split('=') as [string, string];
        environment[key] = value;
      }
      if (name === 'COPY') {
        const [target, ...sources] = rest
          .split(' ')
          .filter((part) => !part.startsWith('--'))
          .reverse();
        for (const source of sources) {
          expect(ignored).toContain(`!${source}\n`);
          const to = target === './' ? join(image, source) : join(image, target!);
          cpSync(join(context, source), to, { recursive: true });
        }
      }
      // Installing takes minutes: npm says whether it could, and what it would install is linked from here.
      if (name === 'RUN') {
        execFileSync('/bin/sh', ['-c', `${rest} --offline --dry-run`], {
          cwd: image,
          env: environment,
          stdio: 'pipe',
        });
        linkModules(image);
      }
    }
    expect(existsSync(join(image, 'node_modules', 'vitest'))).toBe(false);

    const list = (name: string): string[] =>
      JSON.parse(instructions().find(([found]) => found === name)![1]) as string[];
    const command = [...list('ENTRYPOINT'), ...list('CMD')].map((part) => (part === '8420' ? '0' : part));
    const start = (more: Record<string, string>) => {
      const child = spawn(command[0]!, command.slice(1), { cwd: image, env: { ...environment, ...more } });
      children.push(child);
      let said = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
      const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
      return { child, said: () => said, ended };
    };
    const refused = start({});
    expect(await refused.ended).not.toBe(0);
    expect(refused.said()).toContain('Give the container a token');

    const token = 'a-token-of-these-tests';
    const server = start({ GRADUS_TOKEN: token });
    let url: string | undefined;
    for (const deadline = Date.now() + 60_000; !url && Date.now() < deadline; ) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      url = /http:\/\/[\d.]+:\d+/.exec(server.said())?.[0].replace('0.0.0.0', '127.0.0.1');
    }
    expect(url, server.said()).toBeDefined();
    expect(server.said()).not.toContain(token);

    const health = instructions().find(([name]) => name === 'HEALTHCHECK')![1];
    const check = JSON.parse(
      health.slice(health.indexOf('CMD ') + 4).replace('http://127.0.0.1:8420', url!),
    ) as string[];
    execFileSync(check[0]!, check.slice(1), { env: environment });

    const answer = await fetch(`${url}/v1/demand`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ texts: ['The kettle leaks.'] }),
    });
    expect(await answer.json()).toMatchObject({ run, results: [{ sentiment: null }] });
    // Corrections go to the first run of the lineage, whose record came along.
    const correction = await fetch(`${url}/v1/feedback`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ corrections: [{ text: 'The kettle leaks.', theme: 'kettles' }] }),
    });
    expect(await correction.json()).toEqual({ recorded: 1 });
    expect((await fetch(`${url}/report`)).status).toBe(401);

    server.child.kill('SIGTERM');
    expect(await server.ended).toBe(0);
  });
});
