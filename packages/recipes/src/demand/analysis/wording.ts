/** How findings put numbers and sentences into words. */
import type { Localized } from '@gradus/base';

/** Percentage points, without a unit: "9.9". */
export function points(share: number): string {
  return (100 * share).toFixed(1);
}

/** Sentences one after another; Chinese needs no space between them. */
export function joined(parts: readonly Localized[]): Localized {
  return { en: parts.map(({ en }) => en).join(' '), zh: parts.map(({ zh }) => zh).join('') };
}
