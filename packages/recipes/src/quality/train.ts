/**
 * Step 4: what new rows are scored with. A verdict on rows needs no model but the standard and what was fitted to the evidence: limits
 * of control charts, a process model, a detector of defects. So that is what this step keeps.
 */
import type { EvidenceKind } from './evidence/evidence.ts';
import type { Processed } from './process.ts';

export interface Trained {
  readonly scorers: readonly Scorer[];
}

export interface Scorer {
  readonly kind: EvidenceKind;
  readonly file: string;
  readonly columns: Readonly<Record<string, string>>;
  readonly fitted?: unknown;
}

export const train = ({ process: { evidence } }: { readonly process: Processed }): Trained => ({
  scorers: evidence.map(({ kind, file, columns, fitted }) => ({
    kind,
    file,
    columns,
    ...(fitted !== undefined && { fitted }),
  })),
});
