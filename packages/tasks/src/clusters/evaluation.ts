/** What is measured of clusters: on held-out texts, and of each cluster. */
import type { TaskEvaluation } from '../shared/evaluation.ts';

export interface ClusterEvaluation extends TaskEvaluation {
  /** The largest first. */
  readonly clusters: readonly {
    readonly id: string;
    readonly name: string;
    readonly terms: readonly string[];
    /** Training texts. */
    readonly size: number;
    /** 0 to 1: how nearly another seed finds the same texts together. */
    readonly stability: number;
  }[];
  /** Training texts that are in no cluster. */
  readonly without: number;
}
