/**
 * What a user does, from end to end: the real command, the real server, a real file. Each part goes on with what those before
 * it made, so it is one long file.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { count } from '@gradus/base';
import type { DemandSummary } from '@gradus/recipes';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authorization, commandLine, get, jsonOf, post, until } from './testing/command-line.ts';

const sample = readFileSync(new URL('../../../examples/reviews/reviews.csv', import.meta.url), 'utf8').split(
  '\n',
);

const { directory, runs, start, gradus, serving, file, close } = commandLine();
let reviews: string;

let found: DemandSummary & { run: string; report: string; seconds: number };

beforeAll(async () => {
  // Every fourth review of the sample: a file that a test has time for.
  reviews = file(
    'reviews.csv',
    `${[sample[0], ...sample.slice(1).filter((_, i) => i % 4 === 0)].join('\n')}\n`,
  );
  const { code, stdout, stderr } = await gradus('demand', reviews, '--runs', runs, '--json');
  expect(stderr).toMatch(/^prepare/);
  expect(code).toBe(0);
  found = JSON.parse(stdout);
});
afterAll(close);

describe('gradus demand', () => {
  it('prints one JSON object with what it found, each claim with its rows', () => {
    expect(found.rows.read).toBeGreaterThan(590);
    expect(found.sentiment!.accuracy).toBeGreaterThan(0.85);
    expect(found.sentiment!.baselines.majority.accuracy).toBeLessThan(found.sentiment!.accuracy);
    expect(found.sentiment!.baselines.tfidfLogistic.accuracy).toBeGreaterThan(0.5);
    expect(found.themes.length).toBeGreaterThan(5);
    const lines = readFileSync(reviews, 'utf8').normalize('NFKC').split('\n');
    for (const theme of found.themes) {
      expect(theme.evidence.length, theme.name).toBeGreaterThan(0);
      // The sample has no line ends inside cells: row n stands on line n + 1.
      for (const { row, text } of theme.evidence)
        expect(lines[row]).toContain(text.replace(/[.。,，]$/, '').slice(0, 8));
    }
    for (const action of found.actions) expect(action.evidence).not.toHaveLength(0);
    expect(readdirSync(join(runs, found.run)).sort()).toEqual([
      'bundle.json',
      'card.md',
      'clauses.csv',
      'held-out.json',
      'model.onnx',
      'reference.json',
      'report.html',
      'report.json',
      'run.json',
    ]);
  });

  it('gives the same again from the same seed', async () => {
    const again = JSON.parse(
      (await gradus('demand', reviews, '--runs', join(directory, 'again'), '--json')).stdout,
    );
    const { run: _, report: __, seconds: ___, ...findings } = again;
    const { run: ____, report: _____, seconds: ______, ...before } = found;
    expect(findings).toEqual(before);
  });

  it('never runs what a review says, and disarms formulas', () => {
    const html = readFileSync(join(runs, found.run, 'report.html'), 'utf8');
    expect(html).not.toMatch(/<script/i);
    const clauses = readFileSync(join(runs, found.run, 'clauses.csv'), 'utf8');
    expect(clauses).not.toMatch(/(^|,)"?[=+@]/m);
  });

  it('is listed and shown, in the reader’s language', async () => {
    expect((await gradus('runs', '--runs', runs)).stdout).toContain(found.run);
    expect((await gradus('show', 'latest', '--runs', runs)).stdout).toContain('Sentiment model: accuracy');
    const chinese = await start(['show', found.run, '--runs', runs], { LC_ALL: 'zh_CN.UTF-8' }).finished;
    expect(chinese.stdout).toContain('情感模型');
    expect(JSON.parse((await gradus('show', found.run, '--runs', runs, '--json')).stdout).id).toBe(found.run);
  });

  it('keeps the themes’ ids in a later file, and without labels gives themes alone', async () => {
    const later = file(
      'later.csv',
      `${[
        'day;text',
        ...sample
          .slice(1)
          .filter((_, i) => i % 4 === 1)
          .map((line) => line.replace(/^([^,]*),[^,]*,\d,"?(.*?)"?$/, '$1;$2').replaceAll('""', '"')),
      ]
        .filter((line) => line.split(';').length === 2)
        .join('\n')}\n`,
    );
    const { stdout, stderr, code } = await start(['demand', later, '--runs', runs, '--json', '--seed', '3'], {
      LC_ALL: 'zh_CN.UTF-8',
    }).finished;
    expect(code, stderr).toBe(0);
    const second = JSON.parse(stdout);
    expect(readFileSync(second.report, 'utf8')).toContain('id="show-zh" checked');
    expect(second.sentiment).toBeNull();
    expect(second.since.run).toBe(found.run);
    const shared = second.themes.filter(({ id }: { id: string }) =>
      found.themes.some((theme: { id: string }) => theme.id === id),
    );
    expect(shared.length).toBeGreaterThan(found.themes.length / 3);
  });

  const bad: [string, string | Uint8Array, RegExp][] = [
    ['an empty file', '', /is empty/],
    ['a file without text', 'a,b\n1,2\n3,4\n', /No column holds text/],
    [
      'three rows',
      'review,stars\nGood kettle really,5\nBad lid it leaks,1\nFine overall I think,4\n',
      /at least 10/,
    ],
    [
      'one class only',
      `review,label\n${Array.from({ length: 40 }, (_, i) => `The kettle number ${i} is really good,1`).join('\n')}\n`,
      /nothing to tell apart.*--label none/,
    ],
    ['a binary', Uint8Array.of(0, 1, 2, 3, 0, 255, 254, 7), /binary/],
    [
      'a strange delimiter',
      `stars^review\n${Array.from({ length: 40 }, (_, i) => `${1 + (i % 5)}^The kettle number ${i} is good`).join('\n')}\n`,
      /separated by "\^"/,
    ],
  ];
  it.each(bad)('says what is wrong with %s, and leaves nothing', async (name, content, message) => {
    const out = join(directory, `bad ${name}`);
    const { code, stdout, stderr } = await gradus(
      'demand',
      file('bad.csv', content),
      '--runs',
      out,
      '--json',
    );
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/ {4}at /);
    expect(readdirSync(out).filter((entry) => !entry.startsWith('.'))).toEqual([]);
  });

  it('says which column was meant', async () => {
    expect(await gradus('demand', reviews, '--text', 'revew', '--runs', runs)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('did you mean "review"'),
    });
  });

  it('stops at Ctrl-C, and the same command goes on to the same result', async () => {
    const out = join(directory, 'stopped');
    const { child, output, finished } = start(['demand', reviews, '--runs', out, '--json']);
    await until(() => (output.stderr.includes('train') ? true : undefined));
    child.kill('SIGINT');
    expect(await finished).toMatchObject({
      code: 130,
      stderr: expect.stringContaining('the same command goes on from here'),
    });
    const { stdout } = await gradus('demand', reviews, '--runs', out, '--json');
    expect(JSON.parse(stdout).sentiment).toEqual(found.sentiment);
  });
});

describe('gradus serve', () => {
  it('answers with sentiment and themes, and refuses what is no request', async () => {
    const { url, stop } = await serving(found.run);
    expect(await (await fetch(`${url}/healthz`)).json()).toMatchObject({ status: 'ok', run: found.run });
    const texts = ['The app cannot connect to wifi. Very disappointed.', '物流很快，第二天就到了', ''];
    const answer = await post(`${url}/v1/demand`, { texts });
    expect(answer.status).toBe(200);
    const { results } = (await answer.json()) as {
      results: { sentiment: string; themes: { name: string; clauses: unknown[] }[] }[];
    };
    expect(results.map(({ sentiment }) => sentiment).slice(0, 2)).toEqual(['dissatisfied', 'satisfied']);
    expect(results[0]!.themes[0]!.name).toMatch(/app|wifi|connect/);
    expect(results[2]!.themes).toEqual([]);

    const refused: [Promise<Response>, number][] = [
      [post(`${url}/v1/demand`, '{"texts": ['), 400],
      [post(`${url}/v1/demand`, { texts: [7] }), 400],
      [post(`${url}/v1/demand`, { texts: [] }), 400],
      [post(`${url}/v1/demand`, { texts: ['x'], other: 1 }), 400],
      [post(`${url}/v1/demand`, 'texts=x', { 'content-type': 'text/plain' }), 415],
      [get(`${url}/v1/demand`), 405],
      [fetch(`${url}/report`), 401],
      [post(`${url}/v1/demand`, { texts: ['x'] }, { authorization: 'Bearer gradus_wrong' }), 401],
      [fetch(`${url}/nothing`), 404],
      [fetch(`${url}/../../etc/passwd`), 404],
      [post(`${url}/v1/demand`, { texts: ['x'.repeat(11 * 2 ** 20)] }), 413],
      [post(`${url}/v1/feedback`, { corrections: [{ text: 'x', sentiment: 'purple' }] }), 400],
      [post(`${url}/v1/feedback`, { corrections: [{ text: 'x', theme: 'no such' }] }), 400],
    ];
    for (const [response, status] of refused) {
      const { status: got, headers, ...rest } = await response;
      void rest;
      expect(got).toBe(status);
      expect(headers.get('content-type')).toContain('json');
    }
    expect(await jsonOf(post(`${url}/v1/demand`, { texts: [7] }))).toMatchObject({
      error: {
        code: 'invalid_request',
        field: 'texts.0',
      },
    });

    const page = await (
      await get(`${url}/?texts=${encodeURIComponent('<script>alert(1)</script> bad app')}`)
    ).text();
    expect(page).toContain('&lt;script&gt;');
    expect(page).not.toContain('<script>');
    expect(await (await get(`${url}/report`)).text()).toContain('Customer needs');
    expect(await hostHeader(url, 'evil.example')).toContain('403');
    expect(await (await fetch(`${url}/healthz`)).json()).toMatchObject({ status: 'ok' });
    expect((await stop()).code).toBe(0);
  });

  it('survives a body of 100 MB without taking it in', async () => {
    const { url, stop } = await serving(found.run);
    const response = await hugeBody(url, 100 * 2 ** 20);
    expect(response).toContain('413');
    expect((await post(`${url}/v1/demand`, { texts: ['still here'] })).status).toBe(200);
    await stop();
  });

  it('says when its port is taken', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as { port: number };
    const { code, stderr } = await gradus('serve', found.run, '--runs', runs, '--port', String(port));
    taken.close();
    expect(code).toBe(1);
    expect(stderr).toContain(`Port ${port} is taken`);
  });
});

describe('feedback and iterate', () => {
  it('learn from corrections, promote only a winner, and a running server changes over', async () => {
    const { url, stop } = await serving(found.run);
    expect(await gradus('iterate', found.run, '--runs', runs)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no corrections'),
    });

    // Reviews the run has not seen, with the sentiment that their stars say.
    const rest = sample.slice(1).filter((_, i) => i % 4 !== 0);
    const rows = rest.flatMap((line) => {
      const match = /^[^,]*,[^,]*,([1245]),("?)(.+)\2$/.exec(line);
      return match
        ? [`"${match[3]!.replaceAll('"', '""')}",${Number(match[1]) > 3 ? 'satisfied' : 'dissatisfied'}`]
        : [];
    });
    const corrections = file('corrections.csv', `text,sentiment\n${rows.join('\n')}\nnonsense,purple\n`);
    const recorded = await gradus('feedback', found.run, corrections, '--runs', runs);
    expect(recorded).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`${count(rows.length)} corrections recorded, 1 set aside`),
    });
    expect(recorded.stderr).toContain('purple');

    // How long an answer takes is no matter for a test.
    const quick = ['--gate', 'latency=off'] as const;
    const { code, stdout, stderr } = await gradus('iterate', found.run, '--runs', runs, '--json', ...quick);
    expect(code, stderr).toBe(0);
    const verdict = JSON.parse(stdout);
    expect(verdict).toMatchObject({ promote: true, champion: found.run, n: found.sentiment!.n });
    // The newest were held back, and both models asked about them.
    expect(verdict.corrections + verdict.heldBack).toBe(rows.length);
    expect(verdict.recent.n).toBeGreaterThan(100);
    expect(verdict.recent.metrics.accuracy.challenger).toBeGreaterThan(0.8);
    expect(verdict.slices.map(({ name }: { name: { en: string } }) => name.en)).toEqual(
      expect.arrayContaining(['in Chinese', 'in English']),
    );
    expect(
      verdict.gates.map(({ gate, passed }: { gate: string; passed: boolean }) => [gate, passed]),
    ).toEqual([
      ['slice', true],
      ['calibration', true],
      ['size', true],
    ]);
    // The figure that decides; answers that are right may be one fewer by chance.
    expect(verdict.metrics.logLoss.challenger).toBeLessThan(verdict.metrics.logLoss.champion);
    await until(async () =>
      (await jsonOf(fetch(`${url}/healthz`))).run === verdict.challenger ? true : undefined,
    );

    // Corrections that are wrong make a worse model, which is not promoted.
    const wrong = rows.map((row) =>
      row.endsWith(',satisfied')
        ? row.replace(/,satisfied$/, ',dissatisfied')
        : row.replace(/,dissatisfied$/, ',satisfied'),
    );
    await gradus(
      'feedback',
      found.run,
      file('wrong.csv', `text,sentiment\n${wrong.join('\n')}\n`),
      '--runs',
      runs,
    );
    const worse = JSON.parse((await gradus('iterate', found.run, '--runs', runs, '--json')).stdout);
    expect(worse).toMatchObject({ promote: false, champion: verdict.challenger });
    expect((await jsonOf(fetch(`${url}/healthz`))).run).toBe(verdict.challenger);
    expect(await gradus('iterate', found.run, '--runs', runs)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('have been learnt from already'),
    });

    // What came of a prediction teaches as a correction does.
    const { prediction } = (await (
      await post(`${url}/v1/demand`, { texts: ['Broke at once', 'The lid closes well and nothing leaks'] })
    ).json()) as { prediction: string };
    const told = await post(`${url}/v1/outcomes`, { prediction: `${prediction}.1`, outcome: 'satisfied' });
    expect(await told.json()).toMatchObject({ recorded: 1 });
    const taught = JSON.parse((await gradus('iterate', found.run, '--runs', runs, '--json')).stdout);
    expect(taught.corrections + taught.heldBack).toBe(2 * rows.length + 1);

    const posted = await post(`${url}/v1/feedback`, {
      corrections: [{ text: 'Such a kettle', sentiment: 'dissatisfied', theme: found.themes[0].id }],
    });
    expect(await posted.json()).toEqual({ recorded: 1 });
    await stop();
  });
});

describe('jobs', () => {
  it('run in the server’s own worker, while it serves', async () => {
    const { stop } = await serving(found.run);
    const payload = JSON.stringify({ model: found.run, input: reviews });
    const added = JSON.parse(
      (await gradus('jobs', 'add', 'predict', payload, '--runs', runs, '--json')).stdout,
    );
    const watched = await gradus('jobs', 'watch', String(added.id), '--runs', runs);
    expect(watched).toMatchObject({ code: 0, stdout: expect.stringContaining('predicted: 6') });
    expect((await gradus('jobs', '--runs', runs)).stdout).toMatch(/^1 {2}.* {2}predict .* {2}done$/m);
    expect((await stop()).code).toBe(0);

    // The same in the command's own process.
    const out = join(directory, 'predicted.csv');
    const predicted = await gradus('predict', found.run, reviews, '--out', out, '--runs', runs, '--json');
    expect(JSON.parse(predicted.stdout), predicted.stderr).toMatchObject({ setAside: 0 });
    const result = join(runs, '.jobs', String(added.id), 'result.csv');
    expect(readFileSync(out, 'utf8')).toBe(readFileSync(result, 'utf8'));

    expect(await gradus('jobs', 'retry', '1', '--runs', runs)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Job 1 is done'),
    });
    expect(await gradus('jobs', 'add', 'train', '{"recipe":1}', '--runs', runs)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('payload.recipe'),
    });
  });

  it('come round by schedule', async () => {
    const set = await gradus('schedule', 'iterate', found.run, '--every', '12h', '--runs', runs);
    expect(set.stdout, set.stderr).toContain(`iterate-${found.run}: every 12 h`);
    const [scheduled] = JSON.parse((await gradus('schedule', 'list', '--runs', runs, '--json')).stdout);
    expect(scheduled).toMatchObject({ kind: 'iterate', about: found.run, everySeconds: 43_200 });
    expect((await gradus('schedule', 'remove', scheduled.name, '--runs', runs)).code).toBe(0);
    expect(await gradus('schedule', 'iterate', found.run, '--every', '5', '--runs', runs)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('90m, 12h, 7d'),
    });
  });
});

describe('registered models', () => {
  it('are promoted and rolled back by name while they serve, and it is known who did it', async () => {
    const made = await gradus('demand', reviews, '--label', 'none', '--runs', runs, '--json');
    const other = JSON.parse(made.stdout).run as string;
    const done = async (...args: string[]) => {
      const { code, stdout, stderr } = await gradus(...args, '--runs', runs);
      expect(code, stderr).toBe(0);
      return stdout;
    };
    await done('register', found.run, 'reviews', '--tag', 'team=产品');
    expect(await done('register', `runs:/${other}/model`, 'reviews')).toContain('version 2 of reviews');
    expect(await gradus('serve', 'models:/reviews@champion', '--runs', runs, '--port', '0')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('gradus promote reviews 2'),
    });
    await done('promote', 'reviews', '1');
    const { url, stop } = await serving('models:/reviews@champion');
    const health = () => jsonOf(fetch(`${url}/healthz`));
    expect(await health()).toMatchObject({
      run: found.run,
      model: 'reviews',
      uri: 'models:/reviews@champion',
    });
    await done('promote', 'reviews', '2');
    await until(async () => ((await health()).run === other ? true : undefined));
    await done('rollback', 'reviews');
    await until(async () => ((await health()).run === found.run ? true : undefined));
    expect((await stop()).code).toBe(0);

    expect(await done('models')).toMatch(/^reviews {2}demand {2}2 versions {2}@champion 1$/m);
    const shown = await done('models', 'show', 'reviews');
    expect(shown).toContain(`run: ${found.run}`);
    expect(shown).toContain('team: 产品');
    expect(shown).toMatch(/takes: \w+ \w+\[.+gives: \w+ float32\[/s);
    const changes = JSON.parse(await done('audit', 'reviews', '--json')) as { what: string }[];
    expect(changes.map(({ what }) => what)).toEqual([
      'rollback',
      'promote',
      'promote',
      'register',
      'register',
    ]);
  });
});

describe('gradus export', () => {
  it('hands the model over: plain ONNX Runtime reads the same texts and answers the same', async () => {
    const folder = join(directory, 'handed-over');
    const made = await gradus('export', found.run, '--to', 'onnx', '--runs', runs, '--out', folder);
    expect(made, made.stderr).toMatchObject({ code: 0, stdout: expect.stringContaining('README.md') });
    const again = await gradus('export', found.run, '--to', 'onnx', '--runs', runs, '--out', folder);
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('nothing was written') });
    expect(await gradus('export', found.run, '--to', 'paper', '--runs', runs)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('There are: onnx'),
    });

    const texts = [
      'The app cannot connect to wifi. Very disappointed.',
      '物流很快，第二天就到了',
      'Good &amp; cheap!',
    ];
    writeFileSync(join(folder, 'texts.txt'), texts.join('\n'));
    mkdirSync(join(folder, 'node_modules'));
    const require = createRequire(new URL('../../engine/package.json', import.meta.url));
    for (const name of ['onnxruntime-node', 'onnxruntime-common']) {
      const main = require.resolve(name);
      symlinkSync(main.slice(0, main.lastIndexOf(name) + name.length), join(folder, 'node_modules', name));
    }
    const plain = (...args: string[]) =>
      JSON.parse(
        execFileSync(process.execPath, ['example.mjs', ...args], { cwd: folder, env: {}, encoding: 'utf8' }),
      ).outputs[0].data as number[];
    // By its URI: a better one may have taken over what its id stands for.
    const { url, stop } = await serving(`runs:/${found.run}/model`);
    const { results } = (await jsonOf(post(`${url}/v1/demand`, { texts }))) as {
      results: { satisfied: number }[];
    };
    await stop();
    for (const [i, value] of plain('texts.txt').entries())
      expect(value).toBeCloseTo(results[i]!.satisfied, 4);
    const { outputs } = JSON.parse(readFileSync(join(folder, 'output.json'), 'utf8'));
    for (const [i, value] of plain().entries()) expect(value).toBeCloseTo(outputs[0].data[i], 5);
  });
});

/** A request with a Host header of our choice, which fetch would not send. */
function hostHeader(url: string, host: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () =>
      socket.write(`GET /healthz HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`),
    );
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.on('end', () => resolve(text));
    socket.on('error', reject);
  });
}

/** Sends a body without saying how long it is, until the server has had enough. */
function hugeBody(url: string, bytes: number): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    const chunk = Buffer.alloc(1 << 20, 120);
    const head = `POST /v1/demand HTTP/1.1\r\nHost: ${hostname}:${port}\r\nAuthorization: ${authorization}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`;
    let text = '';
    let sent = 0;
    const send = () => {
      while (sent < bytes && !socket.destroyed) {
        sent += chunk.length;
        socket.write(`${chunk.length.toString(16)}\r\n`);
        socket.write(chunk);
        if (!socket.write('\r\n')) {
          socket.once('drain', send);
          return;
        }
      }
    };
    socket.on('connect', () => {
      socket.write(head);
      send();
    });
    socket.on('data', (data) => {
      text += data;
      resolve(text);
      socket.destroy();
    });
    socket.on('error', () => resolve(text));
    socket.on('close', () => resolve(text));
  });
}
