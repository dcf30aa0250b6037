/** An adapter made part of the matrix beside which it was trained: as large and as fast as before. */
import type { LinearConfig } from '../families/decoder-config.ts';

/** Adds to `into`, a matrix as it lies in the file, what its adapter has learnt. */
export function mergeAdapter(
  into: Float32Array,
  { inputs, outputs, transposed }: LinearConfig,
  a: Float32Array,
  b: Float32Array,
  scale: number,
): void {
  const rank = a.length / inputs;
  const row = new Float32Array(inputs);
  for (let o = 0; o < outputs; o++) {
    row.fill(0);
    for (let r = 0; r < rank; r++) {
      const factor = scale * b[o * rank + r]!;
      if (factor === 0) continue;
      const at = r * inputs;
      for (let i = 0; i < inputs; i++) row[i]! += factor * a[at + i]!;
    }
    if (transposed) for (let i = 0; i < inputs; i++) into[i * outputs + o]! += row[i]!;
    else for (let i = 0; i < inputs; i++) into[o * inputs + i]! += row[i]!;
  }
}
