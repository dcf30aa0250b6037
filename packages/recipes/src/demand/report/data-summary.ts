import type { Localized } from '@gradus/base';
import type { Role, RoleChoice } from '@gradus/data';
import type { Text } from '@gradus/report';

/** What was read, which columns were chosen and why, and what was set aside. */
export interface DataSummary {
  /** The file's name, without its folder. */
  readonly file: string;
  readonly rows: { readonly read: number; readonly used: number; readonly setAside: number };
  readonly columns: Readonly<Record<Role, RoleChoice>>;
  /** Rows set aside, the first of them when they are many; the first row under the header is 1. */
  readonly setAside: readonly { readonly row: number; readonly reason: Text }[];
  /** Other facts about the file: encoding, delimiter, languages. */
  readonly notes: readonly Localized[];
}

/** What was read, with what later steps have to say of it. */
export const dataSummaryOf = (data: DataSummary, notes: readonly Localized[]): DataSummary => ({
  ...data,
  notes: [...data.notes, ...notes],
});
