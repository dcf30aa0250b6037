/**
 * What stands around an exported decoder, so that it takes and gives what graphs of ours do (graph/decoder.ts): ids, positions, and
 * keys and values in places that stay where they are. A session then runs it as any other.
 */
import { apply, concat, type Enclosure, input, int64, scalar, type Tensor } from '@gradus/engine';
import { pastName, presentName } from '../graph/decoder.ts';
import { type ExportLayout, HAS_PAST, LOGITS_KEPT, layerName } from './layout.ts';

export interface EnclosureOptions {
  readonly places: number;
  /** Of which positions there are logits: all, or those that the input `rows` names, which are the last ones. */
  readonly logits: 'all' | 'rows';
}

export function enclosureOf(layout: ExportLayout, { places, logits }: EnclosureOptions): Enclosure {
  const { names, layers, kvHeads, headSize, inPlace, cache, inputs: theirs } = layout;
  const ids = input('ids', ['batch', 'time'], 'int64');
  const positions = input('positions', ['batch', 'time'], 'int64');
  const last = input('last', ['batch'], 'int32');
  const total = input('total', [], 'int32');
  const rows = input('rows', ['rows'], 'int64');
  const ours: Record<string, Tensor> = { ids, positions, last, total, ...(logits === 'rows' && { rows }) };
  const time = sizeOf(ids, 1);
  const all = total.cast('int64');
  const before = all.sub(time);

  const fed: Record<string, Tensor> = {};
  const feed = (name: string, value: () => Tensor) => {
    const dtype = theirs.get(name)?.dtype;
    if (dtype !== undefined) fed[name] = as(value(), dtype);
  };
  feed(names.ids, () => ids);
  feed(names.positions, () => positions);
  feed(names.mask, () => {
    const places = apply('Range', [scalar(0, 'int64'), all, scalar(1, 'int64')]).reshape([1, -1]);
    const ends = last.cast('int64').reshape([-1, 1]);
    const seen = apply('LessOrEqual', [places, ends]);
    // In a file that puts what is new behind all that went in, a shorter text's new token stands behind a gap.
    return inPlace
      ? seen
      : apply('Or', [places.less(ends.sub(time).add(1)), apply('GreaterOrEqual', [places, before])]);
  });
  for (const name of LOGITS_KEPT)
    feed(name, () => (logits === 'rows' ? sizeOf(rows, 0) : scalar(0, 'int64')).reshape(shapeOf(name)));
  feed(HAS_PAST, () => before.reshape([1]).greater(0));

  const outputs: Record<string, Tensor> = {};
  const given: Record<string, Tensor> = {};
  const theirOutput = (name: string, shape: readonly (number | string)[], dtype: Tensor['dtype']) =>
    (given[name] = input(name, shape, dtype));
  const keepsLast = LOGITS_KEPT.some((name) => theirs.has(name));
  const found = theirOutput(names.logits, ['batch', 'seen', layout.vocabulary], layout.logits);
  const wanted = logits === 'rows' && !keepsLast ? apply('Gather', [found, rows], { axis: 1 }) : found;
  outputs.logits = as(wanted, 'float32');
  const at = inPlace ? undefined : placesOf(positions, kvHeads);
  for (let i = 0; i < layers; i++)
    for (const kind of ['key', 'value'] as const) {
      const past = input(pastName(kind, i), ['batch', kvHeads, places, headSize], cache);
      ours[pastName(kind, i)] = past;
      const present = theirOutput(
        layerName(names.present[kind], i),
        ['batch', kvHeads, 'all', headSize],
        cache,
      );
      const [start, end] = [int64([0]), before.reshape([1])];
      fed[layerName(names.past[kind], i)] = at ? apply('Slice', [past, start, end, int64([2])]) : past;
      outputs[presentName(kind, i)] = at
        ? apply('ScatterND', [past, at, apply('Slice', [present, end, all.reshape([1]), int64([2])])])
        : present;
    }
  return {
    before: { name: 'before', inputs: ours, outputs: fed },
    after: { name: 'after', inputs: { ...ours, ...given }, outputs },
  };

  function shapeOf(name: string): readonly number[] {
    return theirs.get(name)!.shape.length === 0 ? [] : [1];
  }
}

const as = (value: Tensor, dtype: Tensor['dtype']): Tensor =>
  value.dtype === dtype ? value : value.cast(dtype);
const sizeOf = (value: Tensor, axis: number): Tensor =>
  apply('Gather', [apply('Shape', [value]), scalar(axis, 'int64')], { axis: 0 });

/** Of each new token the place of its keys: [batch, heads, time, (row, head, place)]. */
function placesOf(positions: Tensor, kvHeads: number): Tensor {
  const until = (end: Tensor) => apply('Range', [scalar(0, 'int64'), end, scalar(1, 'int64')]);
  const shape = concat(
    [
      apply('Shape', [positions]).slice([0], [1]),
      int64([kvHeads]),
      apply('Shape', [positions]).slice([1], [2]),
    ],
    0,
  );
  const parts = [
    until(sizeOf(positions, 0)).reshape([-1, 1, 1]),
    int64(Array.from({ length: kvHeads }, (_, head) => head)).reshape([1, -1, 1]),
    apply('Reshape', [positions, int64([0, 1, -1])]),
  ].map((part) => apply('Reshape', [apply('Expand', [part, shape]), int64([0, 0, 0, 1])]));
  return concat(parts, 3);
}
