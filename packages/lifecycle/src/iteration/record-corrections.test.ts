/** Corrections and outcomes of a model whose rows are records of a table's own columns. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FoundRun, isWhole, type Service } from '@gradus/loop';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openDatabase } from '../database/open.ts';
import type { Database } from '../database/tables.ts';
import { loggable } from '../monitoring/log/loggable.ts';
import { newPredictionId } from '../monitoring/log/prediction-id.ts';
import { recordOutcomes } from '../monitoring/outcomes.ts';
import { onBothDatabases } from '../testing/databases.ts';
import { makeRun } from '../testing/runs.ts';
import { adoptOutcomes } from './adopt-outcomes.ts';
import { correctionChecker, correctionsOf, correctionsOfFile } from './feedback.ts';

const Row = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));
const form = z.strictObject({ row: Row, label: z.string() });
/** What an open run knows besides: its classes. */
const correction = form.extend({ label: z.enum(['yes', 'no']) });
const correctionOf: Service['correctionOf'] = (request, row, outcome) => {
  const found = (request as { rows: unknown[] }).rows[row];
  const isRow = typeof found === 'object' && found !== null && isWhole(found);
  return isRow ? { row: found, label: String(outcome) } : undefined;
};

onBothDatabases((place) => {
  let directory: string;
  let database: Database;
  let run: FoundRun;
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'gradus-corrections-'));
    database = await openDatabase(...(await place()));
    run = makeRun(directory, 'leaves-1');
  });
  afterEach(async () => {
    await database.destroy();
    rmSync(directory, { recursive: true, force: true });
  });

  const learnt = async () => (await correctionsOf(database, 'leaves-1')).map(({ correction }) => correction);
  /** Logs a request with one row for each. */
  async function predicted(rows: readonly object[]): Promise<string> {
    const id = newPredictionId();
    const features = rows.map(() => ({ inputs: {}, outputs: { label: 'yes' } }));
    await database
      .insertInto('predictions')
      .values({
        id,
        role: 'answer',
        model: 'leaves',
        version: '1',
        run: 'leaves-1',
        at: new Date().toISOString(),
        ms: 1,
        caller: 'token',
        pseudonym: null,
        rows: rows.length,
        input: loggable({ rows }, (text) => text.replaceAll(/\d{11}/g, '[PHONE]')),
        output: null,
        features: JSON.stringify(features),
      })
      .execute();
    return id;
  }
  function recorded(name: string, content: string) {
    const file = join(directory, name);
    writeFileSync(file, content);
    const check = async (values: readonly unknown[]) => correctionChecker(correction)(values);
    return correctionsOfFile(database, { runs: directory, run, form, check, file, by: 'test' });
  }

  describe('corrections in a file', () => {
    it('of JSON lines say row and label', async () => {
      const { recorded: count, setAside } = await recorded(
        'c.jsonl',
        '{"row":{"Age":40,"City":null},"label":"yes"}\n{"row":{"Age":41},"label":"maybe"}\n{"Age":42,"label":"no"}\n',
      );
      expect(count).toBe(1);
      expect(await learnt()).toEqual([{ row: { Age: 40, City: null }, label: 'yes' }]);
      expect(setAside).toMatchObject([
        { line: 2, reason: { en: expect.stringContaining('label') } },
        { line: 3, reason: { en: expect.stringContaining('row') } },
      ]);
    });

    it('of a table have the label in a column, and all others are the row, under their own names', async () => {
      const id = await predicted([{ Age: 40 }]);
      const { recorded: count, setAside } = await recorded(
        'c.csv',
        `Age,Label,City,prediction\n40,yes,,${id}.0\n41,no,Ulm,yes\n42,,Ulm,no\n43,no,Bern,${newPredictionId()}\n`,
      );
      expect(count).toBe(3);
      expect(await learnt()).toEqual([
        { row: { Age: '40' }, label: 'yes' },
        // Where the column holds no ids, it is one of the file's own.
        { row: { Age: '41', City: 'Ulm', prediction: 'yes' }, label: 'no' },
        { row: { Age: '43', City: 'Bern' }, label: 'no' },
      ]);
      expect(setAside).toMatchObject([
        { line: 4, reason: { en: expect.stringContaining('label') } },
        { line: 5, reason: { en: expect.stringMatching(/is recorded, but no prediction/) } },
      ]);
      const joined = await database.selectFrom('outcomes').select(['prediction', 'outcome']).execute();
      expect(joined).toEqual([{ prediction: id, outcome: '{"label":"yes"}' }]);
    });

    it('are refused where no column holds the label', async () => {
      await expect(recorded('c.csv', 'Age,City\n40,Ulm\n')).rejects.toThrow(
        'There is no column "label", which says what the model should have answered to each row. There are: Age, City.',
      );
      expect(await learnt()).toEqual([]);
    });
  });

  it('learns from the outcomes of rows that the log has whole, wide ones too', async () => {
    const wide = Object.fromEntries(Array.from({ length: 150 }, (_, i) => [`column ${i}`, i]));
    const tooWide = Object.fromEntries(Array.from({ length: 250 }, (_, i) => [`c${i}`, i]));
    const several = [{ Age: 40, Phone: '13800138000' }, { Note: 'x'.repeat(2000) }, { Age: 41 }];
    const long = Array.from({ length: 60 }, (_, i) => ({ Age: i }));
    const ids = [];
    for (const rows of [[wide], [tooWide], several, long]) ids.push(await predicted(rows));
    await recordOutcomes(
      database,
      [
        `${ids[0]}.0`,
        `${ids[1]}.0`,
        `${ids[2]}.0`,
        `${ids[2]}.1`,
        `${ids[2]}.2`,
        `${ids[3]}.49`,
        `${ids[3]}.50`,
      ].map((prediction) => ({ prediction, outcome: 'no' })),
      'test',
    );
    const adopted = await adoptOutcomes(database, {
      model: 'leaves',
      lineage: 'leaves-1',
      correction,
      correctionOf,
      by: 'test',
    });
    expect(adopted).toBe(4);
    expect(await learnt()).toEqual(
      expect.arrayContaining([
        { row: wide, label: 'no' },
        { row: { Age: 40, Phone: '[PHONE]' }, label: 'no' },
        { row: { Age: 41 }, label: 'no' },
        { row: { Age: 49 }, label: 'no' },
      ]),
    );
  });
});
