/** Images from noise by flow matching. */
import { concat, type Tensor } from '@gradus/engine';
import { conv2d } from '../layers/conv.ts';
import { dense } from '../layers/dense.ts';
import { groupNorm } from '../layers/group-norm.ts';
import { upsample2d } from '../layers/resize.ts';
import { Module, sequential } from '../module.ts';

/**
 * A small image model by flow matching (Lipman et al., 2023; Liu et al., "Flow Straight and Fast", 2023): a network
 * learns the velocity from noise to images along straight lines; following it from noise makes an image.
 *
 * The network is a U-Net (Ronneberger et al., 2015) of two levels, with sinusoidal time embeddings (Ho et al., 2020).
 */
export class FlowNet extends Module {
  readonly time;
  readonly stem;
  readonly down;
  readonly middle;
  readonly up;
  readonly out;
  readonly toStem;
  readonly toDown;

  constructor(channels: number, width = 32) {
    super();
    this.time = sequential(
      dense(4 * width),
      (x) => silu(x),
      dense(4 * width),
      (x) => silu(x),
    );
    this.stem = conv2d(width, 3, { padding: 1 });
    this.toStem = dense(width);
    this.down = conv2d(2 * width, 3, { stride: 2, padding: 1 });
    this.toDown = dense(2 * width);
    this.middle = sequential(
      groupNorm(8),
      (x) => silu(x),
      conv2d(2 * width, 3, { padding: 1 }),
      groupNorm(8),
      (x) => silu(x),
      conv2d(2 * width, 3, { padding: 1 }),
    );
    this.up = sequential(groupNorm(8), (x) => silu(x), upsample2d(2), conv2d(width, 3, { padding: 1 }));
    this.out = sequential(
      groupNorm(8),
      (x) => silu(x),
      conv2d(width, 3, { padding: 1 }),
      groupNorm(8),
      (x) => silu(x),
      conv2d(channels, 3, { padding: 1 }),
    );
  }

  /** @param x [batch, channels, height, width], both even @param time [batch], 0 noise to 1 image @returns the velocity */
  forward(x: Tensor, time: Tensor): Tensor {
    const embedded = this.time.forward(waves(time, 32));
    const at = (layer: { forward(x: Tensor): Tensor }) => layer.forward(embedded).unsqueeze(2, 3);
    const wide = this.stem.forward(x).add(at(this.toStem));
    const narrow = this.down.forward(silu(wide)).add(at(this.toDown));
    const deep = narrow.add(this.middle.forward(narrow));
    return this.out.forward(concat([wide, this.up.forward(deep)], 1));
  }
}

/** What `net` minimizes: the squared error of its velocity at `time` on the line from noise to image. */
export function flowMatchingLoss(net: FlowNet, images: Tensor, noise: Tensor, time: Tensor): Tensor {
  const t = time.unsqueeze(1, 2, 3);
  const between = noise.mul(t.neg().add(1)).add(images.mul(t));
  return net.forward(between, time).sub(images.sub(noise)).square().mean();
}

const silu = (x: Tensor): Tensor => x.mul(x.sigmoid());

/** sin and cos of time at `count` frequencies: [batch] -> [batch, 2 count]. */
function waves(time: Tensor, count: number): Tensor {
  const waves = Array.from({ length: count }, (_, i) =>
    time.unsqueeze(1).mul(Math.PI * 2 ** ((8 * i) / count)),
  );
  const angles = concat(waves, 1);
  return concat([angles.sin(), angles.cos()], 1);
}
