/** All tasks, by one contract. */
import { textClusters } from './clusters/task.ts';
import { tableLearning } from './table/task.ts';
import type { Task } from './task.ts';
import { textClassification } from './text/task.ts';

export const TASKS: readonly Task[] = [textClassification, textClusters, tableLearning];
