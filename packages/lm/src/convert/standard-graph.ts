/**
 * The graph of a decoder in operators of the ONNX standard only, with the names and the order of inputs that optimum gives: what reads
 * such folders (transformers.js, optimum, `load` here) runs it, on any runtime of opset 23. Keys and values come out with the new ones
 * behind those that went in, and texts of a batch may be filled up in front.
 */
import { apply, applyMany, type Graph, input, scalar, type Tensor } from '@gradus/engine';
import { layerName, OPTIMUM } from '../exported/layout.ts';
import type { DecoderConfig } from '../families/decoder-config.ts';
import { transposed } from '../gguf/weights.ts';
import { decoderHidden, decoderLogits } from '../graph/decoder.ts';
import { constantWeights, type LayerWeights } from '../graph/layer-weights.ts';
import { UNSEEN } from '../graph/parts.ts';
import { BLOCK } from '../graph/quantized-weights.ts';
import { blocksOf } from '../weights/blocks.ts';
import { constantFrom, type Weights } from '../weights/weights.ts';

export function standardGraph(config: DecoderConfig, weights: LayerWeights): Graph<Tensor> {
  const { heads, kvHeads, headSize, scale = headSize ** -0.5, scoreCap } = config;
  // Sizes have optimum's names too: by these transformers.js makes the first, empty keys and values.
  const [batch, time] = ['batch_size', 'sequence_length'];
  const ids = input(OPTIMUM.ids, [batch, time], 'int64');
  const mask = input(OPTIMUM.mask, [batch, 'total_sequence_length'], 'int64');
  const positions = input(OPTIMUM.positions, [batch, time], 'int64');
  const inputs: Record<string, Tensor> = {
    [OPTIMUM.ids]: ids,
    [OPTIMUM.mask]: mask,
    [OPTIMUM.positions]: positions,
  };
  const outputs: Record<string, Tensor> = {};
  // How far each token stands behind each other: [batch, 1, time, total].
  const places = apply('CumSum', [mask, scalar(1, 'int64')]).sub(1);
  const behind = positions.unsqueeze(2).sub(places.unsqueeze(1)).unsqueeze(1);
  const known = new Map<number | undefined, Tensor>();
  const masked = (window: number | undefined) => {
    const seen = mask.unsqueeze(1, 2).equal(0).where(UNSEEN, behind.less(0).where(UNSEEN, 0));
    const made =
      known.get(window) ?? (window === undefined ? seen : behind.greater(window - 1).where(UNSEEN, seen));
    known.set(window, made);
    return made;
  };
  const hidden = decoderHidden(config, weights, {
    ids,
    positions,
    attend: (i, q, k, v, { window }) => {
      const past = (['key', 'value'] as const).map((kind) => {
        const name = layerName(OPTIMUM.past[kind], i);
        const kept = input(name, [batch, kvHeads, 'past_sequence_length', headSize]);
        inputs[name] = kept;
        return kept;
      });
      const node = applyMany('Attention', [q, k, v, masked(window), ...past], {
        q_num_heads: heads,
        kv_num_heads: kvHeads,
        scale: { float: scale },
        ...(scoreCap !== undefined && { softcap: { float: scoreCap } }),
      });
      outputs[layerName(OPTIMUM.present.key, i)] = node[1]!;
      outputs[layerName(OPTIMUM.present.value, i)] = node[2]!;
      return node[0]!;
    },
  });
  const logits = decoderLogits(config, weights, hidden);
  return { name: 'decoder', inputs, outputs: { [OPTIMUM.logits]: logits, ...outputs } };
}

/**
 * Weights as whole numbers of 8 bits with a scale for each block, made real by DequantizeLinear. Runtimes may do so once, when they open
 * the file: then it is small on disk and no smaller in memory.
 */
export function dequantizedWeights(weights: Weights): LayerWeights {
  const plain = constantWeights(weights);
  const known = new Map<string, Blocked>();
  const blocked = (name: string, rows: number, columns: number, turned = false): Blocked => {
    const made = known.get(name) ?? constants(weights, name, [rows, columns], turned);
    known.set(name, made);
    return made;
  };
  return {
    ...plain,
    linear(x, config) {
      const { name, inputs, outputs, bias } = config;
      if (inputs % BLOCK !== 0) return plain.linear(x, config);
      const y = x.matmul(real(blocked(`${name}.weight`, outputs, inputs, config.transposed)).T);
      return bias ? y.add(plain.vector(`${name}.bias`, outputs)) : y;
    },
    table(name, rows, width) {
      if (width % BLOCK !== 0) return plain.table(name, rows, width);
      const { codes, scales } = blocked(name, rows, width);
      return {
        lookup: (ids) => real({ codes: codes.gather(ids), scales: scales.gather(ids) }),
        scores: (x) => x.matmul(real({ codes, scales }).T),
      };
    },
  };
}

interface Blocked {
  readonly codes: Tensor;
  readonly scales: Tensor;
}

const real = ({ codes, scales }: Blocked): Tensor =>
  apply('DequantizeLinear', [codes, scales], { axis: codes.rank - 1, block_size: BLOCK });

function constants(
  weights: Weights,
  name: string,
  [rows, columns]: readonly [number, number],
  turned: boolean,
): Blocked {
  const blocks = () => {
    const values = weights.read(name);
    return blocksOf(turned ? transposed(values, columns, rows) : values, 8, BLOCK);
  };
  const dims = [rows, columns];
  const scaleDims = [rows, columns / BLOCK];
  return {
    // Around zero, so that there need be no zero points.
    codes: constantFrom(
      `${name}.codes`,
      () => ({ dtype: 'int8', dims, data: Int8Array.from(blocks().codes, (code) => code - 128) }),
      dims,
      'int8',
    ),
    scales: constantFrom(
      `${name}.scales`,
      () => ({ dtype: 'float32', dims: scaleDims, data: blocks().scales as Float32Array<ArrayBuffer> }),
      scaleDims,
    ),
  };
}
