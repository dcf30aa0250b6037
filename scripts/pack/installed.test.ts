/**
 * What a new user does: installs Gradus in an empty folder, without the source tree, and works with it. Everything is packed as
 * for publishing and comes from a registry on this machine; no script of a package runs.
 */
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import { VERSION } from '@gradus/base';
import { makeRun } from '@gradus/lifecycle/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pack } from '../pack.ts';
import { type Registry, startRegistry } from './registry.ts';

const root = join(import.meta.dirname, '../..');
const sample = readFileSync(join(root, 'examples/reviews/reviews.csv'), 'utf8').split('\n');

let directory: string;
/** Where a user works: a folder with node_modules and their own files. */
let home: string;
let registry: Registry;
const children: ChildProcess[] = [];

/** Nothing of the source tree's own. */
const environment = (): Record<string, string> => ({
  PATH: `${dirname(realpathSync(process.execPath))}${delimiter}${process.env.PATH}`,
  HOME: directory,
  LC_ALL: 'en_US.UTF-8',
});
/** Not execFileSync: the registry answers from this very process. */
const run = async (program: string, args: readonly string[], cwd = home) =>
  (await promisify(execFile)(program, args, { cwd, env: environment() })).stdout;
const INSTALL = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
const npmInstall = (cwd: string, ...names: string[]) =>
  run(
    'npm',
    ['install', ...names, ...INSTALL, '--registry', registry.url, '--cache', join(directory, 'cache')],
    cwd,
  );
const gradus = (...args: string[]) =>
  run(process.execPath, [join(home, 'node_modules/.bin/gradus'), ...args]);

interface Learned {
  run: string;
  report: string;
  themes: [{ id: string }];
}
let learnedOnce: Promise<Learned> | undefined;
/** A run of the sample, made by the first who asks. */
const learned = (): Promise<Learned> => {
  learnedOnce ??= gradus('demand', 'reviews.csv', '--json').then((text) => JSON.parse(text) as Learned);
  return learnedOnce;
};

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'gradus-installed-'));
  home = join(directory, 'home');
  mkdirSync(home);
  const packed = join(directory, 'packed');
  await pack({ root, out: packed, withoutNode: true });
  registry = await startRegistry({ packed, modules: join(root, 'node_modules') });
  writeFileSync(join(home, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(home, 'reviews.csv'), sample.slice(0, 400).join('\n'));
  await npmInstall(home, 'gradus', '@gradus/nn');
});
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  registry?.close();
  rmSync(directory, { recursive: true, force: true });
});

const bytesBelow = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);

describe('gradus from npm', () => {
  it('is what was packed, without sources, tests or the binaries of other platforms', async () => {
    expect(await gradus('--version')).toBe(`${VERSION}\n`);
    expect(await gradus('--help')).toContain('demand [options]');
    const modules = join(home, 'node_modules');
    const ours = ['gradus', ...readdirSync(join(modules, '@gradus')).map((name) => `@gradus/${name}`)];
    for (const name of ours) {
      const found = readdirSync(join(modules, name));
      expect(found, name).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'package.json']));
    }
    const binaries = ours.filter((name) => /\/(?:runtime|node)-/.test(name));
    expect(binaries).toEqual([`@gradus/runtime-${process.platform}-${process.arch}`]);
    for (const left of ['onnxruntime-node', 'onnxruntime-web', 'echarts', 'ogg-opus-decoder'])
      expect(existsSync(join(modules, left)), left).toBe(false);
    expect(bytesBelow(modules) / 1e6).toBeLessThan(260);
  });

  it('profiles a CSV file, and a Parquet file in its process beside', async () => {
    const instance = await DuckDBInstance.create();
    const connection = await instance.connect();
    await connection.run(
      `copy (select i, i % 7 as day from range(500) t(i)) to '${join(home, 'rows.parquet')}'`,
    );
    connection.closeSync();
    expect(await gradus('profile', 'reviews.csv')).toMatch(/399 rows, 4 columns/);
    expect(await gradus('profile', 'rows.parquet')).toMatch(/500 rows, 2 columns/);
  });

  it('says which decoder a sound file needs', async () => {
    const sound = join(root, 'packages/data/src/sound/testing/layer3.mp3');
    const program = `import { readFileSync } from 'node:fs';
import { SoundDecoder } from '@gradus/data';
await new SoundDecoder().decode(readFileSync('${sound}'), 'layer3.mp3');
`;
    writeFileSync(join(home, 'sound.mjs'), program);
    await expect(run(process.execPath, ['sound.mjs'])).rejects.toThrow(/npm i mpg123-decoder/);
  });

  it('learns demand from reviews, draws its report, and finds the sample of the demo', async () => {
    const { report } = await learned();
    expect(readFileSync(join(home, report), 'utf8')).toContain('<svg');
    expect(existsSync(join(home, 'node_modules/gradus/examples/reviews/reviews.csv'))).toBe(true);
  });
});

describe('each of the libraries by itself', () => {
  it.each(['engine', 'nn', 'data'])(
    '@gradus/%s: a program type-checks against it, and runs',
    async (name) => {
      const folder = join(home, name);
      mkdirSync(folder);
      cpSync(join(root, 'scripts/pack/programs', `${name}.ts`), join(folder, 'program.ts'));
      mkdirSync(join(home, 'node_modules/@types'), { recursive: true });
      for (const types of ['@types/node', 'undici-types']) {
        const link = join(home, 'node_modules', types);
        if (!existsSync(link)) symlinkSync(join(root, 'node_modules', types), link);
      }
      const compilerOptions = {
        module: 'nodenext',
        target: 'esnext',
        strict: true,
        types: ['node'],
        skipLibCheck: false,
        noEmit: true,
      };
      writeFileSync(
        join(folder, 'tsconfig.json'),
        JSON.stringify({ compilerOptions, files: ['program.ts'] }),
      );
      await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', '.'], folder).catch(
        ({ stdout }) => expect(stdout).toBe(''),
      );
      expect(await run(process.execPath, ['program.ts'], folder)).toContain(`${name}: `);
    },
  );
});

/**
 * No Docker engine runs where these tests do: the steps of the Dockerfile are read from it and done by hand, in a folder that
 * is all there is of the image. What an engine adds (the base image, the user, the network) is not tested.
 */
describe('gradus export --to docker', () => {
  let context: string;
  let id: string;
  let theme: string;

  beforeAll(async () => {
    const runs = join(home, 'runs');
    makeRun(runs, 'demand-first', { recipe: 'demand' });
    ({
      run: id,
      themes: [{ id: theme }],
    } = await learned());
    const record = join(runs, id, 'run.json');
    const made = JSON.parse(readFileSync(record, 'utf8')) as Record<string, unknown>;
    writeFileSync(record, JSON.stringify({ ...made, parent: 'demand-first' }));
    writeFileSync(join(runs, id, '.token'), 'secret');
    context = join(directory, 'context');
    await gradus('export', id, '--to', 'docker', '--out', context);
  });

  /** Instructions in order, with continued lines joined and comments left out. */
  const instructions = (): [name: string, rest: string][] =>
    readFileSync(join(context, 'Dockerfile'), 'utf8')
      .replaceAll('\\\n', ' ')
      .split('\n')
      .filter((line) => line.trim() !== '' && !line.startsWith('#'))
      .map((line) => {
        const [, name, rest] = /^([A-Z]+) (.*)$/.exec(line)!;
        return [name!, rest!];
      });

  it('is a context of its own, without sources, other runs or secrets', () => {
    expect(readdirSync(join(context, 'runs')).sort()).toEqual([id, 'demand-first']);
    expect(readdirSync(join(context, 'runs', 'demand-first'))).toEqual(['run.json']);
    const files = readdirSync(context, { recursive: true }).map(String);
    expect(files.filter((path) => /\.ts$|node_modules|\.token|\.db|testing/.test(path))).toEqual([]);
    const { dependencies } = JSON.parse(readFileSync(join(context, 'package.json'), 'utf8'));
    expect(dependencies).toEqual({ gradus: VERSION });
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

  it('installs, starts only with a token, answers, and stops when told', async () => {
    const image = join(directory, 'image');
    mkdirSync(image);
    const ignored = readFileSync(join(context, '.dockerignore'), 'utf8');
    const inside = environment();
    for (const [name, rest] of instructions()) {
      if (name === 'ENV') {
        const [key, value] = rest.split('=') as [string, string];
        inside[key] = value;
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
      if (name === 'RUN') {
        expect(rest).toMatch(/^npm install --omit=dev --ignore-scripts /);
        // It can; what it would install takes half a minute, and is linked from beside.
        await npmInstall(image, '--omit=dev', '--dry-run');
        symlinkSync(join(home, 'node_modules'), join(image, 'node_modules'));
      }
    }
    const list = (name: string): string[] =>
      JSON.parse(instructions().find(([found]) => found === name)![1]) as string[];
    const command = [...list('ENTRYPOINT'), ...list('CMD')].map((part) => (part === '8420' ? '0' : part));
    const start = (more: Record<string, string>) => {
      const child = spawn(command[0]!, command.slice(1), { cwd: image, env: { ...inside, ...more } });
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
    execFileSync(check[0]!, check.slice(1), { env: inside });

    const answer = await fetch(`${url}/v1/demand`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ texts: ['The kettle leaks.'] }),
    });
    expect(await answer.json()).toMatchObject({ run: id, results: [{ sentiment: expect.any(String) }] });
    // Corrections go to the first run of the lineage, whose record came along.
    const correction = await fetch(`${url}/v1/feedback`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ corrections: [{ text: 'The kettle leaks.', theme }] }),
    });
    expect(await correction.json()).toEqual({ recorded: 1 });
    expect((await fetch(`${url}/report`)).status).toBe(401);

    server.child.kill('SIGTERM');
    expect(await server.ended).toBe(0);
  });
});
