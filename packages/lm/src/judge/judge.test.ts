/** A judge is worth what its agreement with people shows, and no more. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '@gradus/base';
import { afterAll, describe, expect, it } from 'vitest';
import { load } from '../model/load.ts';
import { tinyModel } from '../testing/tiny-model.ts';
import { judge } from './judge.ts';
import { judgeMeasures, type Verdict } from './measures.ts';
import { modelJudge } from './model-judge.ts';
import { remoteJudge } from './remote-judge.ts';

const folder = mkdtempSync(join(tmpdir(), 'gradus-judge-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string, rows: readonly object[]) => {
  const path = join(folder, name);
  writeFileSync(path, rows.map((row) => JSON.stringify(row)).join('\n'));
  return path;
};

/** Verdicts of a judge that is right with some probability on what is good and what is bad. */
function simulated(count: number, { right = 0.85, good = 0.6, labelled = count, long = 0 } = {}): Verdict[] {
  const random = new Random(7);
  return Array.from({ length: count }, (_, i) => {
    const truth = random.uniform() < good ? 1 : 0;
    const isLong = random.uniform() < 0.5;
    const own = random.uniform() < right ? truth : 1 - truth;
    const said = isLong && random.uniform() < long ? 1 : own;
    return {
      row: {
        row: i,
        input: 'q',
        outputs: [isLong ? 'a long answer' : 'short'] as const,
        ...(i < labelled && { label: truth as 0 | 1 }),
      },
      said: said as 0 | 1,
    };
  });
}

describe('what a judge is worth', () => {
  it('is not said with fewer than 50 labels, and corrects its rate with more', () => {
    const few = judgeMeasures(simulated(400, { labelled: 40 }));
    expect(few.doubts).toEqual(['too few labels']);
    expect(few.correctedRate).toBeUndefined();
    const many = judgeMeasures(simulated(1500, { labelled: 400 }));
    expect(many.doubts).toEqual([]);
    // 0.6 are good; a judge that is right in 0.85 passes 0.57 of them.
    expect(many.correctedRate!.interval[0]).toBeLessThan(0.6);
    expect(many.correctedRate!.interval[1]).toBeGreaterThan(0.6);
    expect(many.kappa!.value).toBeCloseTo(0.7, 0);
  });

  it('is nothing where it guesses, or does no better than always saying the same', () => {
    expect(judgeMeasures(simulated(300, { right: 0.5 })).doubts).toContain('no better than chance');
    const usual = judgeMeasures(simulated(300, { right: 0.85, good: 0.93 }));
    expect(usual.doubts).toEqual(['no better than a constant']);
    expect(usual.constant).toBeGreaterThan(usual.accuracy!.value);
  });

  it('tells that length sways it', () => {
    expect(judgeMeasures(simulated(600, { long: 0.6 })).lengthBias!.interval[0]).toBeGreaterThan(0);
    const [low, high] = judgeMeasures(simulated(600)).lengthBias!.interval;
    expect(low < 0 && high > 0).toBe(true);
  });
});

describe('a judge', () => {
  it('that always takes the first place is found out by swapping', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => ({
      input: `q${i}`,
      output1: 'one',
      output2: 'two',
      label: i % 2 === 0 ? '1' : '2',
    }));
    const asked = { ask: async () => 0.2, close: async () => undefined };
    const found = await judge(asked, file('pairs.jsonl', rows));
    expect(found).toMatchObject({
      kind: 'pair',
      undecided: 60,
      positionBias: { value: 1 },
      consistency: { value: 0 },
    });
    expect(found.doubts).toContain('too few labels');
  });

  it('is a model whose probabilities are read, the same each time', async () => {
    const path = tinyModel({ chat: true });
    const model = await load(path);
    const asked = await modelJudge({ ...model, config: { ...model.config, context: 4096 } }, { threads: 1 });
    const rows = Array.from({ length: 6 }, (_, i) => ({ prompt: `${i}`, answer: 'abc', label: i % 2 }));
    const data = file('answers.jsonl', [...rows, { prompt: 'x', answer: '', label: 1 }]);
    const [one, other] = [await judge(asked, data), await judge(asked, data)];
    await asked.close();
    model.close();
    rmSync(path, { recursive: true });
    expect(other.verdicts).toEqual(one.verdicts);
    expect(one.verdicts.every(({ probability }) => probability! > 0 && probability! < 1)).toBe(true);
    expect(one.setAside.map(({ reason }) => reason.en)).toEqual(['an answer is empty']);
    await expect(judge(asked, file('odd.jsonl', [{ a: 1 }]))).rejects.toThrow(
      'Expected "input" and "output"',
    );
  });

  it('may be an address that speaks OpenAI’s API; what is no verdict is none', async () => {
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        const { model, messages } = JSON.parse(body);
        const [{ content }] = messages;
        const said = content.includes('good') ? 'Yes.' : content.includes('bad') ? ' no' : 'It depends';
        const fits =
          request.url === '/v1/chat/completions' && model === 'small' && request.headers.authorization;
        response.statusCode = fits ? 200 : 400;
        response.end(JSON.stringify({ choices: [{ message: { content: said } }] }));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    const data = file(
      'remote.jsonl',
      ['good', 'bad', 'odd'].map((answer) => ({ input: 'q', output: answer })),
    );
    const { verdicts } = await judge(remoteJudge(`${url}#small`, 'key'), data);
    expect(verdicts.map(({ said }) => said)).toEqual([1, 0, undefined]);
    await expect(judge(remoteJudge(`${url}#large`, 'key'), data)).rejects.toThrow('does not answer: 400');
    server.close();
  });
});
