/**
 * A conversation with a language model in a page: its files come from the server once, and what is said stays in the page. Nothing in
 * this file knows whether it runs in a page or in Node, where `@gradus/lm` reads folders of a disk.
 */
import { ChatTemplate, DecoderSession, generate, load, type Message } from '@gradus/lm';

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
  close(): Promise<void>;
}

export async function openChat({
  model: path,
  max = 200,
  temperature = 0.7,
  threads,
}: ChatOptions): Promise<Chat> {
  const model = await load(path);
  const session = await DecoderSession.open(model, { threads });
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
    close: () => session.close().then(() => model.close()),
  };
}
