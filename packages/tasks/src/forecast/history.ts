/** What a sales file holds once it is read: a history an item, in regular steps. Plain data, since runs keep it. */
import type { Localized } from '@gradus/base';
import type { Grid } from './grid.ts';

export interface ItemHistory {
  /** The name, of several key columns joined by " / ". */
  readonly item: string;
  /** Values of the key columns, by column. */
  readonly levels: Readonly<Record<string, string>>;
  /** Place in `SalesHistory.grids`. */
  readonly grid: number;
  /** Step of the first value. */
  readonly first: number;
  /** By step; NaN where it is not known. */
  readonly values: Float64Array;
  /** By name, by step: price, promotion and what else is known of each step; NaN where it is not. */
  readonly covariates: Readonly<Record<string, Float32Array>>;
}

/** Prices in a column a brand: of each row its own. */
export interface OwnPrices {
  /** What the price is called among the covariates. */
  readonly name: string;
  /** Column of the brand's number. */
  readonly key: string;
  /** By number. */
  readonly columns: Readonly<Record<string, string>>;
}

/** A file of a column an item and role (sales_tea, price_tea, sales_milk, …). */
export interface ItemColumns {
  /** What the column of items is called. */
  readonly key: string;
  readonly items: readonly string[];
  readonly roles: readonly ItemRole[];
}
export interface ItemRole {
  /** What it is called once the item is told apart from it. */
  readonly name: string;
  /** By item. */
  readonly columns: Readonly<Record<string, string>>;
  /** The cells are logarithms of it. */
  readonly isLog?: true;
}

/** What the columns of a sales file were taken for. */
export interface ReadColumns {
  readonly layout: 'long' | 'wide' | 'across';
  readonly time?: string;
  readonly value?: string;
  readonly keys: readonly string[];
  /** The amounts are measurements (loads, temperatures, rates), not what was sold. */
  readonly measures?: true;
  readonly price?: string;
  readonly promotion?: string;
  /** Where each item has columns of its own. */
  readonly byItem?: ItemColumns;
  /** Where the price stands in a column a brand. */
  readonly prices?: OwnPrices;
  /** Columns of other kinds of promotion: display, feature, coupon. */
  readonly otherPromotions?: readonly string[];
  /** Columns of what was spent on advertising, a channel each. */
  readonly spends?: readonly string[];
}

/** An item, and why nothing can be forecast of it. */
export interface SetAsideItem {
  readonly item: string;
  readonly reason: Localized;
}

export interface SalesHistory {
  readonly file: string;
  readonly columns: ReadColumns;
  readonly grids: readonly Grid[];
  readonly items: readonly ItemHistory[];
  /** Covariates that the histories have, price and promotion first. */
  readonly covariates: readonly string[];
  readonly setAside: readonly SetAsideItem[];
  readonly rows: { readonly read: number; readonly used: number; readonly setAside: number };
  /** What was found and decided, to be told. */
  readonly notes: readonly Localized[];
}

/** The step after an item's last. */
export const endOf = ({ first, values }: Pick<ItemHistory, 'first' | 'values'>): number =>
  first + values.length;
