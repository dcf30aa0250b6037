/** The part of a model of images and texts that writes is a model of texts, whatever its file calls its weights. */
import { rmSync } from 'node:fs';
import { expect, it } from 'vitest';
import { convert } from '../convert/convert.ts';
import { DecoderSession } from '../run/decoder-session.ts';
import { goldenTensors, largestDifference } from '../testing/golden.ts';
import { tinyModel } from '../testing/tiny-model.ts';
import { load } from './load.ts';

it('has the logits of transformers, and is handed over as a model of texts', async () => {
  const path = tinyModel({ name: 'gemma3-images' });
  const { ids, logits } = goldenTensors('gemma3-images');
  const [, time] = ids!.dims as [number, number];
  const text = Array.from(ids!.data as BigInt64Array, Number).slice(0, time);
  const whole = await load(path);
  expect(whole.end).toEqual([1, 6]);
  const out = `${path}-texts`;
  convert(whole, { to: 'safetensors', out });
  const alone = await load(out);
  for (const model of [whole, alone]) {
    const session = await DecoderSession.open(model, { places: 32, threads: 1 });
    const own = await session.see(text);
    const { vocabulary } = model.config;
    const wanted = (logits!.data as Float32Array).subarray((time - 1) * vocabulary, time * vocabulary);
    expect(largestDifference(own, wanted)).toBeLessThan(1e-4);
    await session.close();
    model.close();
  }
  expect(alone.json.model_type).toBe('gemma3_text');
  rmSync(path, { recursive: true });
  rmSync(out, { recursive: true });
});
