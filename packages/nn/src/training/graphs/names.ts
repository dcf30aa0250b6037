/** The names of the inputs and outputs of the graphs of a training step. */
export const parameterName = (name: string) => `parameter:${name}`;
export const stateName = (slot: string, name: string) => `${slot}:${name}`;
export const scalarName = (phase: string, name: string) => `scalar:${phase}:${name}`;
export const nextName = (name: string) => `next:${name}`;
export const gradientName = (name: string) => `gradient:${name}`;
/** The gradient that one batch shard contributes. */
export const shardGradientName = (shard: number, name: string) => gradientName(`${shard}:${name}`);
export const NOISE_POOL = 'noise:pool';
export const NOISE_START = 'noise:start';
/** The first example of a batch shard. */
export const NOISE_FIRST = 'noise:first';
