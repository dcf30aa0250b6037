/** `gradus learn` as a founder meets it: a file of customers, a model, answers, corrections, a better model. Each part goes on with what those before it made. */
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { readTable } from '@gradus/data';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandLine, get, jsonOf, post, until } from './testing/command-line.ts';

const sample = readFileSync(
  new URL('../../../examples/customers/customers.csv', import.meta.url),
  'utf8',
).split('\n');
const [header] = sample as [string];
const names = header.split(',');
const csv = (from: number, to: number): string => [header, ...sample.slice(from, to), ''].join('\n');
/** A line of the sample as a row of texts. */
const textRow = (line: string): Record<string, string> =>
  Object.fromEntries(line.split(',').map((cell, i) => [names[i]!, cell]));
const jsonRow = (line: string): Record<string, string | number | null> =>
  Object.fromEntries(
    Object.entries(textRow(line)).map(([name, cell]) => [
      name,
      cell === '' ? null : /^\d+(?:\.\d+)?$/.test(cell) ? Number(cell) : cell,
    ]),
  );
/** The column is known only after a customer has left. */
const IGNORE = ['--ignore', 'exit_survey_sent'] as const;

const { directory, runs, start, gradus, serving, file, close } = commandLine();
afterAll(close);

interface Learnt {
  readonly run: string;
  readonly task: string;
  readonly rows: {
    readonly read: number;
    readonly used: number;
    readonly train: number;
    readonly test: number;
  };
  readonly score: Readonly<Record<string, number>>;
  readonly baselines: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly columns: Readonly<Record<string, string>>;
}

interface Answered {
  readonly prediction: string | number;
  readonly probabilities: Readonly<Record<string, number>>;
  readonly abstained: unknown;
  readonly unread?: readonly string[];
  readonly reasons?: readonly { readonly unit: string; readonly weight: number }[];
}

async function learn(data: string, target: string, ...more: string[]): Promise<Learnt> {
  const { code, stdout, stderr } = await gradus(
    'learn',
    data,
    '--target',
    target,
    '--minutes',
    '0.1',
    '--runs',
    runs,
    '--json',
    ...more,
  );
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as Learnt;
}

let customers: string;
let learnt: Learnt;

beforeAll(async () => {
  customers = file('customers.csv', csv(1, 601));
  learnt = await learn(customers, 'left', ...IGNORE, '--model', 'churn');
  expect((await gradus('promote', 'churn', '1', '--runs', runs)).code).toBe(0);
});

describe('gradus learn', () => {
  it('prints one JSON object: how good the model is, beside guessing and a linear model', () => {
    expect(learnt).toMatchObject({ task: 'classification', rows: { read: 600, used: 600 } });
    expect(learnt.rows.train + learnt.rows.test).toBe(600);
    expect(learnt.baselines.majority!.auc).toBe(0.5);
    expect(Object.keys(learnt.baselines)).toEqual(['majority', 'linear']);
    expect(learnt.score.auc).toBeGreaterThan(0.7);
    for (const name of ['model.onnx', 'bundle.json', 'report.html', 'report.json', 'card.md'])
      expect(existsSync(join(runs, learnt.run, name)), name).toBe(true);
  });
});

describe('gradus learn of what cannot be learnt from', () => {
  const wide = (): string => {
    const columns = Array.from({ length: 100_000 }, (_, i) => i);
    const row = (k: number) => [...columns.map((i) => (i * k) % 97), k % 2 === 0 ? 'yes' : 'no'].join(',');
    const lines = [[...columns.map((i) => `c${i}`), 'left'], ...Array.from({ length: 30 }, (_, k) => row(k))];
    return lines.join('\n');
  };
  it.each([
    [
      'no target',
      csv(1, 30),
      [],
      /--target COLUMN\. The columns of no target\.csv are customer, signed_up/,
      /--target 列名。no target\.csv 的列有：customer、signed_up/,
    ],
    ['three rows', csv(1, 4), ['--target', 'left'], /Only 3 rows.*At least 20/, /只有 3 行。至少需要 20 行/],
    [
      'a strange figure',
      csv(1, 100),
      ['--target', 'left', '--metric', 'rmse'],
      /--metric rmse cannot be measured of left/,
      /计算 --metric rmse/,
    ],
    ['100,000 columns', wide(), ['--target', 'left'], /100001 columns; expected at most 2000/, /100001 列/],
  ])(
    '%s: says what is wrong, in English and Chinese, and leaves no run',
    async (name, content, args, english, chinese) => {
      const out = join(directory, `runs of ${name}`);
      const path = file(`${name}.csv`, content);
      const command = ['learn', path, ...args, '--minutes', '0.1', '--runs', out, '--json'];
      for (const [locale, message] of [
        ['en_US.UTF-8', english],
        ['zh_CN.UTF-8', chinese],
      ] as const) {
        const { code, stdout, stderr } = await start(command, { LC_ALL: locale }).finished;
        expect(code).toBe(1);
        expect(stdout).toBe('');
        expect(stderr).toMatch(message);
        expect(stderr).not.toMatch(/ {4}at /);
      }
      expect(readdirSync(out).filter((entry) => !entry.startsWith('.'))).toEqual([]);
    },
  );
});

describe('gradus predict', () => {
  it('answers the rows of a CSV file: its columns, then the answer with its reasons', async () => {
    const later = file('later.csv', csv(601, 641));
    const out = join(directory, 'answers.csv');
    const { code, stderr } = await gradus('predict', 'churn', later, '--out', out, '--runs', runs);
    expect(code, stderr).toBe(0);
    const { columns, rows } = await readTable(out);
    expect(columns).toEqual([...names, 'prediction', 'p_no', 'p_yes', 'abstained', 'reasons']);
    expect(rows).toHaveLength(40);
    for (const row of rows) {
      const [prediction, no, yes, abstained, reasons] = row.slice(names.length) as [
        string,
        string,
        string,
        string,
        string,
      ];
      expect(Number(no) + Number(yes)).toBeCloseTo(1, 5);
      expect(prediction).toBe(Number(yes) >= 0.5 ? 'yes' : 'no');
      if (abstained !== '') expect(abstained).toMatch(/likely.*｜.*可能性/);
      const units = reasons.split('; ').map((reason) => /^(\w+) [+−]$/.exec(reason)?.[1]);
      expect(units).toHaveLength(3);
      for (const unit of units) expect(names).toContain(unit);
      // What is not learnt from is no reason.
      expect(units).not.toContain('exit_survey_sent');
    }
  });

  it('answers JSON lines the same, and does not need the columns that are not learnt from', async () => {
    const needed = ({ left: _, exit_survey_sent: __, customer: ___, ...row }: Record<string, unknown>) => row;
    const lines = sample.slice(601, 641).map((line) => JSON.stringify(needed(jsonRow(line))));
    const out = join(directory, 'answers.jsonl');
    const { code, stderr } = await gradus(
      'predict',
      'churn',
      file('later.jsonl', lines.join('\n')),
      '--out',
      out,
      '--runs',
      runs,
    );
    expect(code, stderr).toBe(0);
    const answers = readFileSync(out, 'utf8')
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { answer: Answered }).answer);
    const { columns, rows } = await readTable(join(directory, 'answers.csv'));
    expect(answers.map(({ probabilities }) => probabilities.yes)).toEqual(
      rows.map((row) => Number(row[columns.indexOf('p_yes')])),
    );
  });

  const short = (name: string, change: (row: Record<string, string>) => Record<string, string>) =>
    file(
      name,
      sample
        .slice(601, 605)
        .map((line) => JSON.stringify(change(textRow(line))))
        .join('\n'),
    );
  it.each([
    [
      'a missing column',
      ({ plan: _, ...row }: Record<string, string>) => row,
      /lacks the column "plan"\. Columns need the names/,
      /缺少列“plan”。列名须与训练时一致/,
    ],
    [
      'a renamed column',
      ({ logins_last_month, ...row }: Record<string, string>) => ({
        ...row,
        login_last_month: logins_last_month!,
      }),
      /"logins_last_month" \(it has "login_last_month": is it that one\?\)/,
      /“logins_last_month”（现有“login_last_month”，是否指它？）/,
    ],
  ])('says what is wrong with %s, and writes nothing', async (_, change, english, chinese) => {
    const out = join(directory, 'nothing.csv');
    const args = ['predict', 'churn', short('short.jsonl', change), '--out', out, '--runs', runs];
    expect(await gradus(...args)).toMatchObject({ code: 1, stderr: expect.stringMatching(english) });
    const inChinese = await start(args, { LC_ALL: 'zh_CN.UTF-8' }).finished;
    expect(inChinese).toMatchObject({ code: 1, stderr: expect.stringMatching(chinese) });
    expect(existsSync(out)).toBe(false);
  });

  it('says in the file which cells it could not read', async () => {
    const row: Record<string, string> = { ...textRow(sample[601]!), seats: 'a few' };
    const out = join(directory, 'unread.csv');
    const input = file('unread.csv.in', `${names.join(',')}\n${names.map((name) => row[name]).join(',')}\n`);
    const { code, stderr } = await gradus('predict', 'churn', input, '--out', out, '--runs', runs);
    expect(code, stderr).toBe(0);
    const { columns, rows } = await readTable(out);
    expect(rows[0]![columns.indexOf('abstained')]).toMatch(
      /could not be read, and counts as missing: seats: a few.*｜.*无法读取，按缺失处理：seats: a few/,
    );
  });

  it('gives numbers with an interval that most true values lie in', async () => {
    const { run, task } = await learn(
      customers,
      'price_per_month',
      '--ignore',
      'customer,left,exit_survey_sent',
    );
    expect(task).toBe('regression');
    const out = join(directory, 'prices.csv');
    const { code, stderr } = await gradus(
      'predict',
      run,
      file('more.csv', csv(601, 801)),
      '--out',
      out,
      '--runs',
      runs,
    );
    expect(code, stderr).toBe(0);
    const { columns, rows } = await readTable(out);
    expect(columns.slice(names.length)).toEqual(['prediction', 'low', 'high', 'abstained', 'reasons']);
    const price = columns.indexOf('price_per_month');
    const inside = rows.filter((row) => {
      const [prediction, low, high] = row.slice(names.length, names.length + 3).map(Number);
      expect(low).toBeLessThanOrEqual(prediction!);
      expect(high).toBeGreaterThanOrEqual(prediction!);
      return Number(row[price]) >= low! && Number(row[price]) <= high!;
    });
    // Nine of ten are promised; 80 % of 200 is 4 standard errors below.
    expect(inside.length / rows.length).toBeGreaterThan(0.8);
  });
});

describe('gradus serve', () => {
  it('answers rows however they are written, and says what it could not read', async () => {
    const { url, stop } = await serving('models:/churn@champion');
    const ask = async (rows: readonly unknown[], more = {}) =>
      (await jsonOf(post(`${url}/v1/models/churn/predict`, { rows, ...more }))) as unknown as {
        readonly results: readonly Answered[];
      };
    const lines = sample.slice(601, 621);
    const [texts, values] = [await ask(lines.map(textRow)), await ask(lines.map(jsonRow))];
    expect(texts.results).toEqual(values.results);

    const typical = jsonRow(lines[0]!);
    const { results } = await ask(
      [{ ...typical, country: 'Atlantis' }, { plan: 'monthly' }, { ...typical, seats: 'a few' }, {}],
      { reasons: true },
    );
    for (const { probabilities, reasons } of results) {
      expect(probabilities.yes! + probabilities.no!).toBeCloseTo(1, 5);
      expect(reasons!.length).toBeGreaterThan(3);
    }
    expect(results.map(({ unread }) => unread)).toEqual([undefined, undefined, ['seats: a few'], undefined]);
    expect(results[3]!.abstained).toMatchObject({ en: expect.stringContaining('none of the columns') });

    for (const [language, message] of [
      ['en', /No row has the column "payment_failed", but there is "paymentFailed": is it that one\?/],
      ['zh', /没有一行含有列“payment_failed”，但有“paymentFailed”/],
    ] as const) {
      const { payment_failed, ...others } = typical;
      const refused = await post(
        `${url}/v1/models/churn/predict`,
        { rows: [{ ...others, paymentFailed: payment_failed }] },
        { 'accept-language': language },
      );
      expect(refused.status).toBe(400);
      expect(await refused.json()).toMatchObject({ error: { message: expect.stringMatching(message) } });
    }
    await stop();
  });

  it('shows a request to try that is answered as it stands', async () => {
    const { child, output, finished } = start(['serve', 'churn', '--runs', runs, '--port', '0']);
    const shown = await until(() => /-d '(.+)'/.exec(output.stdout)?.[1]);
    const url = await until(() => /http:\/\/[\d.]+:\d+/.exec(output.stdout)?.[0]);
    const { rows } = JSON.parse(shown) as { rows: Record<string, unknown>[] };
    expect(rows[0]).toMatchObject({ plan: expect.any(String), seats: expect.any(Number) });
    const response = await post(`${url}/v1/learn`, { rows });
    expect(response.status).toBe(200);
    child.kill('SIGINT');
    await finished;
  });

  it('answers the Open Inference Protocol from raw columns, the same as by rows', async () => {
    const { url, stop } = await serving('models:/churn@champion');
    const { inputs } = (await jsonOf(get(`${url}/v2/models/churn`))) as {
      inputs: { name: string; datatype: string }[];
    };
    const [first, ...others] = sample.slice(601, 606).map(jsonRow);
    const emptied = inputs.find(({ datatype }) => datatype === 'FP64')!.name;
    const rows = [{ ...first, [emptied]: null }, ...others];
    const DATA: Record<string, (cell: string | number | null) => unknown> = {
      BYTES: (cell) => cell ?? '',
      FP64: (cell) => cell,
      INT64: (cell) => Date.parse(String(cell)),
    };
    const answered = (await jsonOf(
      post(`${url}/v2/models/churn/infer`, {
        inputs: inputs.map(({ name, datatype }) => ({
          name,
          datatype,
          shape: [rows.length],
          data: rows.map((row) => DATA[datatype]!(row[name]!)),
        })),
      }),
    )) as { outputs: { data: number[] }[] };
    const { results } = (await jsonOf(post(`${url}/v1/learn`, { rows }))) as unknown as {
      results: Answered[];
    };
    for (const [i, { probabilities }] of results.entries())
      expect(answered.outputs[0]!.data[2 * i + 1]).toBeCloseTo(probabilities.yes!, 6);
    await stop();
  });

  it('notices customers of another kind', async () => {
    const { child, output, finished } = start([
      'serve',
      'models:/churn@champion',
      '--runs',
      runs,
      '--port',
      '0',
      '--drift-window',
      '100',
    ]);
    const url = await until(() => /http:\/\/[\d.]+:\d+/.exec(output.stdout)?.[0]);
    const rows = sample
      .slice(601, 801)
      .map((line) => ({ ...jsonRow(line), country: 'Atlantis', seats: 500 }));
    interface Window {
      readonly alarm: boolean;
      readonly report: {
        readonly features: readonly { readonly feature: string; readonly drifted: boolean }[];
      };
    }
    const driftedIn = ({ report }: Window) =>
      report.features.filter((feature) => feature.drifted).map(({ feature }) => feature);
    // What was asked before is in a window of its own.
    const alarmed = await until(async () => {
      expect((await post(`${url}/v1/learn`, { rows })).status).toBe(200);
      const { windows } = (await jsonOf(get(`${url}/v1/models/churn/monitoring/drift`))) as unknown as {
        windows: Window[];
      };
      return windows.find((window) => window.alarm && driftedIn(window).includes('input seats'));
    });
    const drifted = driftedIn(alarmed);
    expect(drifted).toEqual(expect.arrayContaining(['input country', 'input seats']));
    // Later dates are as they must be.
    expect(drifted).not.toContain('input signed_up');
    child.kill('SIGINT');
    await finished;
  });
});

describe('feedback and iterate', () => {
  it('learn from corrections and from rows that the file has gained; both models are judged on the same rows', async () => {
    const { columns: _, ...champion } = learnt;
    const corrected = file(
      'corrections.csv',
      [
        header.replace(/,left$/, ',label'),
        ...sample.slice(801, 821),
        sample[821]!.replace(/,(?:yes|no)$/, ',perhaps'),
        '',
      ].join('\n'),
    );
    expect(await gradus('feedback', 'churn', corrected, '--runs', runs)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('20 corrections recorded, 1 set aside'),
      stderr: expect.stringMatching(/line 22 set aside.*there are: no, yes/),
    });
    const { left, ...row } = jsonRow(sample[822]!);
    expect(
      await gradus(
        'feedback',
        'churn',
        file('one.jsonl', JSON.stringify({ row, label: left })),
        '--runs',
        runs,
      ),
    ).toMatchObject({ code: 0, stdout: expect.stringContaining('1 correction recorded') });

    appendFileSync(
      customers,
      sample
        .slice(601, 801)
        .map((line) => `${line}\n`)
        .join(''),
    );
    const { code, stdout, stderr } = await gradus(
      'iterate',
      'churn',
      '--runs',
      runs,
      '--json',
      '--gate',
      'latency=off',
    );
    expect(code, stderr).toBe(0);
    const verdict = JSON.parse(stdout) as {
      readonly n: number;
      readonly corrections: number;
      readonly heldBack: number;
      readonly recent: { readonly n: number };
      readonly slices: readonly { readonly name: { readonly en: string } }[];
    };
    expect(verdict.n).toBe(champion.rows.test);
    expect(verdict.corrections + verdict.heldBack).toBe(21);
    // The newest of the rows that the file has gained, and the corrections that were held back.
    expect(verdict.recent.n).toBeGreaterThanOrEqual(50);
    expect(verdict.recent.n).toBeLessThanOrEqual(60 + verdict.heldBack);
    expect(verdict.slices.map(({ name }) => name.en)).toContain('plan: monthly');
  });
});

describe('gradus export', () => {
  it('hands over a model that plain ONNX Runtime runs, with a program that reads rows as training did', async () => {
    const folder = join(directory, 'handed-over');
    const { code, stderr } = await gradus(
      'export',
      learnt.run,
      '--to',
      'onnx',
      '--runs',
      runs,
      '--out',
      folder,
    );
    expect(code, stderr).toBe(0);
    const rows = sample.slice(601, 611).map(textRow);
    writeFileSync(join(folder, 'own.jsonl'), rows.map((row) => JSON.stringify(row)).join('\n'));
    mkdirSync(join(folder, 'node_modules'));
    const require = createRequire(new URL('../../engine/package.json', import.meta.url));
    for (const name of ['onnxruntime-node', 'onnxruntime-common']) {
      const main = require.resolve(name);
      symlinkSync(main.slice(0, main.lastIndexOf(name) + name.length), join(folder, 'node_modules', name));
    }
    const plain = JSON.parse(
      execFileSync(process.execPath, ['example.mjs', 'own.jsonl'], {
        cwd: folder,
        env: {},
        encoding: 'utf8',
      }),
    ) as { outputs: { data: number[] }[] };
    const { url, stop } = await serving(`runs:/${learnt.run}/model`);
    const { results } = (await jsonOf(post(`${url}/v1/learn`, { rows }))) as unknown as {
      results: Answered[];
    };
    await stop();
    for (const [i, { probabilities }] of results.entries())
      expect(plain.outputs[0]!.data[2 * i + 1]).toBeCloseTo(probabilities.yes!, 4);
  });
});
