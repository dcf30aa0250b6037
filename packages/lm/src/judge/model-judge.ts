/**
 * A model as judge: it is asked a question of two answers, and which of the two words it would say is read from its probabilities, not
 * from what it writes: nothing has to be parsed, and how sure it is is known.
 */
import { UserError } from '@gradus/base';
import { ChatTemplate } from '../chat/chat-template.ts';
import { chatText } from '../chat/chat-text.ts';
import type { RunBits } from '../graph/quantized-weights.ts';
import type { RunnableModel } from '../model/language-model.ts';
import { DecoderSession } from '../run/decoder-session.ts';

export interface Judge {
  /** The probability of the second word against the first; undefined where the judge says neither. */
  ask(question: string, words: readonly [string, string]): Promise<number | undefined>;
  close(): Promise<void>;
}

export interface ModelJudgeOptions {
  readonly threads?: number | undefined;
  readonly bits?: RunBits | undefined;
}

export async function modelJudge(model: RunnableModel, options: ModelJudgeOptions): Promise<Judge> {
  const template = model.template === undefined ? undefined : new ChatTemplate(model);
  const session = await DecoderSession.open(model, options);
  const { tokenizer } = model;
  const promptOf = async (question: string) => {
    if (!template) return tokenizer.encode(`${question}\n`, { parseSpecial: false });
    const messages = [{ role: 'user', content: question }];
    return (await chatText(template, tokenizer, messages, { answer: true })).encode();
  };
  return {
    async ask(question, words) {
      const logits = await session.see([...(await promptOf(question)).ids]);
      // A word may begin with a space or a capital.
      const [first, second] = words.map((word) => {
        const capital = word.charAt(0).toUpperCase() + word.slice(1);
        const ways = [word, ` ${word}`, capital, ` ${capital}`];
        return new Set(ways.flatMap((way) => tokenizer.encode(way, { addSpecial: false }).ids[0] ?? []));
      }) as [Set<number>, Set<number>];
      const own = [first, second].map((tokens, i) =>
        [...tokens].filter((token) => !(i === 0 ? second : first).has(token)).map((token) => logits[token]!),
      ) as [number[], number[]];
      if (own[0].length === 0 || own[1].length === 0) {
        throw new UserError({
          en: `${model.path}: its tokenizer has one first token for "${words[0]}" and "${words[1]}": it cannot judge`,
          zh: `${model.path}：分词器无法由首个词元区分“${words[0]}”与“${words[1]}”，不能用作评审`,
        });
      }
      return 1 / (1 + Math.exp(logSum(own[0]) - logSum(own[1])));
    },
    async close() {
      await template?.close();
      await session.close();
    },
  };
}

function logSum(values: readonly number[]): number {
  const most = Math.max(...values);
  return most + Math.log(values.reduce((sum, value) => sum + Math.exp(value - most), 0));
}
