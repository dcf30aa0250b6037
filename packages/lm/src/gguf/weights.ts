/** The weights of a GGUF file under Hugging Face's names, and in its layout. */
import { UserError } from '@gradus/base';
import type { DecoderConfig } from '../families/decoder-config.ts';
import type { Blocks } from '../weights/blocks.ts';
import type { RangedFile } from '../weights/ranged-file.ts';
import type { Weights } from '../weights/weights.ts';
import { type Architecture, fromGguf, isTurned, reordered } from './names.ts';
import type { Gguf, GgufTensor } from './read.ts';

/** A tensor as it is in the file, in float32. */
export function ggufTensor({ file, tensors }: Gguf, name: string): Float32Array<ArrayBuffer> {
  const tensor = tensors.get(name);
  if (!tensor)
    throw new UserError({ en: `${file.path}: "${name}" is missing`, zh: `${file.path}：缺少“${name}”` });
  return tensor.type.decode(file.read(tensor.from, tensor.to));
}

export function ggufWeights(
  gguf: Gguf,
  architecture: Architecture,
  { heads, kvHeads, headSize }: DecoderConfig,
): Weights {
  const names = new Map<string, string>();
  for (const name of gguf.tensors.keys()) {
    const here = fromGguf(architecture, name);
    if (here !== undefined) names.set(here, name);
  }
  const turnsOver = (name: string) =>
    architecture.transposed === true && /(?:attn|mlp)\..*\.weight$/.test(name);
  const turnOf = (here: string) => (architecture.pairs ? isTurned(here) : undefined);
  return {
    path: gguf.file.path,
    shapes: new Map(
      [...names].map(([here, name]) => {
        const { dims } = gguf.tensors.get(name)!;
        // A row of one matrix, which files have as a vector.
        if (name.endsWith('.ffn_gate_inp_shexp.weight') && dims.length === 1) return [here, [1, ...dims]];
        return [here, turnsOver(here) ? [...dims].reverse() : dims];
      }),
    ),
    read(here) {
      const values = ggufTensor(gguf, names.get(here) ?? here);
      const turned = turnOf(here);
      if (turned) return reordered(values, turned === 'query' ? heads : kvHeads, headSize, 'halves');
      if (architecture.plusOne && /norm\.weight$/.test(here)) return values.map((value) => value - 1);
      if (!turnsOver(here)) return values;
      const [rows, columns] = gguf.tensors.get(names.get(here)!)!.dims as [number, number];
      return transposed(values, rows, columns);
    },
    blocks(here, bits) {
      const tensor = gguf.tensors.get(names.get(here) ?? here);
      const few = tensor?.type.few;
      if (few?.bits !== bits || turnsOver(here) || (architecture.plusOne && /norm\.weight$/.test(here)))
        return undefined;
      const { codes, scales } = repacked(gguf.file, tensor!);
      const turned = turnOf(here);
      if (!turned) return { codes, scales };
      const order = <T extends Uint8Array | Float32Array>(values: T): T =>
        reordered(values, turned === 'query' ? heads : kvHeads, headSize, 'halves');
      return { codes: order(codes), scales: order(scales) };
    },
    close: () => gguf.file.close(),
  };
}

/** Blocks that are read at once: memory is dear when it is first touched, and this is touched again and again. */
const PIECE = 1 << 16;

function repacked(file: RangedFile, { from, to, type }: GgufTensor): Blocks {
  const { bytes: size, block, few } = type;
  const count = (to - from) / size;
  const made = { codes: new Uint8Array((count * block * few!.bits) / 8), scales: new Float32Array(count) };
  const piece = new Uint8Array(Math.min(PIECE, count) * size);
  for (let at = 0; at < count; at += PIECE) {
    const end = Math.min(count, at + PIECE);
    few!.repack(file.read(from + at * size, from + end * size, piece), made, at);
  }
  return made;
}

export function transposed(values: Float32Array, rows: number, columns: number): Float32Array<ArrayBuffer> {
  const out = new Float32Array(values.length);
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++) out[c * rows + r] = values[r * columns + c]!;
  return out;
}
