/** What is trained in the benchmark, each with its twin of the same key in peers/train_step.py. */

import { Random } from '@gradus/base';
import { apply, input, int64, scalar, type Tensor } from '@gradus/engine';
import {
  adam,
  bceWithLogits,
  crossEntropy,
  dcganDiscriminator,
  dcganGenerator,
  gpt,
  initialize,
  lenet,
  type Module,
  mlp,
  type Optimizer,
  type Phase,
  parametersOf,
  recurrentNet,
  resnet,
  sgd,
  smallCnn,
  textCnn,
} from '@gradus/nn';

export interface Workload {
  readonly key: string;
  readonly name: string;
  /** What is trained, its parameters initialized. */
  make(): Training;
}

type Batch = Readonly<Record<string, Tensor>>;

export interface Training {
  readonly phases: readonly Phase[];
  /** Placeholders. */
  readonly batch: Batch;
}

function supervised(
  net: Module,
  batch: Batch,
  optimizer: Optimizer,
  loss: (batch: Batch) => Tensor,
): Training {
  loss(batch);
  initialize(net, new Random(0));
  return { phases: [{ name: 'loss', loss, parameters: parametersOf(net), optimizer }], batch };
}

function classifier(net: Module, shape: readonly number[], optimizer: Optimizer): Training {
  const batch = { x: input('x', shape), labels: input('labels', [shape[0]!], 'int64') };
  return supervised(net, batch, optimizer, ({ x, labels }) => crossEntropy(net.forward(x!), labels!));
}

export const WORKLOADS: readonly Workload[] = [
  {
    key: 'mlp',
    name: 'MLP 784-512-256-10, Adam, batch 64',
    make: () => classifier(mlp([512, 256], 10), [64, 784], adam()),
  },
  {
    key: 'mnist-cnn',
    name: 'Keras MNIST CNN, Adam, batch 32',
    make: () => classifier(smallCnn(10), [32, 1, 28, 28], adam()),
  },
  {
    key: 'cifar-lenet',
    name: 'CIFAR LeNet, SGD with momentum, batch 64',
    make: () => classifier(lenet(10), [64, 3, 32, 32], sgd({ learningRate: 0.001, momentum: 0.9 })),
  },
  {
    key: 'resnet',
    name: 'residual CNN 32 × 32 × 3, SGD with momentum, batch 64',
    make: () => classifier(resnet(10), [64, 3, 32, 32], sgd({ learningRate: 0.1, momentum: 0.9 })),
  },
  {
    key: 'lstm',
    name: 'LSTM, 64 steps, 256 units, Adam, batch 32',
    make: () => classifier(recurrentNet('lstm', 256, 10), [32, 64, 64], adam()),
  },
  {
    key: 'gpt',
    name: 'GPT, 4 layers of 128, 128 tokens, AdamW, batch 16',
    make: () => {
      const net = gpt({ vocabulary: 256 });
      const batch = {
        tokens: input('tokens', [16, 128], 'int64'),
        labels: input('labels', [16, 128], 'int64'),
      };
      return supervised(net, batch, adam({ weightDecay: 0.01 }), ({ tokens, labels }) =>
        crossEntropy(net.forward(tokens!).reshape([-1, 256]), labels!.reshape([-1])),
      );
    },
  },
  {
    key: 'dcgan',
    name: 'DCGAN 28 × 28, both networks, Adam, batch 64',
    make: () => {
      const [generator, discriminator] = [dcganGenerator(), dcganDiscriminator()];
      const batch = { noise: input('noise', [64, 64]), real: input('real', [64, 1, 28, 28]) };
      const judged = (images: Tensor, truth: number) => {
        const logits = discriminator.forward(images);
        return bceWithLogits(logits, apply('Expand', [constantOf(truth), int64([64, 1])]));
      };
      judged(generator.forward(batch.noise), 1);
      initialize(generator, new Random(0));
      initialize(discriminator, new Random(1));
      const optimizer = adam({ learningRate: 2e-4, beta1: 0.5 });
      const phases: Phase[] = [
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
      ];
      return { phases, batch };
    },
  },
  {
    key: 'text-cnn',
    name: 'text CNN, 64 texts of 24 tokens, Adam',
    make: () => {
      const net = textCnn({ vocabulary: 2700, outputs: 1 });
      const batch = { tokens: input('tokens', [64, 24], 'int64'), labels: input('labels', [64]) };
      return supervised(net, batch, adam(), ({ tokens, labels }) =>
        bceWithLogits(net.forward(tokens!).squeeze(1), labels!),
      );
    },
  },
];

const constantOf = (value: number) => scalar(value).unsqueeze(0, 1);
