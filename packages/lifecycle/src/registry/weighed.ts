/** A verdict with the gates that it went through: what a comparison of champion and challenger comes to. */
import type { Localized } from '@gradus/base';
import type { Verdict } from '@gradus/loop';

export interface GateResult {
  readonly gate: 'slice' | 'calibration' | 'latency' | 'size';
  readonly passed: boolean;
  readonly reason: Localized;
}

export interface Weighed extends Verdict {
  readonly gates: readonly GateResult[];
}
