/**
 * Weights in 4 or 8 bits: matrices by MatMulNBits, the embedding by the rows that are looked up, in 8 bits, and where the head is the
 * embedding both read the same bytes. Vectors, and matrices whose rows are no whole blocks, stay as they are.
 */
import { UserError } from '@gradus/base';
import { apply, concat, type Tensor } from '@gradus/engine';
import { transposed } from '../gguf/weights.ts';
import { type Blocks, blocksOf, type FewBits } from '../weights/blocks.ts';
import { constantFrom, requireWeight, type Weights } from '../weights/weights.ts';
import { constantWeights, type LayerWeights, weightDims } from './layer-weights.ts';

export const BLOCK = 32;
/** Of a table, where products are exact: the runtime makes reals of all rows of a product at once, and many times what they are held in. */
const MOST_ROWS = 8192;
/** Levels of MatMulNBits: what a product is computed in. */
const [EXACT, INT8] = [0, 4];

/** How many bits a weight takes while the model runs. */
export type RunBits = FewBits | 32;

/**
 * Whether what weights are multiplied by is rounded to 8 bits, in blocks, as llama.cpp does it: for none, for those of 8 bits (tens of
 * times as fast for a single token), or for those of 4 bits too, where a text of the model was measured with it (run/rounding.ts).
 */
export type Rounds = 'none' | 'eight' | 'all';

/** @throws UserError where a weight cannot run in so many */
export function requireBits(bits: number | undefined): void {
  if (bits === undefined || [4, 8, 32].includes(bits)) return;
  throw new UserError({
    en: `weights run in 4, 8 or 32 bits, not ${bits}`,
    zh: `权重可用 4、8 或 32 位运行，而不是 ${bits} 位`,
  });
}

/**
 * @param rounds not for training, whose slopes are of the exact product. `true`: eight
 * @throws UserError where weights cannot run in so many bits
 */
export function weightsIn(
  weights: Weights,
  bits: RunBits = 32,
  rounds: boolean | Rounds = false,
): LayerWeights {
  requireBits(bits);
  return bits === 32 ? constantWeights(weights) : quantizedWeights(weights, bits, rounds);
}

export function quantizedWeights(
  weights: Weights,
  bits: FewBits,
  given: boolean | Rounds = false,
): LayerWeights {
  const rounds = given === true ? 'eight' : given || 'none';
  const plain = constantWeights(weights);
  const known = new Map<string, Quantized>();
  const quantized = (name: string, own: FewBits, columns: number, read: () => Float32Array, rows: number) => {
    const made = () => weights.blocks?.(name, own) ?? blocksOf(read(), own, BLOCK);
    const found = known.get(name) ?? constants(name, own, [rows, columns], made);
    known.set(name, found);
    return found;
  };
  return {
    vector: plain.vector,
    tensor: plain.tensor,
    linear(x, config) {
      const { name, inputs, outputs, bias } = config;
      if (inputs % BLOCK !== 0) return plain.linear(x, config);
      requireWeight(weights, `${name}.weight`, weightDims(config));
      const own = name === 'lm_head' ? 8 : bits;
      const read = () => {
        const values = weights.read(`${name}.weight`);
        return config.transposed ? transposed(values, inputs, outputs) : values;
      };
      const y = product(
        x,
        quantized(`${name}.weight`, own, inputs, read, outputs),
        inputs,
        outputs,
        own,
        rounds,
      );
      return bias ? y.add(plain.vector(`${name}.bias`, outputs)) : y;
    },
    table(name, rows, width) {
      if (width % BLOCK !== 0) return plain.table(name, rows, width);
      requireWeight(weights, name, [rows, width]);
      const table = quantized(name, 8, width, () => weights.read(name), rows);
      return {
        lookup: (ids) =>
          apply('GatherBlockQuantized', [table.asRows.codes, ids, table.asRows.scales], {
            bits: 8,
            block_size: BLOCK,
            gather_axis: 0,
            quantize_axis: 1,
          }),
        scores(x) {
          if (rounds !== 'none' || rows <= MOST_ROWS) return product(x, table, width, rows, 8, rounds);
          const [blocks, last] = [width / BLOCK, x.rank - 1];
          const parts = Array.from({ length: Math.ceil(rows / MOST_ROWS) }, (_, i) => {
            const [from, to] = [i * MOST_ROWS, Math.min(rows, (i + 1) * MOST_ROWS)];
            const part = {
              codes: table.codes.slice([from], [to], [0]),
              scales: table.scales.slice([from * blocks], [to * blocks], [0]),
            };
            return product(x, part, width, to - from, 8, rounds);
          });
          return concat(parts, last);
        },
      };
    },
  };
}

interface CodesAndScales {
  readonly codes: Tensor;
  readonly scales: Tensor;
}

/** As products take them: [rows, blocks, bytes of a block], and a list of scales. */
interface Quantized extends CodesAndScales {
  /** As rows are looked up: [rows, bytes] and [rows, blocks]. Reshaped by the graph, the runtime would hold all of them once more. */
  readonly asRows: CodesAndScales;
}

function constants(
  name: string,
  bits: FewBits,
  [rows, columns]: readonly [number, number],
  make: () => Blocks,
): Quantized {
  // Codes and scales are asked for one after the other: what is made for one is kept for the other, once.
  let made: Blocks | undefined;
  const take = <K extends keyof Blocks>(key: K): Blocks[K] => {
    const blocks = made ?? make();
    made = made ? undefined : blocks;
    return blocks[key];
  };
  const [codes, scales] = [{}, {}];
  const [perRow, bytes] = [columns / BLOCK, (BLOCK * bits) / 8];
  const of = (dims: readonly number[], scaleDims: readonly number[]): CodesAndScales => ({
    codes: constantFrom(
      `${name}.codes`,
      () => ({ dtype: 'uint8', dims, data: take('codes') as Uint8Array<ArrayBuffer> }),
      dims,
      'uint8',
      codes,
    ),
    scales: constantFrom(
      `${name}.scales`,
      () => ({ dtype: 'float32', dims: scaleDims, data: take('scales') as Float32Array<ArrayBuffer> }),
      scaleDims,
      'float32',
      scales,
    ),
  });
  return {
    ...of([rows, perRow, bytes], [rows * perRow]),
    asRows: of([rows, perRow * bytes], [rows, perRow]),
  };
}

const product = (
  x: Tensor,
  { codes, scales }: CodesAndScales,
  inputs: number,
  outputs: number,
  bits: FewBits,
  rounds: Rounds,
): Tensor =>
  apply('MatMulNBits', [x, codes, scales], {
    K: inputs,
    N: outputs,
    bits,
    block_size: BLOCK,
    accuracy_level: rounds === 'all' || (rounds === 'eight' && bits === 8) ? INT8 : EXACT,
  });
