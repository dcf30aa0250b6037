import { prof } from './_m.ts';
import { apply } from '@gradus/engine';
for (const th of [1, 2]) {
await prof('h R^T + c', (c, i) => apply('Gemm', [i([32, 256]), i([1024, 256]), i([32, 1024])], { transB: 1 }), th);
await prof('h R^T no c', (c, i) => apply('Gemm', [i([32, 256]), i([1024, 256])], { transB: 1 }), th);
await prof('h Rt + c', (c, i) => apply('Gemm', [i([32, 256]), i([256, 1024]), i([32, 1024])], {}), th);
await prof('R h^T + c', (c, i) => apply('Gemm', [i([1024, 256]), i([256, 32]), i([1024, 32])], {}), th);
await prof('R h^T', (c, i) => apply('Gemm', [i([1024, 256]), i([256, 32])], {}), th);
await prof('R^T dg (transA)', (c, i) => apply('Gemm', [i([1024, 256]), i([1024, 32])], { transA: 1 }), th);
await prof('Rt dg', (c, i) => apply('Gemm', [i([256, 1024]), i([1024, 32])], {}), th);
await prof('dg R', (c, i) => apply('Gemm', [i([32, 1024]), i([1024, 256])], {}), th);
await prof('dR NT', (c, i) => apply('Gemm', [i([1024, 2048]), i([256, 2048])], { transB: 1 }), th);
await prof('dR TN', (c, i) => apply('Gemm', [i([2048, 1024]), i([2048, 256])], { transA: 1 }), th);
await prof('dR NN', (c, i) => apply('Gemm', [i([1024, 2048]), i([2048, 256])], { }), th);
await prof('split axis1', (c, i) => apply('Concat', [i([32, 1024]).slice([0],[768],[1]), i([32, 256])], { axis: 1 }), th);
}
