/** Where graphs run in Node. The one place of the engine that knows it is there; web.ts is its twin. */
export { readOnnxFile, type WriteFileOptions, writeOnnxFile } from '../onnx/external-data.ts';
export type { CompiledGraph, CompileOptions, Device, Feeds } from './compiled-graph.ts';
export { type Crew, crewOf, type Job, type Round } from './crew/crew.ts';
export { ONNX_RUNTIME_VERSION } from './node/native.ts';
export { blockOfChannels, compile } from './sessions.ts';
