/** A conversation with a model: what was said before is kept, as messages and in the model's keys and values. */
import type { RunBits } from '../graph/quantized-weights.ts';
import type { RunnableModel } from '../model/language-model.ts';
import { DecoderSession } from '../run/decoder-session.ts';
import { type GenerateOptions, generate } from '../run/generate.ts';
import type { GeneratedToken } from '../run/generation.ts';
import { ChatTemplate } from './chat-template.ts';
import { chatText } from './chat-text.ts';
import type { Message } from './message.ts';

export interface ConversationOptions {
  /** Said to the model before all else. */
  readonly system?: string;
  /** How many tokens the conversation may have. Default: what the model was made for, 4,096 at most. */
  readonly places?: number;
  readonly threads?: number;
  /** Bits of a weight. Default 32. */
  readonly bits?: RunBits;
  /** Whether 4-bit weights are multiplied by rounded numbers: where `measureRounding` allows it. Default false. */
  readonly rounds?: boolean;
}

export class Conversation {
  readonly #model: RunnableModel;
  readonly #template: ChatTemplate;
  readonly #session: DecoderSession;
  readonly #messages: Message[] = [];

  /** @throws UserError where the model has no chat template */
  static async open(
    model: RunnableModel,
    { system, places, threads, bits, rounds }: ConversationOptions = {},
  ): Promise<Conversation> {
    const template = new ChatTemplate(model);
    const session = await DecoderSession.open(model, {
      ...(places !== undefined && { places }),
      threads,
      bits,
      rounds,
    });
    return new Conversation(model, template, session, system);
  }

  private constructor(
    model: RunnableModel,
    template: ChatTemplate,
    session: DecoderSession,
    system: string | undefined,
  ) {
    this.#model = model;
    this.#template = template;
    this.#session = session;
    if (system !== undefined) this.#messages.push({ role: 'system', content: system });
  }

  get messages(): readonly Message[] {
    return this.#messages;
  }

  /** The answer to what is said, token by token. */
  async *answer(
    said: string,
    options: Omit<GenerateOptions, 'session' | 'threads' | 'bits'> = {},
  ): AsyncGenerator<GeneratedToken> {
    this.#messages.push({ role: 'user', content: said });
    const prompt = await chatText(this.#template, this.#model.tokenizer, this.#messages, { answer: true });
    const ids = [...prompt.encode().ids];
    let text = '';
    for await (const token of generate(this.#model, ids, { ...options, session: this.#session })) {
      text += token.text;
      yield token;
    }
    this.#messages.push({ role: 'assistant', content: text });
  }

  async close(): Promise<void> {
    await this.#template.close();
    await this.#session.close();
  }
}
