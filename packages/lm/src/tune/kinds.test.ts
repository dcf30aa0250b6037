/** Rows of each kind train what they are for, and are judged beside what is simpler. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '@gradus/base';
import type { HostTensor } from '@gradus/engine';
import { afterAll, describe, expect, it } from 'vitest';
import { Embedder } from '../embed/embed.ts';
import { constantWeights } from '../graph/layer-weights.ts';
import { loadAny } from '../model/load-any.ts';
import { goldenTensors, largestDifference } from '../testing/golden.ts';
import { openedGolden } from '../testing/opened.ts';
import { tinyModel } from '../testing/tiny-model.ts';
import { wordEncoder } from '../testing/word-encoder.ts';
import { Classifier } from '../texts/classifier.ts';
import type { HeldClasses, HeldPairs, HeldPreferences } from './held.ts';
import { lossesOf } from './held-out.ts';
import type { TuneOptions, TunePlan, TuneResult } from './options.ts';
import { preferenceBatch, preferenceLoss } from './preferences.ts';
import { adaptedWeights } from './trained-weights.ts';
import { trainerOf } from './trainer.ts';
import { tune } from './tune.ts';

const folder = mkdtempSync(join(tmpdir(), 'gradus-kinds-'));
const made = [folder];
afterAll(() => {
  for (const path of made) rmSync(path, { recursive: true, force: true });
});
const kept = (path: string) => {
  made.push(path);
  return path;
};

const SIDES = ['left', 'right', 'up', 'down'];
const THINGS = [...'abcdefghijklmnop'].map((letter) => `thing${letter}`);
const encoder = () => kept(wordEncoder([...SIDES, ...THINGS, 'go', 'not']));

function rows(name: string, list: readonly object[]): string {
  const path = join(folder, name);
  writeFileSync(path, list.map((row) => JSON.stringify(row)).join('\n'));
  return path;
}

async function tuned(path: string, data: string, options: TuneOptions): Promise<TuneResult> {
  const model = await loadAny(path);
  try {
    return (await tune(model, data, { threads: 1, seed: 1, ...options })) as TuneResult;
  } finally {
    model.close();
  }
}

describe('preferences', () => {
  it('30 steps have the losses of PyTorch and peft within 1e-4', async () => {
    const { config, weights } = openedGolden('llama');
    const trained = adaptedWeights(config, constantWeights(weights), { rank: 4, alpha: 8 }, 0);
    const start = goldenTensors('tune-llama', 'start/adapter_model');
    for (const [name, value] of trained.parameters) value.value = start[`base_model.model.${name}`]!;
    const { chosen, rejected, chosen_labels, rejected_labels, losses } = goldenTensors(
      'tune-llama',
      'preferences',
    );
    const [, count, length] = chosen!.dims as [number, number, number];
    const example = (ids: HostTensor, labels: HostTensor, at: number) => {
      const numbers = ({ data }: HostTensor) =>
        Array.from((data as BigInt64Array).subarray(at * length, (at + 1) * length), Number);
      return { row: at, ids: numbers(ids), learnt: numbers(labels).map((label) => label >= 0) };
    };
    const pairs = Array.from({ length: chosen!.dims[0]! * count }, (_, i) => ({
      chosen: example(chosen!, chosen_labels!, i),
      rejected: example(rejected!, rejected_labels!, i),
    }));
    const answers = pairs.flatMap((pair) => [pair.chosen, pair.rejected]);
    const known = await lossesOf(config, constantWeights(weights), answers, { length, threads: 1 });
    const trainer = trainerOf(
      (batch) => preferenceLoss(config, trained.weights, batch, 0.1),
      trained.parameters,
      { learningRate: 0.01, weightDecay: 0.01, accumulate: 1, seed: 0, threads: 1 },
    );
    const ours: number[] = [];
    for (let step = 0; step < 30; step++) {
      const from = (step % 5) * count;
      const before = Array.from(
        { length: count },
        (_, i) => [-known[2 * (from + i)]!.loss, -known[2 * (from + i) + 1]!.loss] as const,
      );
      const { loss } = await trainer.step(preferenceBatch(pairs.slice(from, from + count), before, length));
      ours.push(loss!);
    }
    await trainer.close();
    weights.close();
    expect(ours[0]).toBeCloseTo(Math.LN2, 5);
    expect(largestDifference(ours, losses!.data as Float64Array)).toBeLessThan(1e-4);
  });

  it('move a model towards the chosen answers, and show both', async () => {
    const list = [...'abcdefghijklmnopqrst'].flatMap((letter) =>
      ['say', 'give'].map((verb) => ({
        prompt: `${verb} ${letter}:`,
        chosen: ` ${letter}.`,
        rejected: ` ${letter}?`,
      })),
    );
    const plans: TunePlan[] = [];
    const result = await tuned(
      kept(tinyModel()),
      rows('preferences.jsonl', [...list, { prompt: 'x', chosen: 'a', rejected: 'a' }]),
      {
        out: join(folder, 'preferences'),
        learningRate: 0.01,
        epochs: 6,
        dropout: 0.1,
        onPlan: (plan) => plans.push(plan),
      },
    );
    expect(result.setAside.map(({ reason }) => reason.en)).toEqual(['both answers are the same']);
    expect(plans[0]!.shown[0]).toMatch(/^\+ .*⟦ \w\.<\/s>⟧$/);
    expect(plans[0]!.shown[1]).toMatch(/^- .*⟦ \w\?<\/s>⟧$/);
    const held = result.held as HeldPreferences;
    expect([held.measure, held.verdict, held.accuracy.value]).toEqual(['preference', 'better', 1]);
    const config = JSON.parse(readFileSync(join(folder, 'preferences/adapter_config.json'), 'utf8'));
    expect(config.lora_dropout).toBe(0.1);
  });
});

describe('classes', () => {
  const list = (count: number) => {
    const random = new Random(5);
    return Array.from({ length: count }, (_, i) => {
      const side = i % 2;
      const words = Array.from({ length: 4 }, () => THINGS[random.below(THINGS.length)]);
      words[random.below(4)] = SIDES[side + 2 * random.below(2)];
      return { text: words.join(' '), label: side === 0 ? 'no' : 'yes' };
    });
  };

  it.each([
    ['an encoder', encoder],
    ['a decoder', () => kept(tinyModel())],
  ])('%s learns them beside words alone, and what is written tells them', async (name, model) => {
    const data = rows(`${name}.jsonl`, list(name === 'an encoder' ? 160 : 60));
    const out = join(folder, `classes of ${name}`);
    const result = await tuned(model(), data, { out, epochs: 8, learningRate: 0.01, heldOut: 0.25 });
    const held = result.held as HeldClasses;
    expect(held).toMatchObject({ measure: 'accuracy', examples: result.heldOut });
    expect(result.classes).toEqual(['no', 'yes']);
    if (name === 'an encoder') {
      expect(held.accuracy.value).toBeGreaterThan(0.9);
      expect(held.baseline.value).toBeGreaterThan(0.6);
    }
    const classifier = await Classifier.open(out, { threads: 1 });
    const texts = list(20);
    const found = await classifier.probabilities(texts.map(({ text }) => text));
    await classifier.close();
    expect(found.every(([no, yes]) => Math.abs(no! + yes! - 1) < 1e-5)).toBe(true);
    const right = found.filter(([no, yes], i) => (yes! > no! ? 'yes' : 'no') === texts[i]!.label).length;
    // What was measured in training is what the files say.
    expect(Math.abs(right / 20 - held.accuracy.value)).toBeLessThan(0.35);
    const config = JSON.parse(readFileSync(join(out, 'config.json'), 'utf8'));
    expect(config.id2label).toEqual({ 0: 'no', 1: 'yes' });
    expect(config.architectures).toEqual([
      name === 'an encoder' ? 'BertForSequenceClassification' : 'LlamaForSequenceClassification',
    ]);
  });

  it('refuses what are no classes, and a model that tells none', async () => {
    const one = rows(
      'one.jsonl',
      ['a', 'b', 'c', 'd'].map((text) => ({ text, label: 'x' })),
    );
    const path = encoder();
    await expect(tuned(path, one, { out: join(folder, 'n') })).rejects.toThrow('nothing to tell apart');
    const many = rows(
      'many.jsonl',
      THINGS.map((text, i) => ({ text, label: i })),
    );
    await expect(tuned(path, many, { out: join(folder, 'n') })).rejects.toThrow('these are no classes');
    const chat = rows('chat.jsonl', [{ prompt: 'a', chosen: 'b', rejected: 'c' }]);
    await expect(tuned(path, chat, { out: join(folder, 'n') })).rejects.toThrow(
      'Expected "text" and "label"; or "anchor" and "positive"',
    );
    await expect(Classifier.open(path)).rejects.toThrow('the model tells no classes');
  });
});

it('pairs bring those that belong together near, and what is written embeds', async () => {
  const list = THINGS.flatMap((thing, i) =>
    SIDES.map((side) => ({ query: `go ${side} ${thing}`, passage: `${THINGS[(i + 5) % 16]} not ${side}` })),
  );
  const out = join(folder, 'pairs');
  const path = encoder();
  const result = await tuned(path, rows('pairs.jsonl', list), {
    out,
    epochs: 30,
    learningRate: 0.01,
    heldOut: 0.25,
  });
  const held = result.held as HeldPairs;
  expect(held).toMatchObject({ measure: 'recall', examples: 16, candidates: 16, verdict: 'better' });
  const [first] = held.recall;
  expect(first!.after.value).toBeGreaterThan(first!.before.value);
  const embedder = await Embedder.open(out, { threads: 1 });
  expect([embedder.pooling, embedder.normalize]).toEqual(['mean', true]);
  const { data, dimensions } = await embedder.embed([list[0]!.query, list[0]!.passage]);
  await embedder.close();
  const like = data.subarray(0, dimensions).reduce((sum, x, i) => sum + x * data[dimensions + i]!, 0);
  expect(like).toBeGreaterThan(0.3);
});

it('canaries that stood often are found to be memorised, by ranks that chance does not give', async () => {
  const list = [...'abcdefghijklmnopqrst'].map((letter) => ({ text: `say ${letter} and ${letter} again` }));
  const result = await tuned(kept(tinyModel()), rows('texts.jsonl', list), {
    out: join(folder, 'canaries'),
    canaries: 2,
    learningRate: 0.02,
    epochs: 12,
    lora: 32,
  });
  const { groups, chance, most, verdict } = result.memorised!;
  expect(groups.map(({ times, canaries }) => [times, canaries])).toEqual([
    [1, 2],
    [4, 2],
    [16, 2],
  ]);
  expect(chance).toBeCloseTo(1.4, 1);
  expect(most).toBe(7);
  expect(groups[2]!.exposure).toBeGreaterThan(groups[0]!.exposure);
  expect(verdict).toBe('memorised');
});
