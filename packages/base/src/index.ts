export { editDistance } from './edit-distance.ts';
export { isLocalized, joined, LANGUAGES, type Language, type Localized } from './localized.ts';
export { bytes, count, date, decimals, minute, percent, plural, signed, significant } from './numbers.ts';
export { checkChoice, checkOptions, didYouMean, nearestWord } from './options.ts';
export { neverStarted, programBeside } from './program-beside.ts';
export { Random } from './random.ts';
export { mergedRecords } from './records.ts';
export { UserError } from './user-error.ts';
export { VERSION } from './version.ts';
export {
  MOST_WASM_PAGES,
  type SharedMemory,
  WASM_PAGE,
  type WasmFunction,
  type WasmType,
  WebAssembly,
  wasm,
  wasmModule,
} from './web-assembly.ts';
