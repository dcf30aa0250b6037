/** What is in a table, and what is wrong with it. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { profileTable, readTable } from '@gradus/data';

const lines = Array.from({ length: 40 }, (_, i) => `${i},${i % 4 === 0 ? '' : 'blue'},a${i}@example.com`);
writeFileSync('orders.csv', `price,colour,mail\n${lines.join('\n')}\n`);

const { columns, rows } = await readTable('orders.csv');
assert.deepEqual(columns, ['price', 'colour', 'mail']);
assert.equal(rows.length, 40);

const profile = await profileTable('orders.csv');
const colour = profile.columns.find(({ name }) => name === 'colour');
assert.equal(colour?.missing.count, 10);
assert(profile.findings.length > 0);
console.log('data: the profile says what is missing');
