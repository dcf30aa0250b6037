/** What columns are told by. */
export interface SampledTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Of the whole file, of which the rows are an even sample. Default: the rows are all. */
  readonly rowsRead?: number;
}

export const cellsAt = ({ rows }: SampledTable, at: number): string[] =>
  rows.map((row) => (row[at] ?? '').trim());

export const cellsOf = (table: SampledTable, name: string): string[] =>
  cellsAt(table, table.columns.indexOf(name));
