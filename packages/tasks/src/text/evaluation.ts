/** What is measured of a text classifier. */
import type { ClassifierEvaluation } from '../shared/classifier.ts';
import type { TaskEvaluation } from '../shared/evaluation.ts';
import type { PromiseKept } from '../shared/promise.ts';

export interface TextEvaluation extends TaskEvaluation {
  readonly classes: readonly string[];
  readonly classifier: ClassifierEvaluation;
  /** What came of the promise on the held-out rows; null where there is none. */
  readonly abstention: PromiseKept | null;
}
