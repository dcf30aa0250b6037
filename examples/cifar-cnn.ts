/**
 * Photographs of ten kinds by a convolutional network: LeNet, SGD with momentum, batches of 4, two epochs, as in PyTorch's first
 * tutorial; or a small residual network with batch normalization.
 *
 *     npx node examples/cifar-cnn.ts --data FOLDER [--model resnet]     (or --download)
 */
import { cosine, lenet, resnet, sgd } from '@gradus/nn';
import { argumentsFor, example } from './lib/arguments.ts';
import { CIFAR, mirrorAndMove, readCifar } from './lib/cifar.ts';
import { classify } from './lib/classify.ts';

await example(async () => {
  const residual = process.argv.includes('resnet');
  const defaults = { epochs: residual ? 10 : 2, out: residual ? 'out/cifar-resnet' : 'out/cifar-cnn' };
  const { data, out, epochs, limit } = await argumentsFor('cifar10-jpg', defaults, CIFAR, ['model']);
  const images = await readCifar(data, limit);
  const steps = epochs * Math.ceil(images.train.count / 64);
  const choice = residual
    ? {
        model: resnet(10),
        optimizer: sgd({ learningRate: cosine(0.1, steps), momentum: 0.9, weightDecay: 5e-4 }),
        batchSize: 64,
        augment: mirrorAndMove,
      }
    : { model: lenet(10), optimizer: sgd({ learningRate: 0.001, momentum: 0.9 }), batchSize: 4 };
  // Values from −1 to 1.
  await classify({ ...images, ...choice, prepare: (x) => x.sub(0.5).div(0.5), epochs, out });
});
