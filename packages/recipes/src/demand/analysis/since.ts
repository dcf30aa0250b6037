/** The earlier run, and what of its themes is gone. */
export interface Since {
  readonly run: string;
  readonly at: string;
  /** The earlier share of each theme that is there again, by its id. */
  readonly shares: Readonly<Record<string, number>>;
  readonly gone: readonly { readonly id: string; readonly name: string; readonly share: number }[];
}
