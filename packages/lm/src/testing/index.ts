/** Models for tests of other packages. */
export { tinyModel } from './tiny-model.ts';
