/** A model as somebody brings it, decoder or encoder: its config.json says which. */
import { isAdapter } from '../adapters/adapter-files.ts';
import { type EncoderModel, isEncoder, loadEncoder } from './encoder-model.ts';
import type { LanguageModel } from './language-model.ts';
import { load } from './load.ts';

export type AnyModel = LanguageModel | EncoderModel;
export const isEncoderModel = (model: AnyModel): model is EncoderModel => 'kind' in model;

/** @throws UserError naming the file and the field that is missing or wrong */
export const loadAny = async (path: string): Promise<AnyModel> =>
  !isAdapter(path) && isEncoder(path) ? loadEncoder(path) : load(path);
