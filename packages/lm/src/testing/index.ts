/** Models for tests of other packages. */
export { type RandomModelShape, SMALL_SHAPE, writeRandomModel } from './random-model.ts';
export { tinyAdapter } from './tiny-adapter.ts';
export { tinyCrossEncoder, tinyYesOrNo } from './tiny-cross-encoder.ts';
export { exportedEncoder, tinyEncoder } from './tiny-encoder.ts';
export { tinyModel } from './tiny-model.ts';
export { tinySpeechModel } from './tiny-speech-model.ts';
