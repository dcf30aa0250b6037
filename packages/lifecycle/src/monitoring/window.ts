/** Windows: the stretches of traffic that monitoring examines as one, each with its report. */
import type { Drift } from '@gradus/stats';

export interface DriftReport {
  readonly rows: number;
  /** What the window was compared with: the run's own data, or the first traffic. */
  readonly reference: 'run' | 'traffic';
  readonly referenceRows: number;
  /** A p-value below it is an alarm. */
  readonly threshold: number;
  /** Traffic before this window was skipped, because there was more than can be tested. */
  readonly skipped: boolean;
  /** The least probable first. */
  readonly features: readonly {
    readonly feature: string;
    readonly pValue: number;
    readonly drifted: boolean;
    /** Distance from the reference, by the measure that suits the feature; null where it has none. */
    readonly distance: Drift | null;
    readonly psi: number | null;
  }[];
}

export interface Quality {
  /** The output's name. */
  readonly output: string;
  readonly metric: 'accuracy' | 'macro F1' | 'mean absolute error';
  readonly value: number;
  readonly interval: readonly [low: number, high: number];
  readonly n: number;
}

export interface QualityReport {
  readonly n: number;
  /** With 99% intervals. */
  readonly figures: readonly Quality[];
  /** The smallest accuracy that is no alarm, and where it comes from; null where nothing sets one. */
  readonly gate: { readonly accuracy: number; readonly source: 'option' | 'run' } | null;
}

/** How many requests there were in an interval, how many failed, how long they took. */
export interface Tally {
  readonly at: string;
  readonly seconds: number;
  readonly requests: number;
  /** Answered with a status from 500 on, but for those turned away. */
  readonly errors: number;
  /** Turned away: too much to do (503), or too many from one caller (429). */
  readonly shed: number;
  /** Milliseconds; null without requests. */
  readonly p50: number | null;
  readonly p99: number | null;
}

export interface ErrorsReport extends Tally {
  /** What may be. */
  readonly gates: { readonly errors: number; readonly latency: number | null };
  readonly exceeded: readonly ('errors' | 'latency')[];
}

interface Reports {
  readonly drift: DriftReport;
  readonly quality: QualityReport;
  readonly errors: ErrorsReport;
}

export type WindowKind = keyof Reports;

/** A window of one kind, or of any. */
export type WatchWindow<K extends WindowKind = WindowKind> = {
  readonly [Each in K]: {
    readonly kind: Each;
    readonly model: string;
    readonly version: string;
    /** From 1. */
    readonly window: number;
    readonly startedAt: string;
    readonly endedAt: string;
    readonly alarm: boolean;
    /** Where the next window begins. */
    readonly last: string;
    readonly report: Reports[Each];
  };
}[K];
