/** Residual networks, for small images. */
import { checkOptions } from '@gradus/base';
import type { Tensor } from '@gradus/engine';
import { heNormal } from '../initializers.ts';
import { batchNorm } from '../layers/batch-norm.ts';
import { conv2d } from '../layers/conv.ts';
import { dense } from '../layers/dense.ts';
import { globalAveragePool2d } from '../layers/pooling2d.ts';
import { Module, sequential } from '../module.ts';

export interface ResNetOptions {
  /** Channels of each stage; every stage after the first halves height and width. Default [16, 32, 64]. */
  readonly channels?: readonly number[];
  /** Blocks in each stage. Default 1: 8 layers with weights; 3 is the paper's ResNet-20. */
  readonly blocks?: number;
}

/**
 * A residual network for small images (He et al., "Deep Residual Learning for Image Recognition", 2016, section 4.2):
 * [batch, channels, height, width] -> [batch, classes], logits.
 */
export const resnet = (classes: number, options: ResNetOptions = {}): ResNet => new ResNet(classes, options);

export class ResNet extends Module {
  readonly stem: ReturnType<typeof convolution>;
  readonly blocks: readonly ResidualBlock[];
  readonly head;

  constructor(classes: number, options: ResNetOptions) {
    super();
    checkOptions('resnet', options, { channels: [16, 32, 64], blocks: 1 });
    const { channels = [16, 32, 64], blocks = 1 } = options;
    this.stem = convolution(channels[0]!, 3, 1);
    this.blocks = channels.flatMap((width, stage) =>
      Array.from({ length: blocks }, (_, i) => {
        const stride = stage > 0 && i === 0 ? 2 : 1;
        return new ResidualBlock(width, stride);
      }),
    );
    this.head = sequential(globalAveragePool2d(), dense(classes));
  }

  forward(x: Tensor): Tensor {
    const features = this.blocks.reduce((value, block) => block.forward(value), this.stem.forward(x).relu());
    return this.head.forward(features);
  }
}

/** Two convolutions, added to what went in; a 1 × 1 convolution fits the sizes where they differ. */
class ResidualBlock extends Module {
  readonly first: ReturnType<typeof convolution>;
  readonly second: ReturnType<typeof convolution>;
  readonly shortcut: ReturnType<typeof convolution> | undefined;

  constructor(channels: number, stride: number) {
    super();
    this.first = convolution(channels, 3, stride);
    this.second = convolution(channels, 3, 1);
    this.shortcut = stride > 1 ? convolution(channels, 1, stride) : undefined;
  }

  forward(x: Tensor): Tensor {
    const inner = this.second.forward(this.first.forward(x).relu());
    return inner.add(this.shortcut ? this.shortcut.forward(x) : x).relu();
  }
}

const convolution = (filters: number, kernel: number, stride: number) =>
  sequential(
    conv2d(filters, kernel, {
      stride,
      padding: Math.floor(kernel / 2),
      bias: false,
      initializer: heNormal,
    }),
    batchNorm(),
  );
