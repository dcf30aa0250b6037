/**
 * The messages between DuckDB's process and ours. A statement's rows are pulled: each `next` is answered by one batch, so
 * that neither process holds more than that.
 */

/** One of DuckDB's values as a plain one; how each type comes is in values.ts. */
export type DuckDbValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly DuckDbValue[]
  | { readonly [key: string]: DuckDbValue };

export interface DuckDbColumn {
  readonly name: string;
  /** As DuckDB writes it: `BIGINT`, `DECIMAL(10,2)`, `VARCHAR[]`. */
  readonly type: string;
}

/** The first message to the process. */
export interface Setup {
  readonly memoryLimit: number;
  readonly threads: number;
  readonly files: readonly string[];
  readonly outputs: readonly string[];
  /** Ours alone, made and removed by the parent. */
  readonly scratch: string;
}

export type Request =
  | { readonly kind: 'setup'; readonly id: number; readonly setup: Setup }
  | {
      readonly kind: 'start';
      readonly id: number;
      readonly sql: string;
      readonly parameters: readonly DuckDbValue[];
    }
  | { readonly kind: 'next'; readonly id: number }
  | { readonly kind: 'stop'; readonly id: number };

export type Reply =
  | { readonly kind: 'ready'; readonly id: number }
  | { readonly kind: 'columns'; readonly id: number; readonly columns: readonly DuckDbColumn[] }
  | { readonly kind: 'rows'; readonly id: number; readonly rows: readonly (readonly DuckDbValue[])[] }
  | { readonly kind: 'end'; readonly id: number }
  | { readonly kind: 'error'; readonly id: number; readonly message: string };
