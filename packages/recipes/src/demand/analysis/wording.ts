/** How findings put numbers and sentences into words. */
import type { Localized } from '@gradus/base';

/** "12 %": a decimal is shown below ten per cent. */
export function percent(share: number): string {
  const value = 100 * share;
  return `${Math.abs(value) < 9.95 ? value.toFixed(1) : value.toFixed(0)}%`;
}

/** Percentage points, without a unit: "9.9". */
export function points(share: number): string {
  return (100 * share).toFixed(1);
}

/** Points of a rating. */
export function decimals(value: number): string {
  return value.toFixed(2);
}

/** With its sign, which a reader of effects needs: "+0.31", "−1.20". */
export function signed(value: number, format: (value: number) => string = decimals): string {
  return `${value < 0 ? '−' : '+'}${format(Math.abs(value))}`;
}

/** Sentences one after another; Chinese needs no space between them. */
export function joined(parts: readonly Localized[]): Localized {
  return { en: parts.map(({ en }) => en).join(' '), zh: parts.map(({ zh }) => zh).join('') };
}
