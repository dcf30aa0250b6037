/** How a model with a head sees the texts of rows: where they are cut, and what is shown of that. */
import type { AnyModel } from '../model/load-any.ts';
import { isEncoderModel } from '../model/load-any.ts';
import { tokensOfText } from '../texts/text-model.ts';

const DEFAULT_LENGTH = 128;

export interface CutText {
  readonly ids: readonly number[];
  readonly cut: boolean;
}

/** Texts as tokens, and the length of a batch's rows: that of the longest text, within what the model sees and what is asked. */
export function cutTexts(
  model: AnyModel,
  texts: readonly string[],
  wished: number | undefined,
): { readonly tokens: readonly CutText[]; readonly length: number } {
  const sees = isEncoderModel(model) ? model.length : model.config.context;
  const most = Math.min(wished ?? DEFAULT_LENGTH, sees);
  const tokens = texts.map((text) => {
    // One more than is seen shows that something was cut.
    const whole = tokensOfText(model, text, most + 1);
    return whole.length > most
      ? { ids: tokensOfText(model, text, most), cut: true }
      : { ids: whole, cut: false };
  });
  const longest = tokens.reduce((longest, { ids }) => Math.max(longest, ids.length), 1);
  return { tokens, length: Math.min(most, Math.ceil(longest / 8) * 8) };
}

/** What the model sees of a text, all of which is learnt from. */
export const seenText = ({ tokenizer }: AnyModel, { ids }: CutText): string =>
  `⟦${tokenizer.decode(ids, { skipSpecial: false })}⟧`;
