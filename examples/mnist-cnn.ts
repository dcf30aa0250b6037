/**
 * Handwritten digits by a convolutional network: the first one of many Keras tutorials, 32 filters of 3 × 3, max pooling, 128
 * hidden units, Adam.
 *
 *     npx node examples/mnist-cnn.ts --data FOLDER     (or --download)
 */
import { adam, cosine, smallCnn } from '@gradus/nn';
import { argumentsFor, example } from './lib/arguments.ts';
import { classify } from './lib/classify.ts';
import { MNIST, readMnist } from './lib/mnist.ts';

await example(async () => {
  const { data, out, epochs, limit } = await argumentsFor(
    'mnist',
    { epochs: 10, out: 'out/mnist-cnn' },
    MNIST,
  );
  const images = readMnist(data, limit);
  // A rate that falls to nothing: with a constant one the last digits depend on where training happens to stop.
  const learningRate = cosine(0.001, epochs * Math.ceil(images.train.count / 32));
  await classify({
    ...images,
    model: smallCnn(10),
    optimizer: adam({ learningRate }),
    batchSize: 32,
    epochs,
    out,
  });
});
