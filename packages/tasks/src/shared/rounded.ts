/** To four decimals, as descriptions keep probabilities and shares. */
export const rounded = (value: number): number => Math.round(1e4 * value) / 1e4;
