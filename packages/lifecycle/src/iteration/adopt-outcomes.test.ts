/** What came of predictions becomes corrections, on both databases. */
import type { Service } from '@gradus/loop';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openDatabase } from '../database/open.ts';
import type { Database, Tables } from '../database/tables.ts';
import { newPredictionId } from '../monitoring/log/prediction-id.ts';
import { recordOutcomes } from '../monitoring/outcomes.ts';
import { onBothDatabases } from '../testing/databases.ts';
import { moods } from '../testing/moods.ts';
import { adoptOutcomes } from './adopt-outcomes.ts';
import { correctionsOf } from './feedback.ts';

onBothDatabases((place) => {
  let database: Database;
  let service: Service;
  beforeEach(async () => {
    database = await openDatabase(...(await place()));
    service = await moods.service.open('');
  });
  afterEach(() => database.destroy());

  async function predicted(texts: string[] | null, more: Partial<Tables['predictions']> = {}) {
    const id = newPredictionId();
    const row = {
      id,
      role: 'answer',
      model: 'shop',
      version: '1',
      run: 'moods-1',
      at: new Date().toISOString(),
      ms: 1,
      caller: 'token',
      pseudonym: null,
      rows: texts?.length ?? 1,
      input: texts && JSON.stringify({ texts }),
      output: null,
      features: JSON.stringify((texts ?? ['']).map(() => ({ inputs: {}, outputs: { mood: 'good' } }))),
      ...more,
    } as const;
    await database.insertInto('predictions').values(row).execute();
    return id;
  }
  const tell = (...outcomes: [prediction: string, outcome: unknown][]) =>
    recordOutcomes(
      database,
      outcomes.map(([prediction, outcome]) => ({ prediction, outcome: outcome as string })),
      'test',
    );
  const adopt = () =>
    adoptOutcomes(database, {
      model: 'shop',
      lineage: 'moods-1',
      correction: moods.service.correction,
      correctionOf: service.correctionOf!,
      by: 'test',
    });
  const learnt = async () => (await correctionsOf(database, 'moods-1')).map(({ correction }) => correction);

  it('once each, and again where they change', async () => {
    const id = await predicted(['fine', 'slow']);
    await tell([`${id}.0`, 'good'], [`${id}.1`, { mood: 'bad' }]);
    expect(await adopt()).toBe(2);
    const first = [
      { text: 'fine', mood: 'good' },
      { text: 'slow', mood: 'bad' },
    ];
    expect(await learnt()).toEqual(first);
    expect(await adopt()).toBe(0);
    await tell([`${id}.0`, 'bad']);
    expect(await adopt()).toBe(1);
    expect(await adopt()).toBe(0);
    expect(await learnt()).toEqual([...first, { text: 'fine', mood: 'bad' }]);
  });

  it('where the log holds what was asked, and they say something', async () => {
    const given = {
      'not kept': await predicted(null),
      'cut off': await predicted(['a very long tex…']),
      'of another model': await predicted(['fine'], { model: 'other' }),
      'nothing to learn': await predicted(['fine']),
    };
    await tell(
      [given['not kept'], 'good'],
      [given['cut off'], 'good'],
      [given['of another model'], 'good'],
      [given['nothing to learn'], 'so so'],
    );
    expect(await adopt()).toBe(0);
    expect(await learnt()).toEqual([]);
  });

  it('however many there are', async () => {
    const texts = Array.from({ length: 700 }, (_, i) => `text ${i}`);
    const ids = [await predicted(texts.slice(0, 600)), await predicted(texts.slice(600))];
    await tell(...texts.map((_, i): [string, string] => [`${ids[i < 600 ? 0 : 1]}.${i % 600}`, 'good']));
    expect(await adopt()).toBe(700);
    expect(new Set((await learnt()).map((correction) => (correction as { text: string }).text))).toEqual(
      new Set(texts),
    );
  });
});
