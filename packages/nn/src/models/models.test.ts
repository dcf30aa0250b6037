/** Every model can be trained: on one small batch its loss falls, step by step, and it gives the shape it says. */

import { Random } from '@gradus/base';
import type { HostTensor, Tensor } from '@gradus/engine';
import { describe, expect, it } from 'vitest';
import {
  Autoencoder,
  adam,
  bceWithLogits,
  bert,
  crossEntropy,
  dcganDiscriminator,
  dcganGenerator,
  FlowNet,
  flowMatchingLoss,
  gpt,
  initialize,
  lenet,
  type Module,
  mlp,
  mse,
  nHits,
  type Phase,
  parametersOf,
  recurrentNet,
  recurrentTextNet,
  resnet,
  smallCnn,
  Trainer,
  textCnn,
  VariationalAutoencoder,
  wganCritic,
  wganLoss,
} from '../index.ts';
import { placeholders } from '../training/graphs-by-shape.ts';

const random = new Random('models');
const floats = (...dims: number[]): HostTensor => ({
  dtype: 'float32',
  dims,
  data: Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => random.normal()),
});
const uniform = (...dims: number[]): HostTensor => ({
  ...floats(...dims),
  data: Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => random.uniform()),
});
const wholes = (below: number, ...dims: number[]): HostTensor => ({
  dtype: 'int64',
  dims,
  data: BigInt64Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => BigInt(random.below(below))),
});

type Batch = Readonly<Record<string, Tensor>>;
type Case = { net: Module; batch: Record<string, HostTensor>; loss(batch: Batch): Tensor };

const classifier = (net: Module, x: HostTensor, classes = 3): Case => ({
  net,
  batch: { x, labels: wholes(classes, x.dims[0]!) },
  loss: ({ x, labels }) => crossEntropy(net.forward(x!), labels!),
});

const CASES: Record<string, () => Case> = {
  mlp: () => classifier(mlp([8], 3, { dropout: 0.1 }), floats(6, 5)),
  lenet: () => classifier(lenet(3), floats(4, 1, 32, 32)),
  smallCnn: () => classifier(smallCnn(3), floats(4, 1, 28, 28)),
  resnet: () => classifier(resnet(3, { channels: [4, 8], blocks: 1 }), floats(4, 3, 12, 12)),
  textCnn: () =>
    classifier(textCnn({ vocabulary: 20, outputs: 3, dimensions: 6, filters: 5 }), wholes(20, 4, 9)),
  'an LSTM that classifies': () => classifier(recurrentNet('lstm', 6, 3), floats(4, 7, 2)),
  'a GRU over tokens, from both ends': () => classifier(recurrentTextNet('gru', 20, 6, 3), wholes(20, 4, 7)),
  'a GRU that forecasts': () => {
    const net = recurrentNet('gru', 6, 2);
    const batch = { x: floats(4, 7, 1), ahead: floats(4, 2) };
    return { net, batch, loss: ({ x, ahead }) => mse(net.forward(x!), ahead!) };
  },
  bert: () =>
    classifier(
      bert({ vocabulary: 20, outputs: 3, length: 8, layers: 1, heads: 2, features: 8 }),
      wholes(20, 4, 7),
    ),
  gpt: () => {
    const net = gpt({ vocabulary: 20, length: 8, layers: 2, heads: 2, features: 8, dropout: 0.1 });
    const batch = { tokens: wholes(20, 4, 7), next: wholes(20, 4, 7) };
    return { net, batch, loss: ({ tokens, next }) => crossEntropy(net.forward(tokens!), next!) };
  },
  Autoencoder: () => {
    const net = new Autoencoder(6, [8], 2);
    return { net, batch: { x: floats(8, 6) }, loss: ({ x }) => mse(net.forward(x!), x!) };
  },
  VariationalAutoencoder: () => {
    const net = new VariationalAutoencoder(6, [8], 2);
    const loss = ({ x, noise }: Batch) => {
      const { restored, mean, logVariance } = net.pass(x!, noise!);
      return bceWithLogits(restored, x!).add(VariationalAutoencoder.divergence(mean, logVariance).mul(0.1));
    };
    return { net, batch: { x: uniform(8, 6), noise: floats(8, 2) }, loss };
  },
  nHits: () => {
    const net = nHits({ window: 10, horizon: 5, hidden: 6 });
    const batch = { past: floats(8, 10), next: floats(8, 5) };
    return { net, batch, loss: ({ past, next }) => mse(net.forward(past!), next!) };
  },
  FlowNet: () => {
    const net = new FlowNet(1, 8);
    const batch = { images: floats(2, 1, 8, 8), noise: floats(2, 1, 8, 8), time: uniform(2) };
    return { net, batch, loss: ({ images, noise, time }) => flowMatchingLoss(net, images!, noise!, time!) };
  },
  'a Wasserstein critic, whose penalty is a gradient': () => {
    const net = wganCritic(4);
    const batch = { real: floats(3, 1, 28, 28), fake: floats(3, 1, 28, 28), between: uniform(3, 1, 1, 1) };
    return { net, batch, loss: ({ real, fake, between }) => wganLoss(net, real!, fake!, between!) };
  },
};

async function losses(phases: readonly Phase[], batch: Record<string, HostTensor>, steps: number) {
  const trainer = new Trainer(phases, { random: new Random(0), threads: 1 });
  const values: Record<string, number>[] = [];
  for (let step = 0; step < steps; step++) values.push(await trainer.step(batch));
  await trainer.close();
  return values;
}

describe('a model learns:', () => {
  it.each(Object.keys(CASES))('%s', async (name) => {
    const { net, batch, loss } = CASES[name]!();
    loss(placeholders(batch));
    initialize(net, new Random(0));
    const optimizer = adam({ learningRate: 0.01 });
    const values = await losses(
      [{ name: 'loss', loss, parameters: parametersOf(net), optimizer }],
      batch,
      12,
    );
    expect(Math.min(...values.slice(-3).map(({ loss }) => loss!))).toBeLessThan(values[0]!.loss!);
  });

  it('a DCGAN, its discriminator telling real from made', async () => {
    const [generator, discriminator] = [dcganGenerator(1, 4), dcganDiscriminator(4)];
    const batch = { noise: floats(4, 6), real: floats(4, 1, 28, 28) };
    const judged = (images: Tensor, truth: number) => {
      const logits = discriminator.forward(images);
      return bceWithLogits(logits, logits.mul(0).add(truth));
    };
    const given = placeholders(batch);
    const made = generator.forward(given.noise!);
    expect(made.shape).toEqual([4, 1, 28, 28]);
    judged(made, 1);
    initialize(generator, new Random(0));
    initialize(discriminator, new Random(1));
    const optimizer = adam({ learningRate: 2e-3, beta1: 0.5 });
    const values = await losses(
      [
        {
          name: 'discriminator',
          loss: ({ noise, real }) => judged(real!, 1).add(judged(generator.forward(noise!), 0)),
          parameters: parametersOf(discriminator, 'discriminator'),
          optimizer,
        },
        {
          name: 'generator',
          loss: ({ noise }) => judged(generator.forward(noise!), 1),
          parameters: parametersOf(generator, 'generator'),
          optimizer,
        },
      ],
      batch,
      8,
    );
    expect(values.at(-1)!.discriminator).toBeLessThan(values[0]!.discriminator!);
  });
});
