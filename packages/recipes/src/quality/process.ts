/** Step 2: evidence becomes figures that can be taken of any part of its rows. */
import type { RunContext } from '@gradus/loop';
import { columnFigures } from './evidence/column-figures.ts';
import type { Evidence } from './evidence/evidence.ts';
import { KINDS } from './evidence/kinds.ts';
import type { QualityOptions } from './options.ts';
import type { Prepared } from './prepare.ts';

export interface Processed {
  readonly evidence: readonly Evidence[];
}

export function process({
  run,
  prepare: { evidence, standard },
}: {
  readonly run: RunContext<QualityOptions>;
  readonly prepare: Prepared;
}): Processed {
  const { version, slices } = run.options;
  return {
    evidence: evidence.map(({ kind, joined }, i) => {
      run.progress({ en: 'measuring', zh: '计算指标' }, i, evidence.length);
      run.signal.throwIfAborted();
      const read = KINDS[kind]!.read(joined, { standard, version, slices });
      return { ...read, figures: [...read.figures, ...columnFigures(joined.table, read, standard)] };
    }),
  };
}
