/** Large models as files: read, run, adapt, convert. */
export type { DecoderConfig } from './families/decoder-config.ts';
export { DECODER_FAMILIES, decoderConfig } from './families/families.ts';
export { type LanguageModel, loadFolder } from './model/load.ts';
