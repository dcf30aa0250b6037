/** The page learns what Node learns, in a real browser, on each of its devices. */
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LearnOptions, type Learnt, learnDigits } from './digits.ts';
import { serve } from './serve.ts';
import { CHROMIUM, openPage, type Page } from './testing/chromium.ts';

describe.skipIf(!existsSync(CHROMIUM))('in the browser (needs the Debian package chromium)', () => {
  let server: Awaited<ReturnType<typeof serve>>;
  let page: Page;
  beforeAll(async () => {
    server = await serve(0);
    page = await openPage(server.url);
  }, 60_000);
  afterAll(async () => {
    await page?.close();
    server?.close();
  });

  const inPage = (options: LearnOptions) =>
    page.evaluate<Learnt>(
      `import('/digits.js').then(async ({ learnDigits }) => {
        const { losses, accuracy } = await learnDigits(${JSON.stringify(options)});
        return { losses, accuracy };
      })`,
    );

  const close = (there: Learnt, here: Learnt) => {
    expect(there.accuracy).toBeCloseTo(here.accuracy, 2);
    for (const [i, loss] of there.losses.entries()) expect(loss).toBeCloseTo(here.losses[i]!, 4);
  };

  it('learns to read digits on WebAssembly, as in Node', async () => {
    const there = await inPage({ device: 'cpu' });
    close(there, await learnDigits({}));
    expect(there.accuracy).toBeGreaterThan(0.8);
  }, 120_000);

  // Software Vulkan takes seconds a step.
  it('and on WebGPU', async () => {
    const options: LearnOptions = { count: 100, epochs: 1 };
    close(await inPage({ ...options, device: 'webgpu' }), await learnDigits(options));
  }, 300_000);
});
