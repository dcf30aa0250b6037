/** Learning rates by step. Steps count from 1, as in an optimizer. */

type Schedule = (step: number) => number;

/** `rate` times `factor` after every `every` steps. */
export const stepDecay =
  (rate: number, every: number, factor = 0.1): Schedule =>
  (step) =>
    rate * factor ** Math.floor((step - 1) / every);

/** `rate` times `factor` at every step. */
export const exponentialDecay =
  (rate: number, factor: number): Schedule =>
  (step) =>
    rate * factor ** (step - 1);

/** From `rate` down to `least` along half a cosine over `steps` (Loshchilov and Hutter, "SGDR", 2017). */
export const cosine =
  (rate: number, steps: number, least = 0): Schedule =>
  (step) =>
    least + ((rate - least) * (1 + Math.cos((Math.PI * Math.min(step - 1, steps)) / steps))) / 2;

/** From 0 up to where `then` begins, in equal steps (Goyal et al., 2017); `then` counts from the end of the warm-up. */
export const warmUp =
  (steps: number, then: Schedule): Schedule =>
  (step) =>
    step <= steps ? (then(1) * step) / steps : then(step - steps);

/** Up to `rate` over the first three tenths and down again, along cosines (Smith and Topin, "Super-Convergence", 2018). As in PyTorch. */
export const oneCycle = (rate: number, steps: number, { start = 25, end = 1e4 } = {}): Schedule => {
  const top = 0.3 * steps - 1;
  const between = (from: number, to: number, fraction: number) =>
    to + ((from - to) * (1 + Math.cos(Math.PI * fraction))) / 2;
  return (step) => {
    const at = Math.min(step, steps) - 1;
    return at <= top
      ? between(rate / start, rate, at / top)
      : between(rate, rate / start / end, (at - top) / (steps - 1 - top));
  };
};
