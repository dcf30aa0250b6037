// Tensors between the JSON form of the Open Inference Protocol and ONNX Runtime.
import ort from 'onnxruntime-node';

const TYPES = {
  BOOL: ['bool', Uint8Array],
  UINT8: ['uint8', Uint8Array],
  UINT16: ['uint16', Uint16Array],
  UINT32: ['uint32', Uint32Array],
  UINT64: ['uint64', BigUint64Array],
  INT8: ['int8', Int8Array],
  INT16: ['int16', Int16Array],
  INT32: ['int32', Int32Array],
  INT64: ['int64', BigInt64Array],
  FP32: ['float32', Float32Array],
  FP64: ['float64', Float64Array],
  BYTES: ['string', Array],
};

export function fromJson(inputs) {
  return Object.fromEntries(
    inputs.map(({ name, shape, datatype, data }) => {
      const [type, array] = TYPES[datatype];
      // JSON has no NaN, which a missing number is.
      const read = datatype.endsWith('INT64') ? BigInt : (value) => value ?? Number.NaN;
      const values = data.map(read);
      return [name, new ort.Tensor(type, array.from(values), shape)];
    }),
  );
}

export function toJson(outputs) {
  return Object.entries(outputs).map(([name, { type, dims, data }]) => ({
    name,
    shape: dims,
    datatype: Object.keys(TYPES).find((datatype) => TYPES[datatype][0] === type),
    data: Array.from(data, (value) => (typeof value === 'bigint' ? Number(value) : value)),
  }));
}
