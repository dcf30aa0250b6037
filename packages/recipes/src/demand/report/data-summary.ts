import type { Localized } from '@gradus/loop';

/** What was read, which columns were chosen and why, and what was set aside. */
export interface DataSummary {
  /** The file's name, without its folder. */
  readonly file: string;
  readonly rows: { readonly read: number; readonly used: number; readonly setAside: number };
  readonly columns: readonly {
    readonly role: 'text' | 'rating' | 'label' | 'time' | 'product';
    /** Null where no column serves. */
    readonly name: string | null;
    readonly why: Localized;
  }[];
  /** Rows set aside, by reason. */
  readonly setAside: readonly {
    readonly reason: Localized;
    readonly count: number;
    /** The first few of them; the first row under the header is 1. */
    readonly rows: readonly number[];
  }[];
  /** Anything else to tell about the file: encoding, delimiter, languages. */
  readonly notes: readonly Localized[];
}
