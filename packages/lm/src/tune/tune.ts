/**
 * A model adapted to data: what the rows of a file are decides how it is trained (examples.ts); examples are set apart, the model is
 * measured on those held out, trained on the others, and measured again. What was stopped goes on where it stood, to the same
 * result; the result is complete or absent.
 */
import { checkedFields } from '../json.ts';
import { type AnyModel, isEncoderModel } from '../model/load-any.ts';
import { classesOf } from './classes.ts';
import { type Examples, readExamples } from './examples.ts';
import { type Learning, learn, requireFree } from './learn.ts';
import { nextTokens } from './next-token.ts';
import {
  type CheckedOptions,
  TUNE,
  type TuneKind,
  type TuneOptions,
  type TunePlan,
  type TuneResult,
} from './options.ts';
import { pairsOf } from './pairs.ts';
import { preferencesOf } from './preferences.ts';

type Run = { readonly threads?: number | undefined; readonly signal?: AbortSignal | undefined };
type Prepare = (
  model: AnyModel,
  data: string,
  read: Examples,
  options: CheckedOptions,
  run: Run,
) => Promise<Learning<unknown>>;

/** Encoders are given classes and pairs alone (readExamples). */
const writing =
  (prepare: typeof nextTokens | typeof preferencesOf): Prepare =>
  (model, ...rest) =>
    prepare(model as Exclude<AnyModel, { readonly kind: 'encoder' }>, ...rest) as Promise<Learning<unknown>>;

const KINDS: Readonly<Record<TuneKind, Prepare>> = {
  chat: writing(nextTokens),
  completion: writing(nextTokens),
  text: writing(nextTokens),
  preference: writing(preferencesOf),
  class: classesOf as Prepare,
  pair: pairsOf as Prepare,
};

/**
 * @returns what was measured; with `dryRun`, what would be done
 * @throws UserError where the rows are none to learn from, the result's place is taken, or a disk is full
 */
export async function tune(
  model: AnyModel,
  data: string,
  given: TuneOptions,
): Promise<TuneResult | TunePlan> {
  const { out, dryRun, threads, signal, checkpointEvery, onPlan, onStep, ...asked } = given;
  const options = checkedFields('tune', asked, TUNE);
  requireFree(out);
  const read = await readExamples(data, isEncoderModel(model) ? 'encoder' : 'decoder', signal);
  const learning = await KINDS[read.kind](model, data, read, options, { threads, signal });
  return learn(learning, options, given);
}
