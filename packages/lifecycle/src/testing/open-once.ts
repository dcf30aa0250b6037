/** A process that opens a database, adds a correction and ends: the tests start several at once. */
import { openDatabase } from '../database/open.ts';
import { addCorrections } from '../iteration/feedback.ts';

const [runs, url] = process.argv.slice(2);
const database = await openDatabase(runs!, url);
await addCorrections(database, 'first', [{ pid: process.pid }], 'test');
await database.destroy();
