/**
 * Where in a column's histogram a split may be better than the best one so far, as WebAssembly.
 *
 * Four bins are judged at once, in float32 and without a division: G²/H + G'²/H' > best is G²·H' + G'²·H > best·H·H'. Sums of
 * whole numbers are exact before they become float32, and all terms are positive, so each side is off by less than ten roundings;
 * with `best` lowered by more than that no better split is missed. What is found is then computed in float64.
 */
import { type SharedMemory, WebAssembly, wasm, wasmModule } from '@gradus/base';
import { BIN_BYTES } from './kernels.ts';

/** Bins that are judged at once. */
export const BLOCK = 4;
const BLOCK_BYTES = BLOCK * BIN_BYTES;

/** A bin's sums each: of all bins before the block that was found, and after it; then of the leaf, and of what is missing. */
export const SCAN_BYTES = 4 * BIN_BYTES;
const [BEFORE, AFTER, LEAF, MISSING] = [0, BIN_BYTES, 2 * BIN_BYTES, 3 * BIN_BYTES];

/**
 * @param from the place of the first bin of the first block that is judged
 * @param end behind the last bin @param scan the place of SCAN_BYTES
 * @param best G²/H + G'²/H' in whole numbers, lowered
 * @param l2 in whole numbers
 * @param fewest rows of a child, less 1
 * @returns the place of the block; from `end` up where there is none
 */
export type NextPromising = (
  from: number,
  end: number,
  scan: number,
  best: number,
  l2: number,
  fewest: number,
) => number;

const { get, set, tee, loop, returnIf, i32, v128 } = wasm;
type Code = readonly number[];
const binary =
  (operation: Code) =>
  (a: Code, b: Code): Code => [...a, ...b, ...operation];
const [addI, subI, moreI] = [binary(v128.i32x4Add), binary(v128.i32x4Sub), binary(v128.i32x4Gt)];
const [addF, mulF, moreF] = [binary(v128.f32x4Add), binary(v128.f32x4Mul), binary(v128.f32x4Gt)];
const [and, or] = [binary(v128.and), binary(v128.or)];
const float = (whole: Code): Code => [...whole, ...v128.f32x4ConvertI32x4];

const NEXT_PROMISING = (() => {
  const [from, end, scan, best, l2, fewest] = [0, 1, 2, 3, 4, 5] as const;
  const vectors = Array.from({ length: 19 }, (_, i) => 6 + i);
  const [before, after, first, second, third, g, h, rows] = vectors as [number, ...number[]] as number[];
  const [leafG, leafH, leafRows, missingG, missingH, missingRows] = vectors.slice(8);
  const [bests, l2s, least, leftH, rightH] = vectors.slice(14);
  const splat = (place: number, offset: number, into: number): Code => [
    ...get(place),
    ...v128.load32Splat(offset),
    ...set(into),
  ];
  const shuffled = (a: number, b: number, ...lanes: [number, number, number, number]): Code => [
    ...get(a),
    ...get(b),
    ...v128.i32x4Shuffle(...lanes),
  ];
  /** Whether a bin of the block promises more, with these sums of all that goes left. */
  const promise = (leftGradient: Code, leftHessian: Code, leftRows: Code): Code => {
    const square = (gradient: Code): Code => [...gradient, ...tee(first!), ...get(first!), ...v128.f32x4Mul];
    const left = addF(float(leftHessian), get(l2s!));
    const right = addF(float(subI(get(leafH!), leftHessian)), get(l2s!));
    const gains = addF(
      mulF(square(float(leftGradient)), [...right, ...tee(rightH!)]),
      mulF(square(float(subI(get(leafG!), leftGradient))), [...left, ...tee(leftH!)]),
    );
    return and(
      moreF(gains, mulF(get(bests!), mulF(get(leftH!), get(rightH!)))),
      and(moreI(leftRows, get(least!)), moreI(subI(get(leafRows!), leftRows), get(least!))),
    );
  };
  return {
    name: 'nextPromising',
    parameters: ['i32', 'i32', 'i32', 'f32', 'f32', 'i32'],
    result: 'i32',
    locals: vectors.map(() => 'v128' as const),
    code: [
      ...get(scan),
      ...v128.load(AFTER),
      ...set(after!),
      ...[leafG!, leafH!, leafRows!].flatMap((into, i) => splat(scan, LEAF + 4 * i, into)),
      ...[missingG!, missingH!, missingRows!].flatMap((into, i) => splat(scan, MISSING + 4 * i, into)),
      ...[...get(best), ...v128.f32x4Splat, ...set(bests!)],
      ...[...get(l2), ...v128.f32x4Splat, ...set(l2s!)],
      ...[...get(fewest), ...v128.i32x4Splat, ...set(least!)],
      ...loop([
        ...[...get(after!), ...set(before!)],
        // Sums up to each bin, then all of a kind beside each other.
        ...[first!, second!, third!, after!].flatMap((into, i) => [
          ...addI(get(i === 0 ? before! : [first!, second!, third!][i - 1]!), [
            ...get(from),
            ...v128.load(i * BIN_BYTES),
          ]),
          ...set(into),
        ]),
        ...[...shuffled(first!, second!, 0, 4, 1, 5), ...set(g!)],
        ...[...shuffled(third!, after!, 0, 4, 1, 5), ...set(h!)],
        ...[...shuffled(first!, second!, 2, 6, 3, 7), ...set(rows!)],
        ...[...shuffled(third!, after!, 2, 6, 3, 7), ...set(third!)],
        ...[...shuffled(rows!, third!, 0, 1, 4, 5), ...set(rows!)],
        ...[...shuffled(g!, h!, 2, 3, 6, 7), ...set(second!)],
        ...[...shuffled(g!, h!, 0, 1, 4, 5), ...set(g!)],
        ...[...get(second!), ...set(h!)],
        ...returnIf(
          [
            ...or(
              promise(get(g!), get(h!), get(rows!)),
              promise(
                addI(get(g!), get(missingG!)),
                addI(get(h!), get(missingH!)),
                addI(get(rows!), get(missingRows!)),
              ),
            ),
            ...v128.anyTrue,
          ],
          [
            ...[...get(scan), ...get(before!), ...v128.store(BEFORE)],
            ...[...get(scan), ...get(after!), ...v128.store(AFTER)],
            ...get(from),
          ],
        ),
        ...[...get(from), ...i32.const(BLOCK_BYTES), ...i32.add, ...tee(from)],
        ...get(end),
        ...i32.ltU,
      ]),
      ...get(from),
    ],
  } as const;
})();

export const nextPromising = (memory: SharedMemory): NextPromising =>
  (
    new WebAssembly.Instance(new WebAssembly.Module(wasmModule([NEXT_PROMISING])), { host: { memory } })
      .exports as { nextPromising: NextPromising }
  ).nextPromising;
