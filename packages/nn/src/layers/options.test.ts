/** Options that a layer or model does not have are refused, with the name that was meant. */
import { UserError } from '@gradus/base';
import { input } from '@gradus/engine';
import { expect, it } from 'vitest';
import {
  averagePool1d,
  bert,
  conv2d,
  dense,
  dropout,
  embedding,
  generate,
  gpt,
  groupNorm,
  gru,
  instanceNorm,
  layerNorm,
  lstm,
  maxPool1d,
  melSpectrogram,
  mlp,
  multiHeadAttention,
  pad1d,
  pad2d,
  resize2d,
  resnet,
  rmsNorm,
  sampleToken,
  spectrogram,
  textCnn,
  transformerBlock,
} from '../index.ts';

const any = (options: object) => options as never;

const REFUSED: readonly [string, () => unknown, string][] = [
  ['dense', () => dense(3, any({ use_bias: false })), 'dense has no option "use_bias". Did you mean "bias"?'],
  ['dense', () => dense('10' as never), 'dense: "units" is "10"; expected a whole number from 1'],
  ['dense', () => dense(3, 'relu' as never), 'dense takes its options as one object'],
  ['embedding', () => embedding(3, 2, any({ init: 1 })), 'Did you mean "initializer"?'],
  [
    'lstm',
    () => lstm(3, any({ return_sequences: true })),
    'lstm has no option "return_sequences". Did you mean "output"?',
  ],
  ['gru', () => gru(3, { output: 'Last' as 'last' }), 'gru: "output" cannot be "Last". Did you mean "last"?'],
  [
    'layerNorm',
    () => layerNorm(any({ eps: 1e-6 })),
    'layerNorm has no option "eps". Did you mean "epsilon"?',
  ],
  ['rmsNorm', () => rmsNorm(any({ eps: 1e-6 })), 'rmsNorm'],
  ['groupNorm', () => groupNorm(2, any({ eps: 1e-6 })), 'groupNorm'],
  ['groupNorm', () => groupNorm(0), 'groupNorm: "groups" is 0'],
  ['instanceNorm', () => instanceNorm(any({ eps: 1e-6 })), 'instanceNorm'],
  ['attention', () => multiHeadAttention(2, any({ casual: true })), 'Did you mean "causal"?'],
  ['transformerBlock', () => transformerBlock(any({ heads: 2, dropuot: 0.1 })), 'Did you mean "dropout"?'],
  ['spectrogram', () => spectrogram(any({ hop_length: 80 })), 'spectrogram has no option "hop_length"'],
  ['melSpectrogram', () => melSpectrogram(any({ band: 80 })), 'Did you mean "bands"?'],
  ['dropout', () => dropout(1), 'dropout: "rate" is 1; expected a number from 0 below 1'],
  ['pad1d', () => pad1d(1, 1, 'zeros' as never), '"mode" cannot be "zeros"'],
  ['pad2d', () => pad2d(-1), 'pad2d: "around" is -1'],
  ['resize2d', () => resize2d(4, 'bilinear' as never)(input('x', [1, 1, 2, 2])), 'Did you mean "linear"?'],
  [
    'maxPool1d',
    () => maxPool1d(2, ...([{ stride: 1 }] as never[])),
    'maxPool1d takes the size of its windows only',
  ],
  ['averagePool1d', () => averagePool1d(0), 'averagePool1d: "size" is 0'],
  ['mlp', () => mlp([3], 2, any({ drop: 0.1 })), 'Did you mean "dropout"?'],
  ['gpt', () => gpt(any({ vocabulary: 9, layer: 2 })), 'gpt has no option "layer". Did you mean "layers"?'],
  [
    'bert',
    () => bert(any({ vocab: 9, outputs: 2 })),
    'bert has no option "vocab". Did you mean "vocabulary"?',
  ],
  ['textCnn', () => textCnn(any({ vocabulary: 9, outputs: 2, width: [2] })), 'Did you mean "widths"?'],
  ['resnet', () => resnet(10, any({ block: 2 })), 'Did you mean "blocks"?'],
  ['sampleToken', () => sampleToken(new Float32Array(2), any({}), any({ top_k: 3 })), 'Did you mean "topK"?'],
];

it.each(REFUSED)('%s', (_, make, message) => {
  expect(make).toThrow(UserError);
  expect(make).toThrow(message);
});

it('generate', async () => {
  const options = any({ tokens: 1, random: 1, temprature: 0.5 });
  await expect(generate(gpt({ vocabulary: 5 }), [1], options)).rejects.toThrow('Did you mean "temperature"?');
});

it('sizes that do not divide are refused by their numbers', () => {
  const x = input('x', [2, 6, 5, 5]);
  expect(() => conv2d(4, 3, { groups: 4 }).forward(x)).toThrow(
    '6 channels and 4 filters do not divide into 4 groups',
  );
  expect(() => groupNorm(4).forward(x)).toThrow('6 channels do not divide into 4 groups');
  expect(() => multiHeadAttention(4).forward(input('x', [2, 3, 6]))).toThrow(
    '6 features do not divide among 4 heads',
  );
});
