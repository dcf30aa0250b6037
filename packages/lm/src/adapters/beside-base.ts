/**
 * Several adapters beside one base (Hu et al., "LoRA", 2021; Sheng et al., "S-LoRA", 2023). The narrow matrices of all stand side by
 * side, and each text lets through those of its own adapter: one product serves texts of any adapters, and the base is held once.
 */
import { constant, input, type Tensor } from '@gradus/engine';
import type { LinearConfig } from '../families/decoder-config.ts';
import type { LayerWeights } from '../graph/layer-weights.ts';
import { constantFrom } from '../weights/weights.ts';
import type { LoadedAdapter } from './adapter-files.ts';

/** Of each text which adapter is its own: [batch, adapters] of 0 and 1; none where there are no adapters. */
export const adaptersInput = (count: number): Tensor | undefined =>
  count > 0 ? input('adapters', ['batch', count]) : undefined;

/** @param chosen [batch, adapters] */
export function withAdapters(
  base: LayerWeights,
  adapters: readonly LoadedAdapter[],
  chosen: Tensor,
): LayerWeights {
  return {
    ...base,
    perText: true,
    linear(x, config) {
      const y = base.linear(x, config);
      const own = adapters.flatMap((adapter, i) => {
        const rank = adapter.rank(config);
        return rank === undefined ? [] : [{ adapter, i, rank }];
      });
      if (own.length === 0) return y;
      const width = own.reduce((sum, { rank }) => sum + rank, 0);
      const columns = own.flatMap(({ i, rank }) => new Array<bigint>(rank).fill(BigInt(i)));
      const of = constant({ dtype: 'int64', dims: [width], data: BigInt64Array.from(columns) });
      const { inputs, outputs, name } = config;
      const stacked = (part: 'A' | 'B', dims: readonly [number, number]) =>
        constantFrom(
          `${name}.adapters_${part}`,
          () => ({ dtype: 'float32', dims, data: stackOf(own, config, part) }),
          dims,
        );
      const narrow = x.matmul(stacked('A', [width, inputs]).T);
      const through = narrow.mul(chosen.gather(of, 1).unsqueeze(1));
      return y.add(through.matmul(stacked('B', [width, outputs])));
    },
  };
}

/** A of all, [width, inputs]; or B of all, with their factors, [width, outputs]. */
function stackOf(
  own: readonly { readonly adapter: LoadedAdapter; readonly rank: number }[],
  config: LinearConfig,
  part: 'A' | 'B',
): Float32Array<ArrayBuffer> {
  const { inputs, outputs } = config;
  const size = part === 'A' ? inputs : outputs;
  const all = new Float32Array(own.reduce((sum, { rank }) => sum + rank, 0) * size);
  let at = 0;
  for (const { adapter, rank } of own) {
    const { a, b, scale } = adapter.read(config)!;
    if (part === 'A') all.set(a, at * inputs);
    // In the file B is [outputs, rank].
    else
      for (let o = 0; o < outputs; o++)
        for (let r = 0; r < rank; r++) all[(at + r) * outputs + o] = scale * b[o * rank + r]!;
    at += rank;
  }
  return all;
}
