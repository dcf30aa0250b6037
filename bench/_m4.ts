import { prof } from './_m.ts';
import { apply, type Tensor } from '@gradus/engine';
const B = 16;
const blockW = (w: Tensor) => { const [o, i, h, k] = w.shape as number[]; return w.reshape([o! / B, B, i! / B, B, h! * k!]).transpose([0, 2, 4, 3, 1]).reshape([o!, i!, h!, k!]); };
for (const th of [1, 2]) {
await prof('gemm 2048x128x512', (c, i) => i([2048, 128]).matmul(i([128, 512])), th);
await prof('pointwise plain', (c, i) => apply('BlockedConv', [apply('ToBlocks', [i([1, 128, 2048, 1])]), blockW(i([512, 128, 1, 1]))], { kernel_shape: [1, 1] }), th);
await prof('pointwise plain16', (c, i) => apply('BlockedConv', [apply('ToBlocks', [i([16, 128, 128, 1])]), blockW(i([512, 128, 1, 1]))], { kernel_shape: [1, 1] }), th);
await prof('pointwise 16x1x128', (c, i) => apply('BlockedConv', [apply('ToBlocks', [i([16, 128, 1, 128])]), blockW(i([512, 128, 1, 1]))], { kernel_shape: [1, 1] }), th);
await prof('dW gemm TN', (c, i) => apply('Gemm', [i([2048, 512]), i([2048, 128])], { transA: 1 }), th);
await prof('dW gemm NN', (c, i) => apply('Gemm', [i([512, 2048]), i([2048, 128])], {}), th);
await prof('dW via transpose', (c, i) => apply('Gemm', [apply('Identity', [i([2048, 512]).transpose([1, 0])]), i([2048, 128])], {}), th);
await prof('dX gemm NT', (c, i) => apply('Gemm', [i([2048, 512]), i([128, 512])], { transB: 1 }), th);
await prof('attn ATV', (c, i) => i([16, 4, 128, 128]).T.matmul(i([16, 4, 128, 32])), th);
await prof('attn AV', (c, i) => i([16, 4, 128, 128]).matmul(i([16, 4, 128, 32])), th);
await prof('attn QKT', (c, i) => i([16, 4, 128, 32]).matmul(i([16, 4, 128, 32]).T), th);
await prof('attn VtA', (c, i) => i([16, 4, 128, 32]).T.matmul(i([16, 4, 128, 128])), th);
await prof('transpose by head', (c, i) => i([16, 128, 4, 32]).transpose([0, 2, 1, 3]), th);
await prof('split', (c, i) => i([2048, 384]).split([128,128,128], 1) as never, th);
await prof('mask add', (c, i) => i([16, 4, 128, 128]).add(i([128,128])), th);
await prof('mask add 1', (c, i) => i([16, 4, 128, 128]).add(i([1])), th);
await prof('1M mul', (c, i) => i([2048, 512]).mul(i([2048, 512])), th);
await prof('1M mul scalar', (c, i) => i([2048, 512]).mul(0.5), th);
await prof('1M add bias', (c, i) => i([2048, 512]).add(i([512])), th);
await prof('1M gelu', (c, i) => i([2048, 512]).gelu('tanh'), th);
await prof('1M sigmoid', (c, i) => i([2048, 512]).sigmoid(), th);
await prof('reducesum rows', (c, i) => i([2048, 512]).sum([0]), th);
}
