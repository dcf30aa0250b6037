import { execFile } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openDatabase } from '../database/open.ts';
import type { Database } from '../database/tables.ts';
import { onBothDatabases, type Place } from '../testing/databases.ts';
import { makeRun } from '../testing/runs.ts';
import { aliasTarget, deleteAlias, promote, rollback } from './aliases.ts';
import { auditOf } from './audit.ts';
import { lastLearntCorrection, modelOfLineage, recordComparison } from './lineage.ts';
import { listModels, showModel } from './models.ts';
import { describeRun, register } from './register.ts';
import { resolveRun, resolveServed } from './resolve.ts';
import { setTag } from './tags.ts';
import type { Weighed } from './weighed.ts';

const program = join(import.meta.dirname, '..', 'testing', 'register-some.ts');
const by = 'ada';

onBothDatabases((place) => {
  let where: Place;
  let runs: string;
  let database: Database;
  beforeEach(async () => {
    where = await place();
    runs = where[0];
    database = await openDatabase(...where);
  });
  afterEach(() => database.destroy());

  const registered = (id: string, model = 'shop', parent?: string) =>
    register(database, { model, run: describeRun(makeRun(runs, id, parent ? { parent } : {})), by });

  it('gives versions from 1 on, each with signature, lineage, data, card and tags', async () => {
    expect(await registered('test-a')).toBe(1);
    expect(await registered('test-b', 'shop', 'test-a')).toBe(2);
    expect(await registered('test-b', '商店')).toBe(1);
    await setTag(database, { model: 'shop', version: 2, name: 'checked by', value: '小明', by });
    await promote(database, { model: 'shop', version: 1, by });
    expect(await listModels(database)).toMatchObject([
      { name: 'shop', recipe: 'test', versions: 2, aliases: { champion: 1 } },
      { name: '商店', versions: 1, aliases: {} },
    ]);
    const { versions } = await showModel(database, 'shop');
    expect(versions.map(({ version }) => version)).toEqual([2, 1]);
    expect(versions[0]).toMatchObject({
      run: 'test-b',
      parent: 'test-a',
      data: { path: '/data/in.csv', bytes: 7, sha256: 'ab'.repeat(32), corrections: 0 },
      signature: {
        inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 3] }],
        outputs: [{ name: 'y', dtype: 'float32', shape: ['batch', 3] }],
      },
      metrics: { accuracy: 0.9 },
      card: '# test-b\n',
      tags: { 'checked by': '小明' },
      aliases: [],
    });
    expect(versions[1]).toMatchObject({ aliases: ['champion'], parent: null, tags: {} });
  });

  it('says why a signature is not known', async () => {
    const run = makeRun(runs, 'test-a');
    writeFileSync(join(run.directory, 'model.onnx'), 'no model');
    expect(describeRun(run).signature.unread).toMatch(/ONNX|protocol/i);
    rmSync(join(run.directory, 'model.onnx'));
    expect(describeRun(run).signature.unread).toBe('the run has no model.onnx');
  });

  it('moves an alias, and rolls it back as often as it was moved', async () => {
    for (const id of ['test-a', 'test-b', 'test-c']) await registered(id);
    for (const version of [1, 2, 3]) await promote(database, { model: 'shop', version, by });
    expect(await aliasTarget(database, 'shop')).toEqual({ version: 3, run: 'test-c' });
    expect(await rollback(database, { model: 'shop', by })).toBe(2);
    expect(await rollback(database, { model: 'shop', by })).toBe(1);
    await expect(rollback(database, { model: 'shop', by })).rejects.toThrow('is the first champion');
    await promote(database, { model: 'shop', version: 3, alias: 'challenger', by });
    expect((await showModel(database, 'shop')).aliases).toEqual({ champion: 1, challenger: 3 });
    await deleteAlias(database, { model: 'shop', alias: 'challenger', by });
    await expect(aliasTarget(database, 'shop', 'challenger')).rejects.toThrow(
      'gradus promote shop 3 --alias challenger',
    );
  });

  it('writes who changed what, with before and after', async () => {
    await registered('test-a');
    await registered('test-b');
    await promote(database, { model: 'shop', version: 1, by });
    await promote(database, { model: 'shop', version: 2, by: 'bob' });
    await promote(database, { model: 'shop', version: 2, by: 'bob' });
    await rollback(database, { model: 'shop', by });
    await setTag(database, { model: 'shop', version: 1, name: 'n', value: 'old', by });
    await setTag(database, { model: 'shop', version: 1, name: 'n', value: null, by });
    await deleteAlias(database, { model: 'shop', alias: 'champion', by });
    const entries = await auditOf(database, { model: 'shop' });
    expect(entries.map(({ who, what, before, after }) => [who, what, before, after]).reverse()).toEqual([
      ['ada', 'register', null, { version: 1, run: 'test-a' }],
      ['ada', 'register', null, { version: 2, run: 'test-b' }],
      ['ada', 'promote', null, { alias: 'champion', version: 1 }],
      ['bob', 'promote', { alias: 'champion', version: 1 }, { alias: 'champion', version: 2 }],
      ['ada', 'rollback', { alias: 'champion', version: 2 }, { alias: 'champion', version: 1 }],
      ['ada', 'tag', null, { version: 1, n: 'old' }],
      ['ada', 'tag', { version: 1, n: 'old' }, null],
      ['ada', 'delete alias', { alias: 'champion', version: 1 }, null],
    ]);
    expect(Math.abs(Date.now() - Date.parse(entries[0]!.at))).toBeLessThan(60_000);
  });

  it('changes nothing where the audit log cannot be written', async () => {
    await registered('test-a');
    await sql`drop table audit`.execute(database);
    await expect(promote(database, { model: 'shop', version: 1, by })).rejects.toThrow(/audit/);
    await expect(registered('test-b')).rejects.toThrow(/audit/);
    expect(await listModels(database)).toMatchObject([{ versions: 1, aliases: {} }]);
  });

  it('gives consecutive versions to processes that register at the same time', async () => {
    const { directory } = makeRun(runs, 'test-a');
    const processes = Array.from({ length: 4 }, () =>
      promisify(execFile)(process.execPath, [program, ...where, directory, '10']),
    );
    const here = Array.from({ length: 10 }, () => registered('test-a', 'shared'));
    await Promise.all([...processes, ...here]);
    const { versions, aliases } = await showModel(database, 'shared');
    expect(versions.map(({ version }) => version).reverse()).toEqual(
      Array.from({ length: 50 }, (_, i) => i + 1),
    );
    const log = await auditOf(database, { most: 1000 });
    expect(log.filter(({ what }) => what === 'register')).toHaveLength(50);
    // Each promotion was of what the one before it had left: nobody's was lost.
    const moves = log.filter(({ what }) => what === 'promote').reverse();
    expect(moves).toHaveLength(40);
    for (const [i, { before }] of moves.entries())
      expect(before).toEqual(i === 0 ? null : moves[i - 1]!.after);
    expect(moves.at(-1)!.after).toEqual({ alias: 'champion', version: aliases.champion });
  });

  it('finds what a URI names', async () => {
    const run = makeRun(runs, 'test-a');
    await registered('test-b');
    await registered('test-c');
    await promote(database, { model: 'shop', version: 1, by });
    const idOf = async (reference: string) => (await resolveRun(database, runs, reference)).id;
    expect(await idOf('runs:/test-a/model')).toBe('test-a');
    expect(await idOf('models:/shop/2')).toBe('test-c');
    expect(await idOf('models:/shop/latest')).toBe('test-c');
    expect(await idOf('models:/shop@champion')).toBe('test-b');
    expect(await idOf('test-c')).toBe('test-c');
    const fixed = await resolveServed(database, { runs, reference: 'models:/shop/1', by });
    const followed = await resolveServed(database, { runs, reference: 'models:/shop@champion', by });
    const lineage = await resolveServed(database, { runs, reference: 'test-a', by });
    expect(lineage.uri).toBe('models:/test-a@champion');
    await promote(database, { model: 'shop', version: 2, by });
    const served = async ({ desired }: typeof fixed) =>
      Array.from((await desired()).versions.values(), (version) => version.run);
    expect(await served(fixed)).toEqual(['test-b']);
    expect(await served(followed)).toEqual(['test-c']);
    expect(await served(lineage)).toEqual([run.id]);
  });

  it('says what is not there, and what could be', async () => {
    await registered('test-a');
    const other = describeRun(makeRun(runs, 'other-a', { recipe: 'other' }));
    const wrong: [() => Promise<unknown>, RegExp][] = [
      [() => showModel(database, 'shops'), /no registered model "shops". There are: shop\./],
      [
        () => promote(database, { model: 'shop', version: 2, by }),
        /no version 2. Its versions go from 1 to 1/,
      ],
      [() => promote(database, { model: 'none', version: 1, by }), /no registered model "none"/],
      [() => promote(database, { model: 'shop', version: 1, alias: 'v1', by }), /cannot be an alias/],
      [() => rollback(database, { model: 'shop', by }), /nothing to roll back/],
      [() => deleteAlias(database, { model: 'shop', alias: 'champion', by }), /no alias "champion"/],
      [() => register(database, { model: 'shop', run: other, by }), /of the recipe "test".*of "other"/],
      [() => register(database, { model: '../shop', run: other, by }), /cannot be a model's name/],
      [
        () => register(database, { model: 'x', run: other, tags: { ' ': 'x' }, by }),
        /cannot be a tag's name/,
      ],
      [() => resolveRun(database, runs, 'models:/shop'), /names no model/],
      [() => resolveRun(database, runs, 'runs:/../../etc/model'), /names no model/],
    ];
    for (const [attempt, message] of wrong) await expect(attempt()).rejects.toThrow(message);
    expect(await listModels(database)).toHaveLength(1);
    expect(await auditOf(database)).toHaveLength(1);
  });

  const verdict: Weighed = {
    gates: [],
    promote: true,
    reason: { en: 'better', zh: '更好' },
    metrics: {},
    n: 10,
    pValue: 0.01,
  };

  it('makes a lineage a model, and a winning challenger its next champion', async () => {
    const first = makeRun(runs, 'test-1');
    // Several at once: one registers, the others find it done.
    const names = await Promise.all([1, 2, 3].map(() => modelOfLineage(database, { runs, run: first, by })));
    expect(names).toEqual(['test-1', 'test-1', 'test-1']);
    const compared = { lineage: 'test-1', model: 'test-1', champion: 'test-1', lastCorrection: 7, by };
    const challenger = makeRun(runs, 'test-2', { parent: 'test-1' });
    expect(await recordComparison(database, { ...compared, challenger, verdict })).toEqual(verdict);
    expect(await aliasTarget(database, 'test-1')).toEqual({ version: 2, run: 'test-2' });
    expect(await modelOfLineage(database, { runs, run: challenger, by })).toBe('test-1');
    expect(await lastLearntCorrection(database, compared)).toBe(7);

    // Trained against the first, and meanwhile the second became champion.
    const late = makeRun(runs, 'test-3', { parent: 'test-1' });
    const standing = await recordComparison(database, { ...compared, challenger: late, verdict });
    expect(standing).toMatchObject({
      promote: false,
      reason: { en: expect.stringContaining('test-2 became') },
    });
    expect(await aliasTarget(database, 'test-1')).toEqual({ version: 2, run: 'test-2' });
    expect((await showModel(database, 'test-1')).versions).toHaveLength(2);
  });

  it('takes over the champions of a database from before the registry', async () => {
    const first = makeRun(runs, 'test-1');
    makeRun(runs, 'test-2', { parent: 'test-1' });
    makeRun(runs, 'test-3', { parent: 'test-2' });
    for (const [challenger, promoted] of [
      ['test-2', 1],
      ['test-3', 0],
    ] as const) {
      await database
        .insertInto('comparisons')
        .values({
          lineage: 'test-1',
          model: 'test-1',
          champion: 'test-1',
          challenger,
          promoted,
          lastCorrection: 1,
          verdict: '{}',
          at: '2026-01-01T00:00:00.000Z',
        })
        .execute();
    }
    await modelOfLineage(database, { runs, run: first, by });
    expect(await aliasTarget(database, 'test-1')).toEqual({ version: 2, run: 'test-2' });
    expect(await rollback(database, { model: 'test-1', by })).toBe(1);
  });
});
