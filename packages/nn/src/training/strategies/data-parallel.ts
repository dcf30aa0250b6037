/**
 * The strategy that trains data-parallel on a worker pool: gradients of batch shards, each on a thread of its own, then their sum
 * and the optimizer's update (Dean et al., "Large Scale Distributed Deep Networks", 2012, on one machine).
 *
 * Where the loss is no mean over the batch axis, there is one shard. The update treats each element of all parameters by itself
 * wherever the optimizer does; then it is one loop over all of them, or one loop a worker over its slice. Threads inside each op,
 * instead, have to pass every array from core to core, which takes longer than most of what is computed between.
 */
import type { Random } from '@gradus/base';
import { flopsOf, type HostTensor, isConvolutional, signatureOf } from '@gradus/engine';
import type { PoolStep, PoolTask, WorkerPool } from '@gradus/engine/runtime';
import type { Parameter } from '../../parameter.ts';
import { type GradientGraph, gradientGraph } from '../graphs/gradient-graph.ts';
import { gradientName, nextName, parameterName, scalarName } from '../graphs/names.ts';
import { placeholders, shapesOf } from '../graphs-by-shape.ts';
import { type Phase, trainedGroups, trainedShapes } from '../phase.ts';
import { type Allocate, newLike, newScalar, renamed } from './arrays.ts';
import { type BatchShard, copyExamples, type Sharding, shardsOf } from './batch-shards.ts';
import { DoubleBuffer } from './double-buffer.ts';
import { type FlatArrays, newFlatArrays } from './flat-arrays.ts';
import { quickest, type StepLowering } from './lowering.ts';
import { countOf, type NoiseFeeds, NoisePool, noiseOf, place } from './noise-pool.ts';
import type { Arrays, Strategy, StrategyOptions } from './strategy.ts';
import { updateStages } from './update-stages.ts';

/** Operations of a loss and its gradients from which on several threads pay for themselves. */
const WORTHWHILE = 3e7;
/** Operations of a whole training, about a minute and a half of one core, from which on a few seconds of measuring do. */
const WORTH_MEASURING = 1e13;

/** What is computed for one shard in the gradient stage of a phase. */
interface ShardGradient {
  readonly gradient: GradientGraph;
  readonly loss: HostTensor;
  readonly noise: NoiseFeeds;
}

/** A step for batches of one shape. */
interface TracedStep {
  readonly lowering: StepLowering;
  readonly shards: readonly BatchShard[];
  /** By phase and shard. */
  readonly gradients: readonly (readonly ShardGradient[])[];
  /** Floating-point operations of all gradients. */
  readonly operations: number;
}

interface CompiledStep extends TracedStep {
  readonly compiled: PoolStep;
}

export class DataParallel implements Strategy {
  readonly #phases: readonly Phase[];
  /** Of all phases. */
  readonly #parameters: ReadonlyMap<string, Parameter>;
  readonly #pool: WorkerPool;
  readonly #random: Random;
  readonly #alone: boolean;
  /** Steps that are expected. */
  readonly #expected: number;
  #lowering: StepLowering | undefined;
  readonly #buffers: DoubleBuffer;
  readonly #noise: NoisePool;
  readonly #steps = new Map<string, Promise<CompiledStep>>();
  /** The gradients of each phase, by shard and group. */
  readonly #gradients = new Map<Phase, FlatArrays[][]>();
  /** The optimizers' scalars. */
  readonly #scalars: Arrays;
  readonly #allocate: Allocate;

  constructor(
    phases: readonly Phase[],
    state: Arrays,
    pool: WorkerPool,
    { random, alone = true, steps = 0, lowering }: StrategyOptions,
  ) {
    this.#phases = phases;
    this.#parameters = new Map(phases.flatMap(({ parameters }) => [...parameters]));
    this.#pool = pool;
    this.#random = random;
    this.#alone = alone;
    this.#expected = steps;
    this.#lowering = lowering;
    this.#allocate = (bytes) => pool.heap.allocate(bytes);
    this.#buffers = new DoubleBuffer(phases, state, this.#allocate);
    this.#noise = new NoisePool(this.#allocate);
    const names = phases.flatMap(({ name, optimizer }) =>
      Object.keys(optimizer.scalars(1)).map((key) => scalarName(name, key)),
    );
    this.#scalars = Object.fromEntries(names.map((name) => [name, newScalar(this.#allocate)]));
  }

  get state(): Arrays {
    return this.#buffers.buffers[this.#buffers.front].arrays;
  }

  get lowering(): StepLowering | undefined {
    return this.#lowering;
  }

  async step(batch: Arrays, n: number): Promise<Record<string, number>> {
    const step = await this.#stepFor(batch, n);
    await this.#run(step, batch, n);
    const { gradients } = step;
    const losses = Object.fromEntries(
      this.#phases.map(({ name }, i) => [
        name,
        gradients[i]!.reduce((sum, { loss }) => sum + (loss.data[0] as number), 0),
      ]),
    );
    this.#buffers.commit(losses);
    return losses;
  }

  /** Reads the front buffer and writes the other: until that is made the front, nothing has happened. */
  async #run({ shards, gradients, compiled }: CompiledStep, batch: Arrays, n: number): Promise<void> {
    for (const shard of shards) copyExamples(batch, shard);
    this.#setInputs(n, shards, gradients);
    await compiled.run(this.#buffers.front);
  }

  #stepFor(batch: Arrays, n: number): Promise<CompiledStep> {
    const shapes = shapesOf(batch);
    let step = this.#steps.get(shapes);
    if (!step) {
      step = this.#steps.size === 0 ? this.#firstStep(batch, n) : this.#compile(this.#trace(batch), false);
      this.#steps.set(shapes, step);
    }
    return step;
  }

  /** The step for the first batch, which settles how steps are lowered: by measuring, where a long training is expected. */
  async #firstStep(batch: Arrays, n: number): Promise<CompiledStep> {
    const usual = this.#trace(batch);
    const choices = this.#alone ? this.#pool.choices : undefined;
    if (this.#lowering || !choices || usual.operations * this.#expected < WORTH_MEASURING)
      return this.#compile(usual, true);
    const outputs = usual.gradients.flatMap(([shard]) => Object.values(shard!.gradient.graph.outputs));
    const { step } = await quickest({
      key: `${this.#pool.threads} ${signatureOf(outputs)}`,
      choices,
      usual: usual.lowering,
      threads: this.#pool.threads,
      convolves: isConvolutional(outputs),
      make: async (lowering) => {
        const traced = this.#trace(batch, lowering);
        if (traced.lowering.parallel !== lowering.parallel) return undefined;
        const step = await this.#compile(traced, true);
        return { step, lowering, run: () => this.#run(step, batch, n), release: step.compiled.release };
      },
    });
    this.#lowering = step.lowering;
    return step;
  }

  /** @param lowering Default: by how much there is to compute. */
  #trace(batch: Arrays, lowering = this.#lowering): TracedStep {
    const { shards, axes } = shardsOf(
      batch,
      this.#phases,
      (most) => (!lowering || lowering.parallel === 'shards' ? this.#pool.workers(most) : 1),
      this.#allocate,
      lowering && 0,
    );
    const graphs = this.#phases.map((phase) => this.#gradientGraphs(phase, { shards, axes }));
    const count = graphs.reduce((sum, [shard]) => sum + countOf(shard!.noise), 0);
    const gradients = graphs.map((shards) =>
      shards.map(
        (gradient): ShardGradient => ({
          gradient,
          loss: newScalar(this.#allocate),
          noise: this.#noise.feeds(gradient.noise, count),
        }),
      ),
    );
    const operations = gradients
      .flat()
      .reduce((sum, { gradient }) => sum + flopsOf(Object.values(gradient.graph.outputs)), 0);
    const whole =
      lowering && lowering.parallel !== 'shards'
        ? lowering.parallel
        : operations < WORTHWHILE
          ? 'none'
          : 'ops';
    const parallel = shards.length > 1 ? 'shards' : whole;
    const { convolutions = 'blocks' } = lowering ?? {};
    return { lowering: { parallel, convolutions }, shards, gradients, operations };
  }

  async #compile(traced: TracedStep, first: boolean): Promise<CompiledStep> {
    const { shards, gradients, operations } = traced;
    const { parallel, convolutions } = traced.lowering;
    const compiled = await this.#pool.prepare(this.#stages(shards, gradients), {
      alone: this.#alone && first,
      convolutions,
      ...((parallel === 'none' || (parallel === 'shards' && operations < WORTHWHILE)) && { threads: 1 }),
    });
    return { ...traced, compiled };
  }

  /** The gradient graph of each shard; shards of one size share theirs. */
  #gradientGraphs(phase: Phase, { shards, axes }: Sharding): GradientGraph[] {
    const examples = shards.at(-1)!.end;
    const bySize = new Map<number, GradientGraph>();
    return shards.map(({ first, end, arrays }) => {
      const size = end - first;
      const weight = shards.length > 1 ? size / examples : 1;
      const graph =
        bySize.get(size) ??
        gradientGraph(phase, this.#parameters, placeholders(arrays), weight, axes && { examples, axes });
      bySize.set(size, graph);
      return graph;
    });
  }

  /** The stages of each phase: the gradients of all shards, then the update of each group. */
  #stages(shards: readonly BatchShard[], gradients: readonly (readonly ShardGradient[])[]): PoolTask[][] {
    const { buffers } = this.#buffers;
    // Where each parameter is at this point of a step, by the buffer that the step reads.
    const current = buffers.map(({ arrays }) => ({ ...arrays }));
    return this.#phases.flatMap((phase, i) => {
      const changed = gradients[i]![0]!.gradient.changed.map(parameterName);
      // What a later phase changes again is not written where that phase reads it.
      const changedLater = new Set(
        gradients.slice(i + 1).flatMap(([shard]) => shard!.gradient.changed.map(parameterName)),
      );
      const next = buffers.map((_, front) => {
        const { arrays } = buffers[1 - front]!;
        return Object.fromEntries(
          changed.map((name) => [
            name,
            changedLater.has(name) ? newLike(arrays[name]!, this.#allocate) : arrays[name]!,
          ]),
        );
      });
      const gradientStage = gradients[i]!.map(({ gradient, loss, noise }, k): PoolTask => {
        const slopes = Object.assign(
          {},
          ...this.#gradient(phase, k).map(({ arrays }) => renamed(arrays, gradientName)),
        );
        return {
          graph: gradient.graph,
          bindings: current.map((parameters, front) => ({
            feeds: { ...parameters, ...shards[k]!.arrays, ...noise },
            into: { loss, ...slopes, ...renamed(next[front]!, nextName) },
          })),
        };
      });
      for (const [front, parameters] of current.entries()) {
        for (const name of [...trainedShapes(phase).keys()].map(parameterName)) {
          parameters[name] = buffers[1 - front]!.arrays[name]!;
        }
        Object.assign(parameters, next[front]);
      }
      const slopes = shards.map((_, k) => this.#gradient(phase, k));
      return [gradientStage, ...updateStages(phase, slopes, buffers, this.#scalars)];
    });
  }

  /** Sets what differs from step to step, beside the batch: the places of noise, and the optimizers' scalars. */
  #setInputs(n: number, shards: readonly BatchShard[], gradients: CompiledStep['gradients']): void {
    const counts = gradients.map(([shard]) => countOf(shard!.gradient.noise));
    const count = counts.reduce((a, b) => a + b, 0);
    let start = this.#noise.startOf(count, noiseOf(this.#random, n));
    for (const [i, phase] of gradients.entries()) {
      for (const [k, { gradient, noise }] of phase.entries())
        place(noise, gradient.noise, start, shards[k]!.first);
      start += counts[i]!;
    }
    for (const { name, optimizer } of this.#phases) {
      for (const [key, value] of Object.entries(optimizer.scalars(n))) {
        (this.#scalars[scalarName(name, key)]!.data as Float32Array)[0] = value;
      }
    }
  }

  /** The gradients of one shard, by group; steps for batches of all shapes share them. */
  #gradient(phase: Phase, shard: number): readonly FlatArrays[] {
    const shards = this.#gradients.get(phase) ?? [];
    this.#gradients.set(phase, shards);
    shards[shard] ??= trainedGroups(phase).map(({ shapes }) => newFlatArrays(shapes, this.#allocate));
    return shards[shard];
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#steps.values());
    await this.#pool.close();
  }
}
