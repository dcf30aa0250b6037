/** A file of corrections is checked where the model is open already: no model is opened on the server's own thread for it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '@gradus/lifecycle';
import { moods, moodsRun } from '@gradus/lifecycle/testing';
import { expect, it } from 'vitest';
import { serve } from '../../serve.ts';

it('corrections of a file are recorded, by a server whose own thread opens no model', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'gradus-feedback-'));
  const [runs, data] = [join(directory, 'runs'), join(directory, 'data')];
  mkdirSync(runs);
  mkdirSync(data);
  const run = await moodsRun(runs);
  writeFileSync(
    join(data, 'corrections.jsonl'),
    '{"text": "one", "mood": "good"}\n{"text": "two"}\nnot JSON\n{"text": "four", "mood": "bad"}\n',
  );
  const open = async () => {
    throw new Error('a model was opened on the thread of the server');
  };
  const server = await serve({
    model: run.id,
    runs,
    recipes: [{ ...moods, service: { ...moods.service, open } }],
    port: 0,
    database: '',
    data,
    answers: { file: join(import.meta.dirname, '..', '..', 'testing', 'answer-moods.ts'), arguments: [] },
  });
  try {
    const response = await fetch(`${server.url}/v1/models/${run.id}/feedback`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ file: 'corrections.jsonl' }),
    });
    const answer = await response.json();
    expect(answer).toMatchObject({
      recorded: 2,
      setAside: [
        { line: 2, reason: { en: expect.stringContaining('mood') } },
        { line: 3, reason: { en: 'it is not JSON' } },
      ],
    });
    const database = await openDatabase(runs, '');
    const rows = await database.selectFrom('corrections').select('correction').orderBy('id').execute();
    expect(rows.map(({ correction }) => JSON.parse(correction))).toEqual([
      { text: 'one', mood: 'good' },
      { text: 'four', mood: 'bad' },
    ]);
    await database.destroy();
  } finally {
    await server.close();
    rmSync(directory, { recursive: true, force: true });
  }
}, 60_000);
