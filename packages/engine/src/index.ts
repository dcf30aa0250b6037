export { DTYPES, type DType, dtypeOfOnnx, isFloat } from './dtype.ts';
export { GraphError, ModelFileError, UserError } from './errors.ts';
export type { HostTensor, NumericArray, SparseMatrix } from './host.ts';
export { Random } from './random.ts';
