import { prof } from './_m.ts';
import { apply, type Tensor } from '@gradus/engine';
const B = 16;
const blockW = (w: Tensor) => { const [o, i, h, k] = w.shape as number[]; return w.reshape([o! / B, B, i! / B, B, h! * k!]).transpose([0, 2, 4, 3, 1]).reshape([o!, i!, h!, k!]); };
const bc = (x: Tensor, w: Tensor, a: any) => apply('FromBlocks', [apply('BlockedConv', [apply('ToBlocks', [x]), blockW(w)], a)], { channels: w.shape[0] as number });
for (const th of [1, 2]) {
await prof('bconv 16x32x32', (c, i) => bc(i([64, 16, 32, 32]), i([16, 16, 3, 3]), { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }), th);
await prof('bconv dcgan', (c, i) => bc(i([64, 64, 14, 14]), i([128, 64, 4, 4]), { kernel_shape: [4, 4], strides: [2, 2], pads: [1, 1, 1, 1] }), th);
await prof('bdW', (c, i) => bc(i([64, 16, 32, 32]).transpose([1, 0, 2, 3]), i([64, 16, 32, 32]).transpose([1, 0, 2, 3]), { kernel_shape: [32, 32], pads: [1, 1, 1, 1] }), th);
await prof('bdW2', (c, i) => { const dy = i([64, 16, 32, 32]); const w = apply('ToBlocks', [dy]).reshape([4, 16, 1, 1024, 16]).transpose([2, 0, 3, 1, 4]).reshape([16, 64, 32, 32]);
  return apply('FromBlocks', [apply('BlockedConv', [apply('ToBlocks', [i([64, 16, 32, 32]).transpose([1, 0, 2, 3])]), w], { kernel_shape: [32, 32], pads: [1, 1, 1, 1] })], { channels: 16 }); }, th);
await prof('bdW2 pad first', (c, i) => { const dy = i([64, 16, 32, 32]); const w = apply('ToBlocks', [dy]).reshape([4, 16, 1, 1024, 16]).transpose([2, 0, 3, 1, 4]).reshape([16, 64, 32, 32]);
  return apply('FromBlocks', [apply('BlockedConv', [apply('ToBlocks', [i([64, 16, 32, 32]).pad([0,0,1,1],[0,0,1,1]).transpose([1, 0, 2, 3])]), w], { kernel_shape: [32, 32] })], { channels: 16 }); }, th);
await prof('bdW2 stride2 dcgan', (c, i) => { const dy = i([64, 128, 7, 7]); const w = apply('ToBlocks', [dy]).reshape([4, 16, 8, 49, 16]).transpose([2, 0, 3, 1, 4]).reshape([128, 64, 7, 7]);
  return apply('FromBlocks', [apply('BlockedConv', [apply('ToBlocks', [i([64, 64, 14, 14]).transpose([1, 0, 2, 3])]), w], { kernel_shape: [7, 7], dilations: [2, 2], pads: [1, 1, 1, 1] })], { channels: 128 }); }, th);
await prof('bdW2 3ch', (c, i) => { const dy = i([64, 16, 32, 32]); const w = apply('ToBlocks', [dy]).reshape([4, 16, 1, 1024, 16]).transpose([2, 0, 3, 1, 4]).reshape([16, 64, 32, 32]);
  return apply('FromBlocks', [apply('BlockedConv', [apply('ToBlocks', [i([64, 3, 32, 32]).pad([0,0,1,1],[0,0,1,1]).transpose([1, 0, 2, 3])]), w], { kernel_shape: [32, 32] })], { channels: 16 }); }, th);
await prof('fwd 3ch', (c, i) => { const w = i([16, 3, 3, 3]).reshape([1, 16, 27]).transpose([0, 2, 1]).reshape([16, 3, 3, 3]);
  return apply('FromBlocks', [apply('BlockedConv', [i([64, 3, 32, 32]), w], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] })], { channels: 16 }); }, th);
}
