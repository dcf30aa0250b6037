/** One compiled graph for each shape of batch. */
import { type Graph, type HostTensor, input, type Tensor } from '@gradus/engine';
import { type CompiledGraph, type CompileOptions, compile, type Device } from '@gradus/engine/runtime';

/** Placeholders for a batch of these types. */
export function placeholders(batch: Readonly<Record<string, HostTensor>>): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(batch).map(([name, { dtype, dims }]) => [name, input(name, dims, dtype)]),
  );
}

/** A key: batches with the same key fit the same graph. */
export const shapesOf = (batch: Readonly<Record<string, HostTensor>>): string =>
  Object.entries(batch)
    .map(([name, { dtype, dims }]) => `${name} ${dtype} ${dims.join('×')}`)
    .join();

export interface GraphsOptions {
  /** Where graphs run. Default: the processor. */
  readonly device?: Device | undefined;
  /** Default 0: one a core. Their number changes the order of sums, and so the last digits. */
  readonly threads?: number | undefined;
  /** Batches have one shape (but for the last one): its graph keeps its memory and threads to itself. */
  readonly alone?: boolean;
}

export interface CompiledHow extends GraphsOptions {
  /** What makes a graph ready to run. Default: the runtime of the device. */
  readonly compile?: (graph: Graph, options: CompileOptions) => Promise<CompiledGraph>;
}

export class GraphsByShape<G extends { graph: Graph }> {
  readonly #compiled = new Map<string, Promise<G & { compiled: CompiledGraph }>>();
  readonly #trace: (batch: Record<string, Tensor>) => G;
  readonly #options: CompiledHow;

  constructor(trace: (batch: Record<string, Tensor>) => G, options: CompiledHow) {
    this.#trace = trace;
    this.#options = options;
  }

  for(batch: Readonly<Record<string, HostTensor>>): Promise<G & { compiled: CompiledGraph }> {
    const shapes = shapesOf(batch);
    let graph = this.#compiled.get(shapes);
    if (!graph) {
      graph = this.#compile(batch);
      this.#compiled.set(shapes, graph);
    }
    return graph;
  }

  async #compile(batch: Readonly<Record<string, HostTensor>>) {
    const traced = this.#trace(placeholders(batch));
    const { device, threads, alone = false, compile: ready = compile } = this.#options;
    const first = this.#compiled.size === 0;
    return { ...traced, compiled: await ready(traced.graph, { device, threads, alone: alone && first }) };
  }

  async close(): Promise<void> {
    for (const { compiled } of await Promise.all(this.#compiled.values())) await compiled.close();
  }
}
