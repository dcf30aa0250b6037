/** What a target of an export is: a function from the model to the files that another engine serves as they are. */
import type { Exported, ExportedFile } from './exported.ts';

export interface TargetOptions {
  /** Where KServe will find the model repository. */
  readonly storageUri?: string | undefined;
  /** The directory that holds the runs. */
  readonly runs: string;
}

export type Target = (exported: Exported, options: TargetOptions) => Promise<readonly ExportedFile[]>;
