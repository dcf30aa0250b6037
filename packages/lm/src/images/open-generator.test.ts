/** Image models that somebody brings: a server that speaks OpenAI's images API, and a diffusion model in ONNX small enough for a test. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeRgba, encodePng } from '@gradus/data';
import { input, writeOnnx } from '@gradus/engine';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { openImageGenerator } from './open-generator.ts';

const folder = mkdtempSync(join(tmpdir(), 'gradus-diffusion-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function served(
  answer: (body: Record<string, unknown>, response: ServerResponse) => unknown,
): Promise<string> {
  const server = createServer(async (request: IncomingMessage, response) => {
    let text = '';
    for await (const chunk of request.setEncoding('utf8')) text += chunk;
    expect(request.url).toBe('/v1/images/generations');
    const value = await answer(JSON.parse(text), response);
    if (value !== undefined) response.end(JSON.stringify(value));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

const signal = new AbortController().signal;
const PNG = await encodePng({ width: 2, height: 1, data: Uint8Array.of(255, 0, 0, 255, 0, 0, 255, 255) });
const b64_json = Buffer.from(PNG).toString('base64');

describe('images of a server', () => {
  it('come as bytes; a server that knows no seed is asked again without', async () => {
    const bodies: Record<string, unknown>[] = [];
    const url = await served((body, response) => {
      bodies.push(body);
      if ('seed' in body) {
        response.writeHead(400).end('{}');
        return undefined;
      }
      return { created: 1, data: [{ b64_json }] };
    });
    const generator = await openImageGenerator(`${url}#tiny`);
    expect(await generator.draw('a sword', 3, signal)).toEqual(new Uint8Array(PNG));
    expect(bodies).toEqual([
      { model: 'tiny', n: 1, prompt: 'a sword', seed: 3, response_format: 'b64_json' },
      { model: 'tiny', n: 1, prompt: 'a sword' },
    ]);
  });

  it.each([
    ['addresses instead of images', () => ({ data: [{ url: 'http://127.0.0.1/other.png' }] })],
    ['no list', () => ({ error: 'no' })],
  ])('that are none cost one image: %s', async (_, answer) => {
    const generator = await openImageGenerator(await served(answer));
    await expect(generator.draw('a sword', 0, signal)).rejects.toMatchObject({ name: 'ChatError' });
  });

  it('keys do not stand in addresses', async () => {
    await expect(openImageGenerator('http://me:key@127.0.0.1:1/v1')).rejects.toThrow('GRADUS_LM_KEY');
  });
});

describe('a diffusion model in ONNX', () => {
  const write = (part: string, name: string, content: string | Uint8Array) => {
    mkdirSync(join(folder, part), { recursive: true });
    writeFileSync(join(folder, part, name), content);
  };
  const graph = (part: string, of: Parameters<typeof writeOnnx>[0]) =>
    write(part, 'model.onnx', writeOnnx(of));
  write('.', 'model_index.json', '{}');
  write('scheduler', 'scheduler_config.json', '{}');
  write('unet', 'config.json', '{"sample_size": 4, "in_channels": 3}');
  write('vae_decoder', 'config.json', '{"scaling_factor": 0.5}');
  write('tokenizer', 'tokenizer_config.json', '{"model_max_length": 8}');
  const vocab = ['<|startoftext|>', '<|endoftext|>', 'a', 'a</w>'];
  write('tokenizer', 'vocab.json', JSON.stringify(Object.fromEntries(vocab.map((token, i) => [token, i]))));
  write('tokenizer', 'merges.txt', '#version: 0.2\n');
  // The text encoder gives its tokens back; the network says that all is noise of 0, and so the noise it began with is the image.
  const ids = input('input_ids', ['batch', 8], 'int64');
  graph('text_encoder', {
    name: 'text',
    inputs: { input_ids: ids },
    outputs: { last_hidden_state: ids.cast('float32').reshape([-1, 8, 1]) },
  });
  const sample = input('sample', ['batch', 3, 4, 4]);
  const states = input('encoder_hidden_states', ['batch', 8, 1]);
  const timestep = input('timestep', [1], 'float32');
  graph('unet', {
    name: 'unet',
    inputs: { sample, timestep, encoder_hidden_states: states },
    outputs: { out_sample: sample.mul(0).add(states.mean().mul(0)).add(timestep.mean().mul(0)) },
  });
  const latent = input('latent_sample', ['batch', 3, 4, 4]);
  graph('vae_decoder', {
    name: 'decoder',
    inputs: { latent_sample: latent },
    outputs: { sample: latent.mul(0).add(0.5) },
  });

  it('draws an image of its decoder’s size, the same for the same seed', async () => {
    const generator = await openImageGenerator(folder, { threads: 1 });
    const image = await generator.draw('a a', 1, signal);
    expect(await generator.draw('a a', 1, signal)).toEqual(image);
    await generator.close();
    const { width, height, data } = await decodeRgba(image, 64);
    expect([width, height]).toEqual([4, 4]);
    expect([...data.slice(0, 4)]).toEqual([191, 191, 191, 255]);
  });

  it('what is no such folder is refused', async () => {
    await expect(openImageGenerator(tmpdir())).rejects.toThrow('is no image model');
  });
});
