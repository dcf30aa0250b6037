/** What comes of comparing a finished challenger run with the champion that it was retrained from. */
import type { Localized } from '@gradus/base';

/** A figure of both runs on the same rows. */
export interface Measured {
  readonly champion: number;
  readonly challenger: number;
  /** Two-sided p-value of the difference, where it was tested. */
  readonly pValue?: number;
}

/** The figures of a part of the rows. */
export interface Slice {
  readonly name: Localized;
  readonly n: number;
  readonly metric: string;
  /** Of the figure more is better; false of errors. Default: true. */
  readonly isGain?: boolean;
  readonly measured: Measured;
}

export interface Verdict {
  readonly promote: boolean;
  readonly reason: Localized;
  /** Each figure for both, on the same `n` held-out rows. `calibrationError`, where it is among them, is watched by a gate. */
  readonly metrics: Readonly<Record<string, Measured>>;
  readonly n: number;
  /** Two-sided p-value of the difference in the deciding metric. */
  readonly pValue: number;
  /** The same on the newest rows, which neither run has learnt from; absent where they are too few. */
  readonly recent?: {
    readonly metrics: Readonly<Record<string, Measured>>;
    readonly n: number;
    readonly pValue: number;
  };
  /** Parts of the held-out rows: by product, language, time. */
  readonly slices?: readonly Slice[];
}
