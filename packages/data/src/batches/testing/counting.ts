/** A batch maker for tests: it returns its request, fails at a row of choice, and takes its time. */
import { UserError } from '@gradus/base';
import type { OpenBatches } from '../maker.ts';

export const open: OpenBatches<{ failAt?: number; stopAt?: number; delay?: number }> = (data) => ({
  async batch(rows, { random, epoch }) {
    if (rows.includes(data.failAt ?? -1)) throw new UserError(`row ${data.failAt} is broken`);
    if (rows.includes(data.stopAt ?? -1)) process.exit(3);
    await new Promise((done) => setTimeout(done, data.delay ?? 0));
    const drawn = Float64Array.from(rows, (row) => random.fork(`${epoch}/${row}`).uniform());
    return {
      rows: { dtype: 'int32', dims: [rows.length], data: rows },
      drawn: { dtype: 'float64', dims: [rows.length], data: drawn },
    };
  },
});
