/** Graphs for batches of every shape that comes along. */
import { type Graph, type HostTensor, input, type Tensor } from '@gradus/engine';
import { type CompiledGraph, compile, type Device } from '@gradus/engine/runtime';

/** Placeholders for a batch of these types. */
export function placeholders(batch: Readonly<Record<string, HostTensor>>): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(batch).map(([name, { dtype, dims }]) => [name, input(name, dims, dtype)]),
  );
}

/** What batches that go into the same graph have in common. */
export const shapesOf = (batch: Readonly<Record<string, HostTensor>>): string =>
  Object.entries(batch)
    .map(([name, { dtype, dims }]) => `${name} ${dtype} ${dims.join('×')}`)
    .join();

export interface GraphsOptions {
  /** Where it is computed. Default: the processor. */
  readonly device?: Device | undefined;
  /** Default 0: one a core. Their number changes the order in which sums are taken, and so the last digits. */
  readonly threads?: number | undefined;
  /** Batches come in one shape (but for a last one): its graph keeps its memory and threads to itself. */
  readonly alone?: boolean;
}

export class GraphsByShape<G extends { graph: Graph }> {
  readonly #made = new Map<string, Promise<G & { compiled: CompiledGraph }>>();
  readonly #make: (batch: Record<string, Tensor>) => G;
  readonly #options: GraphsOptions;

  constructor(make: (batch: Record<string, Tensor>) => G, options: GraphsOptions) {
    this.#make = make;
    this.#options = options;
  }

  for(batch: Readonly<Record<string, HostTensor>>): Promise<G & { compiled: CompiledGraph }> {
    const shapes = shapesOf(batch);
    let found = this.#made.get(shapes);
    if (!found) {
      found = this.#compile(batch);
      this.#made.set(shapes, found);
    }
    return found;
  }

  async #compile(batch: Readonly<Record<string, HostTensor>>) {
    const made = this.#make(placeholders(batch));
    const { device, threads, alone = false } = this.#options;
    const first = this.#made.size === 0;
    return { ...made, compiled: await compile(made.graph, { device, threads, alone: alone && first }) };
  }

  async close(): Promise<void> {
    for (const { compiled } of await Promise.all(this.#made.values())) await compiled.close();
  }
}
