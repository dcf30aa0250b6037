/**
 * Examples as tokens, and which of them are learnt from: the answers of a conversation with what ends them, a completion, or all of a
 * text. Training on the wrong tokens is the mistake that nothing shows afterwards; so what is chosen can be looked at before.
 */
import type { Localized } from '@gradus/base';
import type { ChatTemplate } from '../chat/chat-template.ts';
import { chatText } from '../chat/chat-text.ts';
import type { Message } from '../chat/message.ts';
import type { LanguageModel } from '../model/language-model.ts';
import type { ExampleOf } from './examples.ts';

export interface TokenExample {
  readonly row: number;
  readonly ids: readonly number[];
  /** Whether each token is learnt from: predicted from those before it. */
  readonly learnt: readonly boolean[];
}

type Read = TokenExample | { readonly row: number; readonly reason: Localized };
type Learner = Pick<LanguageModel, 'tokenizer' | 'end'>;

/** @param template where the model has one: prompt and completion are then a question and its answer */
export async function tokensOfExample(
  example: ExampleOf<'chat' | 'completion' | 'text'>,
  model: Learner,
  template: Pick<ChatTemplate, 'render'> | undefined,
): Promise<Read> {
  if (example.kind === 'text') return plain(example.row, model, '', example.text);
  if (example.kind === 'completion' && !template)
    return plain(example.row, model, example.prompt, example.completion);
  const messages: readonly Message[] =
    example.kind === 'chat'
      ? example.messages
      : [
          { role: 'user', content: example.prompt },
          { role: 'assistant', content: example.completion },
        ];
  return conversation(example.row, model, template!, messages);
}

/** A text, all of which is learnt. */
export const tokensOfText = (row: number, model: Learner, text: string): TokenExample =>
  plain(row, model, '', text);

function plain(row: number, { tokenizer, end }: Learner, before: string, learnt: string): TokenExample {
  const { ids, offsets, specialMask } = tokenizer.encode(before + learnt, { parseSpecial: false });
  // A token that reaches into what is learnt is learnt. Those that the tokenizer puts around a text have no place in it.
  const flags = Array.from(ids, (_, i) => specialMask[i] !== 1 && offsets[2 * i + 1]! > before.length);
  const closed = end.length === 0 || end.includes(ids.at(-1)!);
  return {
    row,
    ids: closed ? [...ids] : [...ids, end[0]!],
    learnt: closed ? flags : [...flags, true],
  };
}

async function conversation(
  row: number,
  { tokenizer }: Learner,
  template: Pick<ChatTemplate, 'render'>,
  messages: readonly Message[],
): Promise<Read> {
  const { text: whole, encode } = await chatText(template, tokenizer, messages);
  const spans: (readonly [from: number, to: number])[] = [];
  for (const [i, { role, weight }] of messages.entries()) {
    // Rows of OpenAI say weight 0 of an answer that is not to be learnt.
    if (role !== 'assistant' || weight === 0) continue;
    const [before, after] = [
      await template.render(messages.slice(0, i), { answer: true }),
      await template.render(messages.slice(0, i + 1)),
    ];
    // Some templates leave out the thoughts of all answers but the last: such an answer stands otherwise in the whole.
    if (!whole.startsWith(before) || !whole.startsWith(after)) continue;
    spans.push([before.length, after.length]);
  }
  if (spans.length === 0) {
    return {
      row,
      reason: {
        en: 'the template renders no answer as it would be generated',
        zh: '模板渲染的回答与生成时不一致，无法确定要学习的部分',
      },
    };
  }
  const { ids, offsets } = encode();
  const learnt = Array.from(ids, (_, i) =>
    spans.some(([from, to]) => offsets[2 * i]! >= from && offsets[2 * i + 1]! <= to),
  );
  return { row, ids: [...ids], learnt };
}

/** An example cut to `length`, or the reason why nothing of it can be learnt from. */
export function cutTo(example: TokenExample, length: number): Read & { readonly cut?: boolean } {
  const cut = example.ids.length > length;
  const shown = cut
    ? { ...example, ids: example.ids.slice(0, length), learnt: example.learnt.slice(0, length) }
    : example;
  // The first token follows none.
  if (shown.learnt.some((flag, i) => flag && i > 0)) return { ...shown, cut };
  return {
    row: example.row,
    reason: cut
      ? {
          en: `its first ${length} tokens hold nothing to learn from`,
          zh: `前 ${length} 个词元中没有可学习的内容`,
        }
      : { en: 'no token of it is learnt from', zh: '没有可学习的词元' },
  };
}

/** The text of an example with what is learnt from between marks. */
export function shownExample(
  { ids, learnt }: TokenExample,
  { tokenizer }: Learner,
  [open, close]: readonly [string, string] = ['⟦', '⟧'],
): string {
  let text = '';
  for (let from = 0; from < ids.length; ) {
    let to = from;
    while (to < ids.length && learnt[to] === learnt[from]) to++;
    const [before, upTo] = [from, to].map((at) => tokenizer.decode(ids.slice(0, at), { skipSpecial: false }));
    const piece = upTo!.slice(before!.length);
    text += learnt[from] ? open + piece + close : piece;
    from = to;
  }
  return text;
}
