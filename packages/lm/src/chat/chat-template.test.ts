/** Templates of models are rendered as transformers renders them, and cannot do harm. */
import { rmSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { load } from '../model/load.ts';
import { generate } from '../run/generate.ts';
import { tinyModel } from '../testing/tiny-model.ts';
import { ChatTemplate } from './chat-template.ts';
import { Conversation } from './conversation.ts';

const opened: ChatTemplate[] = [];
function templateOf(template: string): ChatTemplate {
  opened.push(new ChatTemplate({ path: 'model', template, templateTokens: { bos_token: '<s>' } }));
  return opened.at(-1)!;
}
afterAll(() => Promise.all(opened.map((template) => template.close())));

describe('a chat template', () => {
  it('renders ChatML, and what begins an answer', async () => {
    // The template of SmolLM 2 and Qwen 2.
    const template = templateOf(
      "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}",
    );
    const messages = [{ role: 'user', content: 'Hi' }];
    expect(await template.render(messages)).toBe('<|im_start|>user\nHi<|im_end|>\n');
    expect(await template.render(messages, { answer: true })).toBe(
      '<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n',
    );
  });

  it('has the tokens of the model, and arguments of calls as values', async () => {
    const template = templateOf(
      '{{ bos_token }}{% for key, value in messages[0].tool_calls[0].function.arguments|items %}{{ key }}={{ value }};{% endfor %}',
    );
    const call = { function: { name: 'f', arguments: '{"a":1,"b":"x"}' } };
    expect(await template.render([{ role: 'assistant', tool_calls: [call] }])).toBe('<s>a=1;b=x;');
  });

  it('is ended when it does not end, and the next one renders', async () => {
    const endless = templateOf(
      '{% for a in range(100000000) %}{% for b in range(100000000) %}{% endfor %}{% endfor %}',
    );
    await expect(endless.render([])).rejects.toThrow('the chat template of model cannot be rendered');
    expect(await templateOf('ok').render([])).toBe('ok');
  });

  it('sees nothing but its messages', async () => {
    for (const reach of [
      "{{ messages.constructor.constructor('return process')() }}",
      "{{ ''.__class__.__mro__[1].__subclasses__() }}",
      '{{ process.env }}',
    ]) {
      const text = await templateOf(reach)
        .render([{ role: 'user', content: 'x' }])
        .catch((error: Error) => error.message);
      expect(text).not.toMatch(/PATH=|object process|NODE_/);
    }
  });

  it('makes a conversation, which is kept', async () => {
    const folder = tinyModel({ chat: true });
    const model = await load(folder);
    const conversation = await Conversation.open(model, { system: 'be kind', places: 64, threads: 1 });
    const answers: string[] = [];
    for (const said of ['hi', 'more']) {
      let text = '';
      for await (const token of conversation.answer(said, { temperature: 0, max: 4 })) text += token.text;
      answers.push(text);
    }
    expect(conversation.messages).toEqual([
      { role: 'system', content: 'be kind' },
      { role: 'user', content: 'hi' },
      { role: 'assistant', content: answers[0] },
      { role: 'user', content: 'more' },
      { role: 'assistant', content: answers[1] },
    ]);
    // Without what was kept of the first answer, the second is the same.
    const prompt = `s:be kind</s>u:hi</s>a:${answers[0]}</s>u:more</s>a:`;
    const { ids } = model.tokenizer.encode(prompt, { addSpecial: false });
    let again = '';
    for await (const token of generate(model, [...ids], { temperature: 0, max: 4, threads: 1 }))
      again += token.text;
    expect(answers[1]).toBe(again);
    await conversation.close();
    model.close();
    rmSync(folder, { recursive: true });
  });

  it('is refused where a model has none', () => {
    expect(() => new ChatTemplate({ path: 'model', templateTokens: {} })).toThrow('has no chat template');
  });
});
