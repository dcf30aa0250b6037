/** A page says what Node says, in a real browser. */
import { existsSync, rmSync } from 'node:fs';
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
  },
);
