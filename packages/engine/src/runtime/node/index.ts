/** The engine on Node: model files, sessions of onnxruntime-node, and a pool of worker threads. ../web is its twin. */
export type { CompiledGraph, CompileOptions, Convolutions, Device, Feeds } from '../compiled-graph.ts';
export type { MeasuredChoice, MeasuredChoices } from './measured-choices.ts';
export { readOnnxFile, type WriteFileOptions, writeOnnxFile } from './model-files.ts';
export { ONNX_RUNTIME_VERSION } from './native.ts';
export { type PoolStep, type PoolTask, type WorkerPool, workerPool } from './pool/pool.ts';
export { blockOfChannels, compile, compileFile, type SessionOptions } from './sessions.ts';
