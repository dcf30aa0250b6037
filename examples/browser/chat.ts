/**
 * A conversation with a language model in a page, which can also learn there: its files come from the server once, and what is said
 * and learnt stays in the page. Nothing in this file knows whether it runs in a page or in Node, where `@gradus/lm` reads folders of a disk.
 */
import {
  type AdaptExample,
  type Adapted,
  type AdaptOptions,
  adapt,
  ChatTemplate,
  DecoderSession,
  generate,
  load,
  type Message,
} from '@gradus/lm';

export interface ChatOptions {
  /** The address of a model's folder. */
  readonly model: string;
  /** How many tokens an answer has at most. Default 200. */
  readonly max?: number;
  /** 0 takes the most probable token. Default 0.7. */
  readonly temperature?: number;
  /** Default: one a core. */
  readonly threads?: number;
}

export interface Chat {
  /** The answer to a message, token by token: what each adds to the text. What was said before is not read again. */
  say(text: string): AsyncGenerator<string>;
  /** Trains adapters on examples, by which all that is said from then on goes. */
  learn(
    examples: readonly AdaptExample[],
    options?: AdaptOptions,
  ): Promise<Pick<Adapted, 'losses' | 'files'>>;
  close(): Promise<void>;
}

export async function openChat({
  model: path,
  max = 200,
  temperature = 0.7,
  threads,
}: ChatOptions): Promise<Chat> {
  const model = await load(path);
  let session = await DecoderSession.open(model, { threads });
  const template = new ChatTemplate(model);
  const messages: Message[] = [];
  return {
    async *say(text) {
      messages.push({ role: 'user', content: text });
      const prompt = await template.render(messages, { answer: true });
      const ids = [...model.tokenizer.encode(prompt, { addSpecial: false }).ids];
      let answer = '';
      for await (const { text } of generate(model, ids, { session, max, temperature })) {
        answer += text;
        yield text;
      }
      messages.push({ role: 'assistant', content: answer });
    },
    async learn(examples, options) {
      const {
        model: adapted,
        losses,
        files,
      } = await adapt(model, examples, { template, threads, ...options });
      await session.close();
      session = await DecoderSession.open(adapted, { threads });
      return { losses, files };
    },
    close: () => session.close().then(() => model.close()),
  };
}
