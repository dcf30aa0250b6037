/**
 * A report as data: sections of blocks. Recipes say what a report holds; rendering decides how it looks, so that
 * the same document becomes a self-contained HTML page today and a page of the studio tomorrow.
 *
 * All text is plain: whatever a user's file contains is escaped when it is rendered.
 */

import type { Language, Localized } from '@gradus/base';
import type { EChartsOption } from 'echarts';

export interface Report {
  readonly title: Localized;
  /** One or two sentences under the title: what was looked at, and how sure the answer is. */
  readonly lead: Localized;
  readonly sections: readonly Section[];
}

export interface Section {
  /** Letters, digits and dashes: the anchor in the page. */
  readonly id: string;
  readonly title: Localized;
  readonly blocks: readonly Block[];
}

export type Block =
  | { readonly kind: 'text'; readonly text: Localized }
  /** A sentence set apart: something to know before trusting what follows. */
  | { readonly kind: 'note'; readonly tone: 'info' | 'warning' | 'good'; readonly text: Localized }
  /** Headline numbers side by side. */
  | { readonly kind: 'figures'; readonly items: readonly Figure[] }
  | {
      readonly kind: 'table';
      readonly caption?: Localized;
      readonly columns: readonly { readonly label: Localized; readonly align?: 'left' | 'right' }[];
      readonly rows: readonly (readonly Cell[])[];
    }
  | {
      readonly kind: 'chart';
      /** What the chart shows, for those who cannot see it; also its caption. */
      readonly caption: Localized;
      /** An Apache ECharts option object. */
      readonly option: (language: Language) => EChartsOption;
      /** Pixels; the width is the page's. */
      readonly height: number;
    }
  | { readonly kind: 'list'; readonly ordered: boolean; readonly items: readonly Localized[] }
  /** What people wrote, word for word, with where it stands in the file. */
  | { readonly kind: 'quotes'; readonly items: readonly Quote[] };

export interface Figure {
  readonly label: Localized;
  readonly value: Cell;
  readonly detail?: Localized;
}

export interface Quote {
  readonly text: string;
  /** Row number in the user's file; the first row under the header is 1. */
  readonly row: number;
  readonly detail?: Localized;
}

/** A plain text reads the same in both languages. */
export type Cell = string | Localized;
