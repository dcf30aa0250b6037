/** Sound becomes the spectrogram, the states and the tokens that transformers makes of it. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readWav } from '@gradus/data';
import { input } from '@gradus/engine';
import { compile } from '@gradus/engine/runtime';
import { afterAll, describe, expect, it } from 'vitest';
import { speechConfig } from '../families/whisper-config.ts';
import { cachedGraph } from '../graph/decoder.ts';
import { constantWeights } from '../graph/layer-weights.ts';
import { speechHidden, whisperSpectrogram } from '../graph/speech.ts';
import { goldenFolder, goldenTensors, largestDifference } from '../testing/golden.ts';
import { tinySpeechModel } from '../testing/tiny-speech-model.ts';
import { safetensorsFolder } from '../weights/safetensors.ts';
import { isDoubtful, isSilent } from './doubt.ts';
import { SpeechModel } from './speech-model.ts';
import { segmentsOf } from './timestamps.ts';

const golden = goldenTensors('whisper');
const floats = (name: string) => golden[name]!.data as Float32Array;
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function withLetters(
  change: (folder: string) => void = () => {},
  name: 'whisper' | 'whisper-timestamps' = 'whisper',
): string {
  const folder = tinySpeechModel(name);
  folders.push(folder);
  change(folder);
  return folder;
}

it('the spectrogram and the states of the encoder are those of transformers', async () => {
  const folder = goldenFolder('whisper');
  const config = speechConfig(folder, JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')));
  const weights = safetensorsFolder(folder);
  const wave = input('wave', [1, 1, 16_400]);
  const sizes = { rate: 16_000, frame: 400, hop: 160, bands: 16, samples: 16_000 };
  const features = whisperSpectrogram(wave, sizes);
  const states = speechHidden(config, constantWeights(weights), features);
  const graph = { name: 'speech', inputs: { wave }, outputs: { features, states } };
  const compiled = await compile(graph, { threads: 1 });
  const { channels } = readWav(readFileSync(join(folder, 'tones.wav')), 'tones.wav');
  const data = new Float32Array(16_400);
  data.set(channels[0]!, 200);
  for (let i = 1; i <= 200; i++) data[200 - i] = data[200 + i]!;
  const found = await compiled.run({ wave: { dtype: 'float32', dims: [1, 1, data.length], data } });
  await compiled.close();
  weights.close();
  const differences = ['features', 'states'].map((name) =>
    largestDifference(found[name]!.data as Float32Array, floats(name)),
  );
  expect(Math.max(...differences)).toBeLessThan(1e-4);
});

it('logits of text are those of transformers within 1e-4', async () => {
  const folder = goldenFolder('whisper');
  const { decoder } = speechConfig(folder, JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')));
  const weights = safetensorsFolder(folder);
  const held = constantWeights(weights);
  const graph = cachedGraph(decoder, held, { places: 16, logits: 'all' });
  const compiled = await compile(graph, { threads: 1 });
  const states = input('states', [1, 50, 32]);
  const outputs = Object.fromEntries(
    decoder.layers.flatMap(({ cross }, i) => [
      [`cross_key.${i}`, held.linear(states, cross!.key)],
      [`cross_value.${i}`, held.linear(states, cross!.value)],
    ]),
  );
  const crossed = await compile({ name: 'cross', inputs: { states }, outputs }, { threads: 1 });
  const cross = await crossed.run({ states: golden.states! });
  const ids = golden.ids!;
  const time = ids.dims[1]!;
  const caches = Object.fromEntries(
    decoder.layers.flatMap((_, i) =>
      ['key', 'value'].map((kind) => [
        `past_${kind}.${i}`,
        { dtype: 'float32' as const, dims: [1, 4, 16, 8], data: new Float32Array(512) },
      ]),
    ),
  );
  const { logits } = await compiled.run({
    ...cross,
    ...caches,
    ids,
    positions: {
      dtype: 'int64',
      dims: [1, time],
      data: BigInt64Array.from({ length: time }, (_, i) => BigInt(i)),
    },
    last: { dtype: 'int32', dims: [1], data: Int32Array.of(time - 1) },
    total: { dtype: 'int32', dims: [], data: Int32Array.of(time) },
  });
  await compiled.close();
  await crossed.close();
  weights.close();
  expect(largestDifference(logits!.data as Float32Array, floats('logits'))).toBeLessThan(1e-4);
});

it('writes the tokens that transformers writes, hears the language, and goes on beyond a stretch', async () => {
  const folder = withLetters();
  const model = await SpeechModel.open(folder, { threads: 1 });
  const file = join(folder, 'tones.wav');
  const of = (name: string) => Array.from(golden[name]!.data as BigInt64Array, Number);
  const text = (ids: readonly number[]) => ids.filter((id) => id < 50);
  const heard = await model.transcribe(file, { temperatures: [0] });
  expect(text(heard.segments[0]!.tokens)).toEqual(text(of('heard')));
  expect(heard.text).toHaveLength(text(of('heard')).length);
  const zh = await model.transcribe(file, { language: 'zh', translate: true, temperatures: [0] });
  expect([zh.language, text(zh.segments[0]!.tokens)]).toEqual(['zh', text(of('zh'))]);
  // 2.2 seconds with a pause from 0.9 to 1.1: the first stretch of a second ends in it.
  const { channels } = readWav(readFileSync(file), 'tones.wav');
  const long = Float32Array.from({ length: 35_200 }, (_, i) =>
    i > 14_400 && i < 17_600 ? 0 : channels[0]![i % 2900]!,
  );
  const found: number[] = [];
  const { segments, seconds } = await model.transcribe(
    { rate: 16_000, channels: [long] },
    { temperatures: [0], onSegment: ({ end }) => found.push(end) },
  );
  expect([segments[0]!.end > 0.9 && segments[0]!.end < 1, found.at(-1), seconds]).toEqual([true, 2.2, 2.2]);
  await expect(model.transcribe(file, { language: 'tlh' })).rejects.toThrow(
    'knows no language "tlh"; it knows en, zh',
  );
  writeFileSync(join(folder, 'broken.wav'), readFileSync(file).subarray(0, 30));
  await expect(model.transcribe(join(folder, 'broken.wav'))).rejects.toThrow('broken.wav');
  await expect(model.transcribe(join(folder, 'none.wav'))).rejects.toThrow('none.wav');
  await model.close();
});

it('says when, in the marks that transformers writes, and goes on where the last segment ends', async () => {
  const model = await SpeechModel.open(withLetters(undefined, 'whisper-timestamps'), { threads: 1 });
  const expected = goldenTensors('whisper-timestamps');
  const [whole] = readWav(readFileSync(join(goldenFolder('whisper'), 'tones.wav')), 'tones.wav').channels;
  const waves = [
    whole!,
    whole!.subarray(2000),
    whole!.slice().reverse().subarray(0, 5000),
    whole!.subarray(4000, 7000),
  ];
  for (const [i, wave] of waves.entries())
    for (const language of ['en', 'zh']) {
      const sound = { rate: 16_000, channels: [wave as Float32Array<ArrayBuffer>] };
      const { segments } = await model.transcribe(sound, { language, timestamps: true, temperatures: [0] });
      // Beyond the first stretch transformers goes on in the features, which are another spectrogram than that of the rest of the wave.
      const wanted = Array.from(expected[`${language}${i}`]!.data as BigInt64Array, Number);
      const tokens = segments.flatMap(({ tokens }) => tokens);
      expect(tokens.length).toBeGreaterThan(5);
      expect(tokens).toEqual(wanted.slice(0, tokens.length));
    }
  // 2.6 seconds: segments follow one another, and reach the end.
  const long = Float32Array.from({ length: 41_600 }, (_, i) => whole![i % 7900]!);
  const { segments } = await model.transcribe({ rate: 16_000, channels: [long] }, { temperatures: [0] });
  for (const [i, { start, end }] of segments.entries())
    expect([start <= end, start >= (segments[i - 1]?.start ?? 0), end <= 2.6]).toEqual([true, true, true]);
  expect(segments.length).toBeGreaterThan(2);
  await model.close();
});

describe('what was written of a stretch', () => {
  const rules = { first: 50 };
  it.each([
    ['nothing', [], [], 40],
    ['one segment', [50, 1, 2, 70], [[0, 20, [50, 1, 2, 70]]], 40],
    ['without an end', [50, 1, 2], [[0, 40, [50, 1, 2]]], 40],
    [
      'two, ended',
      [50, 1, 60, 62, 2, 70],
      [
        [0, 10, [50, 1, 60]],
        [12, 20, [62, 2, 70]],
      ],
      40,
    ],
    ['cut off in the second', [50, 1, 60, 62, 2], [[0, 10, [50, 1, 60]]], 10],
  ] as const)('%s', (_, tokens, segments, next) => {
    const found = segmentsOf(tokens, rules, 40);
    expect([found.segments.map(({ start, end, tokens }) => [start, end, tokens]), found.next]).toEqual([
      segments,
      next,
    ]);
  });

  it('is doubted where it repeats itself or is improbable, and left out where nobody speaks', () => {
    const varied = Array.from({ length: 60 }, (_, i) => (i * 7919) % 50_000);
    const of = (tokens: readonly number[], logprob: number, silence = 0) => ({ tokens, logprob, silence });
    expect(
      [of(varied, -0.5), of(varied, -1.5), of(Array(60).fill(7), -0.1), of(varied, -1.5, 0.9)].map((one) => [
        isDoubtful(one, 51_865),
        isSilent(one),
      ]),
    ).toEqual([
      [false, false],
      [true, false],
      [true, false],
      [false, true],
    ]);
  });
});

it.each([
  ['another spectrogram', 'preprocessor_config.json', { feature_size: 80 }, 'makes 80 bands of 100 frames'],
  ['no start', 'config.json', { decoder_start_token_id: undefined }, 'decoder_start_token_id'],
  ['another size', 'config.json', { d_model: 36 }, 'should be [36'],
  [
    'no way to write text alone',
    'generation_config.json',
    { no_timestamps_token_id: undefined },
    'no_timestamps_token_id',
  ],
] as const)('%s is an error that names it', async (_, name, fields, message) => {
  const folder = withLetters((folder) => {
    const path = join(folder, name);
    writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), ...fields }));
  });
  await expect(SpeechModel.open(folder, { threads: 1 })).rejects.toThrow(message);
});
