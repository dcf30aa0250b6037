/**
 * What monitoring compares traffic with: rows of the run's own data that nothing was fitted on, described by the very
 * functions that answer and describe requests when the run is served.
 */
import type { Localized } from '@gradus/base';
import type { Described, Reference, RunContext } from '@gradus/loop';

/** Rows that are described; of more, an even sample. */
const MOST = 5000;
/** Answered at once. */
const BATCH = 250;

export interface ReferenceOptions<Input> {
  readonly run: Pick<RunContext, 'signal' | 'progress'>;
  readonly inputs: readonly Input[];
  /** Which rows these are. */
  readonly source: Localized;
  describe(inputs: readonly Input[]): Promise<readonly Described[]>;
}

export async function referenceOf<Input>(options: ReferenceOptions<Input>): Promise<Reference> {
  const { run, source, describe } = options;
  const inputs = evenSample(options.inputs);
  const rows: Described[] = [];
  for (let from = 0; from < inputs.length; from += BATCH) {
    run.signal.throwIfAborted();
    run.progress({ en: 'reference', zh: '监控基准' }, from, inputs.length);
    rows.push(...(await describe(inputs.slice(from, from + BATCH))));
  }
  return { source, rows };
}

function evenSample<T>(values: readonly T[]): T[] {
  const step = Math.max(1, values.length / MOST);
  return Array.from({ length: Math.min(values.length, MOST) }, (_, i) => values[Math.floor(i * step)]!);
}
