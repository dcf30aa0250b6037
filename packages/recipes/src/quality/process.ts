/** Step 2: evidence becomes figures that can be taken of any part of its rows. */
import type { RunContext } from '@gradus/loop';
import { columnFigures } from './evidence/column-figures.ts';
import type { Evidence } from './evidence/evidence.ts';
import { TABLE_KINDS } from './evidence/kinds.ts';
import { photographEvidence } from './evidence/photographs.ts';
import type { QualityOptions } from './options.ts';
import type { Prepared } from './prepare.ts';

export interface Processed {
  readonly evidence: readonly Evidence[];
}

export async function process({
  run,
  prepare: { evidence, standard },
}: {
  readonly run: RunContext<QualityOptions>;
  readonly prepare: Prepared;
}): Promise<Processed> {
  const { version, slices } = run.options;
  const all: Evidence[] = [];
  for (const [i, of] of evidence.entries()) {
    run.progress({ en: 'measuring', zh: '计算指标' }, i, evidence.length);
    run.signal.throwIfAborted();
    if (of.kind === 'photographs') {
      all.push(await photographEvidence(of.folder, run));
      continue;
    }
    const read = TABLE_KINDS[of.kind].read(of.joined, { standard, version, slices });
    all.push({ ...read, figures: [...read.figures, ...columnFigures(of.joined.table, read, standard)] });
  }
  return { evidence: all };
}
