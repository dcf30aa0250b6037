/** A batch: named arrays with the batch on their first axis. What makes batches and what training takes share this one type. */
import type { HostTensor } from '@gradus/engine';

export type Batch = Readonly<Record<string, HostTensor>>;
