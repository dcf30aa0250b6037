/** A page says what Node says, in a real browser. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSafetensors, writeSafetensors } from '@gradus/engine';
import { tinyModel } from '@gradus/lm/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openChat } from './chat.ts';
import { serve } from './serve.ts';
import { CHROMIUM, openPage, type Page } from './testing/chromium.ts';

describe.skipIf(!existsSync(CHROMIUM))(
  'a language model in the browser (needs the Debian package chromium)',
  () => {
    const folder = tinyModel({ chat: true });
    let server: Awaited<ReturnType<typeof serve>>;
    let page: Page;
    beforeAll(async () => {
      inTwoFiles(folder);
      server = await serve(0, folder);
      page = await openPage(`${server.url}chat`);
    }, 60_000);
    afterAll(async () => {
      await page?.close();
      server?.close();
      rmSync(folder, { recursive: true });
    });

    it('chats on WebAssembly, the second time on what was said before', async () => {
      const texts = ['ab', 'cd'];
      const there = await page.evaluate<string[]>(`import('/chat.js').then(async ({ openChat }) => {
      const chat = await openChat({ model: 'model', max: 6, temperature: 0, threads: 1 });
      const answers = [];
      for (const text of ${JSON.stringify(texts)}) answers.push((await Array.fromAsync(chat.say(text))).join(''));
      await chat.close();
      return answers;
    })`);
      const chat = await openChat({ model: folder, max: 6, temperature: 0, threads: 1 });
      const here: string[] = [];
      for (const text of texts) {
        let answer = '';
        for await (const words of chat.say(text)) answer += words;
        here.push(answer);
      }
      await chat.close();
      expect(there).toEqual(here);
      expect(here.every((answer) => answer.length > 0)).toBe(true);
    }, 120_000);

    it('trains adapters on WebAssembly, with the losses of Node, and says what it has learnt', async () => {
      const examples = [{ prompt: 'ab', completion: 'cd cd' }, 'abc abc', { prompt: 'cd', completion: 'ab' }];
      const options = { lora: 4, epochs: 16, batch: 3, learningRate: 0.05, seed: 1 };
      const learn = async (
        open: typeof openChat,
        model: string,
        given: typeof examples,
        how: typeof options,
      ) => {
        const chat = await open({ model, max: 6, temperature: 0, threads: 1 });
        const { losses, files } = await chat.learn(given, how);
        let answer = '';
        for await (const words of chat.say('ab')) answer += words;
        await chat.close();
        return { losses, answer, names: Object.keys(files) };
      };
      const there = await page.evaluate<Awaited<ReturnType<typeof learn>>>(
        `import('/chat.js').then(({ openChat }) => (${learn})(openChat, 'model', ${JSON.stringify(examples)}, ${JSON.stringify(options)}))`,
      );
      const here = await learn(openChat, folder, examples, options);
      expect(there.losses.length).toBe(16);
      for (const [i, loss] of there.losses.entries()) expect(loss).toBeCloseTo(here.losses[i]!, 3);
      expect(there.losses.at(-1)! < there.losses[0]! / 2).toBe(true);
      expect([there.answer, there.names]).toEqual([
        here.answer,
        ['adapter_config.json', 'adapter_model.safetensors'],
      ]);
    }, 120_000);
  },
);

/** The weights of a folder in two files, which an index lists. */
function inTwoFiles(folder: string): void {
  const whole = join(folder, 'model.safetensors');
  const entries = Object.entries(readSafetensors(readFileSync(whole)).tensors);
  const half = Math.ceil(entries.length / 2);
  const map: Record<string, string> = {};
  for (const [i, part] of [entries.slice(0, half), entries.slice(half)].entries()) {
    const name = `model-0000${i + 1}-of-00002.safetensors`;
    writeFileSync(join(folder, name), writeSafetensors(Object.fromEntries(part)));
    for (const [tensor] of part) map[tensor] = name;
  }
  writeFileSync(join(folder, 'model.safetensors.index.json'), JSON.stringify({ weight_map: map }));
  rmSync(whole);
}
