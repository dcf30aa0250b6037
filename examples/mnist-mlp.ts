/**
 * Handwritten digits by a multilayer perceptron: 784 pixels, 512 and 256 hidden units, 10 classes, Adam.
 *
 *     npx node examples/mnist-mlp.ts --data FOLDER     (or --download)
 */
import { adam, mlp } from '@gradus/nn';
import { argumentsFor, example } from './lib/arguments.ts';
import { classify } from './lib/classify.ts';
import { MNIST, readMnist } from './lib/mnist.ts';

await example(async () => {
  const { data, out, epochs, limit } = await argumentsFor(
    'mnist',
    { epochs: 10, out: 'out/mnist-mlp' },
    MNIST,
  );
  await classify({
    ...readMnist(data, limit),
    model: mlp([512, 256], 10, { dropout: 0.2 }),
    prepare: (x) => x.flatten(),
    optimizer: adam(),
    batchSize: 64,
    epochs,
    out,
  });
});
