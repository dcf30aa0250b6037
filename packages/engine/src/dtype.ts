/** Element types, by their usual names, with ONNX's numbers for them (TensorProto.DataType) and their host arrays. */
export const DTYPES = {
  float32: { onnx: 1, bytes: 4, array: Float32Array },
  uint8: { onnx: 2, bytes: 1, array: Uint8Array },
  int8: { onnx: 3, bytes: 1, array: Int8Array },
  uint16: { onnx: 4, bytes: 2, array: Uint16Array },
  int16: { onnx: 5, bytes: 2, array: Int16Array },
  int32: { onnx: 6, bytes: 4, array: Int32Array },
  int64: { onnx: 7, bytes: 8, array: BigInt64Array },
  string: { onnx: 8, bytes: 0, array: undefined },
  bool: { onnx: 9, bytes: 1, array: Uint8Array },
  float16: { onnx: 10, bytes: 2, array: Uint16Array },
  float64: { onnx: 11, bytes: 8, array: Float64Array },
  uint32: { onnx: 12, bytes: 4, array: Uint32Array },
  uint64: { onnx: 13, bytes: 8, array: BigUint64Array },
} as const;

export type DType = keyof typeof DTYPES;

/** The dtype with this ONNX number, or undefined where Gradus does not hold that type. */
export function dtypeOfOnnx(code: number): DType | undefined {
  return BY_ONNX.get(code);
}

const BY_ONNX = new Map<number, DType>(
  Object.entries(DTYPES).map(([name, { onnx }]) => [onnx, name as DType]),
);

export function isFloat(dtype: DType): boolean {
  return dtype === 'float32' || dtype === 'float64' || dtype === 'float16';
}

const INT64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n };

/** The nearest int64. The largest numbers, which mean "to the end" in many models, would round to one that does not fit. */
export function int64Of(value: number): bigint {
  const whole = BigInt(value);
  return whole > INT64.max ? INT64.max : whole < INT64.min ? INT64.min : whole;
}
