/** Step 2: evidence becomes figures that can be taken of any part of its rows. */
import { UserError } from '@gradus/base';
import type { RunContext } from '@gradus/loop';
import { limitValue } from '@gradus/tasks';
import { columnFigures } from './evidence/column-figures.ts';
import type { Evidence } from './evidence/evidence.ts';
import { TABLE_KINDS } from './evidence/kinds.ts';
import { photographEvidence } from './evidence/photographs.ts';
import type { QualityOptions } from './options.ts';
import type { Prepared } from './prepare.ts';
import type { Standard } from './standard/standard.ts';

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
      all.push(await photographEvidence(of.path, run));
      continue;
    }
    const read = TABLE_KINDS[of.kind].read(of.joined, { standard, version, slices });
    all.push({ ...read, figures: [...read.figures, ...columnFigures(of.joined.table, read, standard)] });
  }
  checkLimits(standard, all);
  return { evidence: all };
}

/** @throws UserError where a share is to be more than all of it: 70 was written where 0.7 was meant */
export function checkLimits({ characteristics }: Standard, evidence: readonly Evidence[]): void {
  const figures = evidence.flatMap((of) => of.figures);
  for (const { figure, limit } of characteristics.flatMap((one) => one.figures)) {
    const value = limitValue(limit);
    if (value <= 1 || !figures.some(({ id, unit }) => id === figure && unit === 'share')) continue;
    throw new UserError({
      en: `the standard: the limit of ${figure} is ${value}, but it is a share between 0 and 1. Write ${value <= 100 ? value / 100 : 'such as 0.9'}.`,
      zh: `标准：${figure} 的限值为 ${value}，但它是 0 到 1 之间的占比。请写成${value <= 100 ? ` ${value / 100}` : '例如 0.9'}。`,
    });
  }
}
