/**
 * Conversations as text in a page, by the template that comes with a model (Jinja). It is interpreted, never executed, and sees nothing
 * but the messages; but it runs in the page's own thread, so that one that loops hangs the page: load models that you trust.
 */
import { UserError } from '@gradus/base';
import { Template } from '@huggingface/jinja';
import type { Message } from '../chat/message.ts';
import type { LanguageModel } from '../model/language-model.ts';

export class ChatTemplate {
  readonly #model: Pick<LanguageModel, 'path' | 'template' | 'templateTokens'>;

  /** @throws UserError where the model has no template */
  constructor(model: Pick<LanguageModel, 'path' | 'template' | 'templateTokens'>) {
    if (model.template === undefined) {
      throw new UserError({
        en: `${model.path} has no chat template: it continues texts and was not made for conversations`,
        zh: `${model.path} 没有对话模板：该模型只会续写文本，并非用于对话`,
      });
    }
    this.#model = model;
  }

  /** @param options `answer`: whether what begins an answer stands at the end. @throws UserError where the template fails */
  async render(
    messages: readonly Message[],
    { answer = false }: { readonly answer?: boolean } = {},
  ): Promise<string> {
    const { path, template, templateTokens } = this.#model;
    try {
      return new Template(template!).render({
        messages: [...messages],
        add_generation_prompt: answer,
        ...templateTokens,
      });
    } catch (error) {
      const { message } = error as Error;
      throw new UserError(
        {
          en: `the chat template of ${path} cannot be rendered: ${message}`,
          zh: `无法渲染 ${path} 的对话模板：${message}`,
        },
        { cause: error },
      );
    }
  }
}
