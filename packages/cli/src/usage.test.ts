/** How commands are called, and what wrong ones get: in the user's language, with an exit code that is not 0. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VERSION } from '@gradus/base';
import { operationsOf } from '@gradus/lifecycle';
import { makeRun } from '@gradus/lifecycle/testing';
import type { Recipe } from '@gradus/loop';
import { RECIPES } from '@gradus/recipes';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { programOf, run } from './program.ts';

const bin = join(import.meta.dirname, '..', 'bin', 'gradus.js');
let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'gradus-usage-'));
  writeFileSync(
    join(directory, 'orders.csv'),
    `id,price\n${Array.from({ length: 30 }, (_, i) => `${i},${i * 2}`).join('\n')}\n`,
  );
  writeFileSync(join(directory, 'rows.json'), '\n[{"id":1},{"id":2}]');
  writeFileSync(join(directory, 'settings.json'), '{"port":1}');
  mkdirSync(join(directory, 'runs'));
  makeRun(join(directory, 'runs'), 'test-1');
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** The same program without a process of its own, which takes a second to start: for what ends before it does anything. */
async function usage(args: readonly string[], locale = 'en_US.UTF-8') {
  const output = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      output[name] += text;
      return true;
    }),
  );
  const [cwd, before] = [process.cwd(), process.env.LC_ALL];
  process.env.LC_ALL = locale;
  process.chdir(directory);
  try {
    return { code: await run(args), ...output };
  } finally {
    process.chdir(cwd);
    if (before === undefined) delete process.env.LC_ALL;
    else process.env.LC_ALL = before;
    for (const spy of spies) spy.mockRestore();
  }
}

function gradus(args: readonly string[], locale = 'en_US.UTF-8') {
  const child = spawn(process.execPath, [bin, ...args], {
    cwd: directory,
    env: { ...process.env, LC_ALL: locale, GRADUS_TOKEN: 'a-token-of-these-tests' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text) => {
      output[name] += text;
    });
  return new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) =>
    child.once('close', (code) => resolve({ code, ...output })),
  );
}

describe('what is typed wrong', () => {
  const cases: [string, string[], number, RegExp, RegExp][] = [
    ['an unknown option', ['runs', '--colour', 'red'], 2, /unknown option '--colour'/, /未知选项“--colour”/],
    ['--out where nothing is written', ['runs', '--out', 'elsewhere'], 2, /said by --runs/, /由 --runs 指定/],
    ['an unknown command', ['paint'], 2, /unknown command 'paint'/, /未知命令“paint”/],
    ['a missing argument', ['demand'], 2, /missing required argument 'data'.*--help/s, /缺少参数“data”/],
    [
      'two sources where one is taken',
      ['demand', 'a.csv', 'b.csv'],
      2,
      /too many arguments.*One main source/s,
      /参数过多.*主数据源/s,
    ],
    [
      'a number that is none',
      ['demand', 'orders.csv', '--seed', 'x'],
      2,
      /--seed: "x" is wrong. Expected a whole number/,
      /应为整数/,
    ],
    ['a number out of range', ['label', 'orders.csv', '--count', '0'], 2, /from 1 to 100000/, /不小于 1/],
    [
      "an enum's wrong word",
      ['export', 'test-1', '--to', 'paper'],
      1,
      /--to: "paper" is wrong. There are: onnx/,
      /可选：onnx/,
    ],
    [
      'a port that is none',
      ['serve', '--port', '99999'],
      2,
      /--port: "99999" is wrong/,
      /--port："99999" 有误/,
    ],
    [
      'a word that is no choice',
      ['serve', '--log-inputs', 'some'],
      2,
      /Allowed choices are redacted/,
      /--log-inputs：“some”有误。可选：redacted/,
    ],
    ['a file that is not there', ['profile', 'none.csv'], 1, /There is no file/, /none\.csv/],
    [
      'no server',
      ['models', '--server', 'http://127.0.0.1:9'],
      1,
      /No server answers at http:\/\/127.0.0.1:9/,
      /127.0.0.1:9/,
    ],
    [
      'an address that is none',
      ['models', '--server', 'localhost'],
      1,
      /is no address of a server/,
      /不是服务器地址/,
    ],
    ['a run that is not there', ['show', 'none'], 1, /There is no run "none".* There are: test-1/, /none/],
    ['a shell that is not known', ['completion', 'tcsh'], 1, /There are: bash, zsh, fish/, /可选：bash/],
  ];
  it.each(cases)('%s', async (_, args, code, en, zh) => {
    const english = await usage(args);
    expect(english, english.stderr).toMatchObject({ code, stdout: '' });
    expect(english.stderr).toMatch(en);
    expect(english.stderr).not.toMatch(/ {4}at /);
    const chinese = await usage(args, 'zh_CN.UTF-8');
    expect(chinese.code).toBe(code);
    expect(chinese.stderr).toMatch(zh);
  });
});

describe('gradus', () => {
  it('ends its process with the code and the message of what was typed wrong', async () => {
    const { code, stdout, stderr } = await gradus(['demand']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/missing required argument 'data'.*--help/s);
    expect(await gradus(['show', 'none'])).toMatchObject({ code: 1, stdout: '' });
  });

  it('alone says what one can do next, and asks nothing', async () => {
    const { code, stdout } = await gradus([]);
    expect(code).toBe(0);
    for (const command of [
      'gradus orders.csv',
      'gradus rows.json',
      'gradus show test-1',
      'gradus serve test-1',
      'gradus --help',
    ]) {
      expect(stdout).toContain(command);
    }
    expect(stdout).not.toContain('settings.json');
    expect((await gradus([], 'zh_CN.UTF-8')).stdout).toContain('接下来可以');
    expect(readdirSync(directory).toSorted()).toEqual(['orders.csv', 'rows.json', 'runs', 'settings.json']);
  });

  it('FILE looks a table over, and says which recipes fit it', async () => {
    const { code, stdout } = await gradus(['orders.csv']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^30 rows, 2 columns/);
    expect(stdout).toContain('No ready-made recipe fits this table.');
    expect(stdout).toContain('gradus profile orders.csv');
    expect(existsSync(join(directory, 'profile'))).toBe(false);
  });

  it('--version answers without loading what it does not need', async () => {
    const { code, stdout } = await gradus(['--version']);
    expect([code, stdout]).toEqual([0, `${VERSION}\n`]);
  });

  it('doctor prints a block to paste, and as JSON the same', async () => {
    const { code, stdout, stderr } = await gradus(['doctor', '--json']);
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout).map(({ name }: { name: string }) => name)).toContain('instructions');
    const chinese = await usage(['doctor'], 'zh_CN.UTF-8');
    expect(chinese.stdout).toMatch(/ONNX Runtime：可以加载/);
  });

  it('serve opens a workspace without a model, and ends at Ctrl-C', async () => {
    const child = spawn(process.execPath, [bin, 'serve', '--port', '0', '--workers', '0'], {
      cwd: directory,
      env: { ...process.env, LC_ALL: 'en_US.UTF-8', GRADUS_TOKEN: 'a-token-of-these-tests' },
    });
    let text = '';
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    await new Promise<void>((resolve) =>
      child.stdout.on('data', (chunk) => {
        text += chunk;
        if (text.includes('/v1/models')) resolve();
      }),
    );
    const [url] = /http:\/\/[\d.]+:\d+/.exec(text)!;
    expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: 'ok' });
    child.kill('SIGINT');
    expect(await ended).toBe(0);
  });

  it('completes commands and options in each shell', async () => {
    for (const shell of ['bash', 'zsh', 'fish']) {
      const { code, stdout } = await gradus(['completion', shell]);
      expect(code).toBe(0);
      for (const word of ['models', 'promote', '--runs', 'datasets'])
        expect(stdout, shell).toContain(word.replace('--', ''));
    }
    const { stdout: script } = await gradus(['completion', 'bash']);
    const completed = (words: string) =>
      new Promise<string>((resolve) => {
        const list = words.split(' ');
        const program = `${script}\nCOMP_WORDS=(${list.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${list.length - 1}; _gradus; echo "\${COMPREPLY[@]}"`;
        const child = spawn('bash', ['-c', program]);
        let text = '';
        child.stdout.on('data', (chunk) => {
          text += chunk;
        });
        child.once('close', () => resolve(text.trim()));
      });
    expect(await completed('gradus prom')).toBe('promote');
    expect((await completed('gradus models ')).split(' ')).toEqual(
      expect.arrayContaining(['show', '--json', '--runs']),
    );
    expect((await completed('gradus promote shop --al')).split(' ')).toEqual(['--alias']);
  });
});

describe('help', () => {
  const recipes = RECIPES as readonly Recipe[];
  const helpOf = (language: 'en' | 'zh', path: string) => {
    const terminal = {
      language,
      signal: new AbortController().signal,
      print: () => undefined,
      tell: () => undefined,
      say: (text: { en: string; zh: string }) => text[language],
      fail: () => undefined,
    };
    let command = programOf(terminal, recipes);
    for (const word of path.split(' ').filter(Boolean))
      command = command.commands.find((sub) => sub.name() === word)!;
    let text = '';
    command.configureOutput({ writeOut: (more) => (text += more) });
    command.outputHelp();
    return text;
  };

  it.each(operationsOf(recipes).flatMap(({ cli }) => cli?.command ?? []))(
    'of gradus %s is in both languages',
    (path) => {
      const [english, chinese] = [helpOf('en', path), helpOf('zh', path)];
      expect(english).toContain('Usage:');
      expect(english).not.toMatch(/[\u4e00-\u9fff]/);
      expect(chinese).toContain('用法：');
      expect(chinese).toContain('运行所在目录');
      // Sentences of English would have words like these.
      expect(chinese).not.toMatch(/\b(?:the|which|where|with|Options|Arguments)\b/);
      expect(english).toContain('--json');
    },
  );

  it('of predict lists the columns of every recipe that answers rows', () => {
    const text = helpOf('en', 'predict');
    for (const { name, service } of recipes) {
      if (Object.keys(service.columns).length === 0) continue;
      for (const column of [name, ...Object.keys(service.columns)]) expect(text).toContain(column);
    }
  });
});
