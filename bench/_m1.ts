import { prof } from './_m.ts';
import { apply } from '@gradus/engine';
const p = { kernel_shape: [3, 3], pads: [1, 1, 1, 1] };
for (const th of [1, 2]) {
await prof('conv nonconst 16x32x32', (c, i) => apply('Conv', [i([64, 16, 32, 32]), i([16, 16, 3, 3])], p), th);
await prof('conv const 16x32x32', (c, i) => apply('Conv', [i([64, 16, 32, 32]), c([16, 16, 3, 3])], p), th);
await prof('conv const 64x8x8', (c, i) => apply('Conv', [i([64, 64, 8, 8]), c([64, 64, 3, 3])], p), th);
await prof('conv const dcgan', (c, i) => apply('Conv', [i([64, 64, 14, 14]), c([128, 64, 4, 4])], { kernel_shape: [4, 4], strides: [2, 2], pads: [1, 1, 1, 1] }), th);
await prof('conv nonconst dcgan', (c, i) => apply('Conv', [i([64, 64, 14, 14]), i([128, 64, 4, 4])], { kernel_shape: [4, 4], strides: [2, 2], pads: [1, 1, 1, 1] }), th);
await prof('dW as conv, const', (c, i) => apply('Conv', [i([16, 64, 34, 34]), c([16, 64, 32, 32])], { kernel_shape: [32, 32] }), th);
await prof('dW 64x8x8 as conv, const', (c, i) => apply('Conv', [i([64, 64, 10, 10]), c([64, 64, 8, 8])], { kernel_shape: [8, 8] }), th);
await prof('dW im2col-matmul: batch [64] 16x1024 x 1024x144', (c, i) => i([64, 16, 1024]).matmul(i([64, 144, 1024]).T).sum([0]), th);
await prof('im2col slices concat', (c, i) => { const x = i([64, 16, 34, 34]); const ps = []; for (let a = 0; a < 3; a++) for (let b = 0; b < 3; b++) ps.push(x.slice([a, b], [a + 32, b + 32], [2, 3])); return apply('Concat', ps, { axis: 1 }); }, th);
await prof('gemm 1024x144x16 batched', (c, i) => i([16, 144]).matmul(i([64, 144, 1024])), th);
await prof('transpose N,C swap', (c, i) => i([64, 16, 32, 32]).transpose([1, 0, 2, 3]), th);
await prof('nchw->nhwc', (c, i) => i([64, 16, 32, 32]).transpose([0, 2, 3, 1]), th);
await prof('mul', (c, i) => i([64, 16, 32, 32]).mul(i([64, 16, 32, 32])), th);
await prof('relu', (c, i) => i([64, 16, 32, 32]).relu(), th);
await prof('mul chan', (c, i) => i([64, 16, 32, 32]).mul(i([16, 1, 1])), th);
await prof('reducesum chan', (c, i) => i([64, 16, 32, 32]).sum([0, 2, 3]), th);
await prof('where', (c, i) => i([64, 16, 32, 32]).greater(0).where(i([64, 16, 32, 32]), i([1])), th);
await prof('greater cast mul', (c, i) => i([64, 16, 32, 32]).greater(0).cast('float32').mul(i([64, 16, 32, 32])), th);
}
