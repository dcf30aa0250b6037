/** Where the rows of a training lie: a file that was sent, or a dataset of the workspace, which may be of any size. */
import { datasetPath, isDatasetAddress } from '@gradus/lifecycle';
import { contentPath, findFile } from './stored-files.ts';

/** @throws NotFound where there is none */
export const trainingPath = (runs: string, file: string): string =>
  isDatasetAddress(file) ? datasetPath(runs, file) : contentPath(runs, findFile(runs, file));
