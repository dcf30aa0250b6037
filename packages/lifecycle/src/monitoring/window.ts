/** A window: what monitoring has looked at together, whether it was an alarm, and what each watch reports of one. */
import type { Drift } from '@gradus/stats';
import type { Tables } from '../database/tables.ts';

export type WindowKind = Tables['watchWindows']['kind'];

export interface WatchWindow<Report = unknown> {
  readonly kind: WindowKind;
  readonly model: string;
  readonly version: string;
  /** From 1. */
  readonly window: number;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly alarm: boolean;
  /** Where the next window begins. */
  readonly last: string;
  readonly report: Report;
}

export interface DriftReport {
  readonly rows: number;
  /** Whose rows the window was compared with, and how many they are. */
  readonly reference: 'run' | 'traffic';
  readonly referenceRows: number;
  /** A p-value below it is an alarm. */
  readonly threshold: number;
  /** Whether traffic before this window was passed over, because there was more than can be tested. */
  readonly skipped: boolean;
  /** The least probable first. */
  readonly features: readonly {
    readonly feature: string;
    readonly pValue: number;
    readonly drifted: boolean;
    /** How far it has moved, by the measure that fits it; null where nothing can be said. */
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
  /** With 99 % intervals. */
  readonly figures: readonly Quality[];
  /** The least share of right answers, and where that comes from; null where there is no saying. */
  readonly gate: { readonly accuracy: number; readonly source: 'option' | 'run' } | null;
}

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
