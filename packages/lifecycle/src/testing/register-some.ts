/** A process that registers a run several times: the tests start several at once. */
import { readRun } from '@gradus/loop';
import { openDatabase } from '../database/open.ts';
import { promote } from '../registry/aliases.ts';
import { describeRun, register } from '../registry/register.ts';

const [runs, url, directory, times] = process.argv.slice(2);
const database = await openDatabase(runs!, url);
const run = describeRun(readRun(directory!));
const by = `process ${process.pid}`;
for (let i = 0; i < Number(times); i++) {
  const version = await register(database, { model: 'shared', run, by });
  await promote(database, { model: 'shared', version, by });
}
await database.destroy();
