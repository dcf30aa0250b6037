/**
 * Graphs that run within the memory there is. Where all sizes follow from what is fed, the graph runs as it is, once its size is
 * known to fit. Where some depend on values that are only computed, it runs in stages: those values first, so that the sizes of
 * the next stage are known before it runs.
 */
import { GraphError } from '../../errors.ts';
import type { Graph, Value } from '../../graph.ts';
import type { HostTensor } from '../../host.ts';
import { hostTensorOf, isHostTensor } from '../../host-arrays.ts';
import { constant, input, type Tensor } from '../../tensor.ts';
import { rebuild } from '../../transforms/rebuild.ts';
import type { CompiledGraph, Feeds, Given } from '../compiled-graph.ts';
import { type Measure, measureOf, requireMemory } from './memory.ts';

export interface BoundedOptions {
  /** For the sizes alone: weights may be inputs here that are not fed. */
  readonly sizes: Graph;
  /** The graph with its weights, for stages; asked for at the first run that needs some. */
  whole(): Graph;
  /** A stage, ready to run. */
  compile(graph: Graph): Promise<CompiledGraph>;
}

/** Whole numbers that are fed may be shapes: so many of them are looked at. */
const MOST_SHAPES = 64;
/** Sizes whose measure is remembered. */
const REMEMBERED = 1000;

/** The compiled graph, which refuses to run where there is no room. */
export function bounded(compiled: CompiledGraph, { sizes, whole, compile }: BoundedOptions): CompiledGraph {
  const measures = new Map<string, Measure | undefined>();
  let largest = 0;
  let staged: Staged | undefined;
  const outputs = Object.values(sizes.outputs);
  const checked = (feeds: Feeds): Measure | undefined => {
    const key = keyOf(feeds);
    if (!measures.has(key)) {
      if (measures.size >= REMEMBERED) measures.clear();
      measures.set(
        key,
        measureOf(
          outputs,
          givenOf(sizes, feeds, () => false),
        ),
      );
    }
    let found = measures.get(key);
    // What is fed may itself be a shape: then each run is another.
    if (found && found.first.length > 0 && Object.values(feeds).some(isShape)) {
      found = measureOf(outputs, givenOf(sizes, feeds, isShape));
    }
    // What fitted once does again: its memory may be held for this.
    if (found && found.first.length === 0 && found.peak > largest) {
      requireMemory(found);
      largest = found.peak;
    }
    return found;
  };
  return {
    ...compiled,
    async run(given, into) {
      const feeds = tensorsOf(given, sizes);
      const needsStages = (checked(feeds)?.first.length ?? 0) > 0;
      if (!needsStages || into) return compiled.run(given, into);
      staged ??= new Staged(whole(), compile);
      return staged.run(feeds);
    },
    bind(feeds, into) {
      checked(feeds);
      return compiled.bind(feeds, into);
    },
    async close() {
      await staged?.close();
      await compiled.close();
    },
  };
}

/** What is fed as tensors. What is none is left out: the run says what is wrong with it. */
function tensorsOf(given: Given, { inputs }: Graph): Feeds {
  const feeds = new Map<string, HostTensor>();
  for (const [name, value] of Object.entries(given)) {
    try {
      feeds.set(name, isHostTensor(value) ? value : hostTensorOf(value, inputs[name]?.dtype));
    } catch (error) {
      if (!(error instanceof GraphError)) throw error;
    }
  }
  return Object.fromEntries(feeds);
}

const keyOf = (feeds: Feeds): string =>
  Object.entries(feeds)
    .map(([name, { dims }]) => `${name}[${dims}]`)
    .join(';');

const isSmall = ({ dtype, data }: HostTensor): boolean => dtype !== 'string' && data.length <= MOST_SHAPES;

const isShape = (tensor: HostTensor): boolean => /^u?int/.test(tensor.dtype) && isSmall(tensor);

/** The graph's inputs in the sizes that are fed; with their values where they are shapes. */
function givenOf(graph: Graph, feeds: Feeds, withValues: (fed: HostTensor) => boolean): Map<Value, Tensor> {
  return new Map(
    Object.entries(graph.inputs).flatMap(([name, value]): [Value, Tensor][] => {
      const fed = feeds[name];
      return fed ? [[value, withValues(fed) ? constant(fed) : input(name, fed.dims, fed.dtype)]] : [];
    }),
  );
}

/** Runs a graph stage by stage. */
class Staged {
  readonly #graph: Graph;
  readonly #compile: (graph: Graph) => Promise<CompiledGraph>;
  /** By what is computed and what was before. */
  readonly #stages = new Map<string, Promise<Stage>>();
  readonly #numbers = new Map<Value, number>();

  constructor(graph: Graph, compile: (graph: Graph) => Promise<CompiledGraph>) {
    this.#graph = graph;
    this.#compile = compile;
  }

  async run(feeds: Feeds): Promise<Record<string, HostTensor>> {
    const { outputs } = this.#graph;
    const given = givenOf(this.#graph, feeds, isShape);
    const computed = new Map<Value, HostTensor>();
    for (;;) {
      const all = measureOf(Object.values(outputs), given);
      const first = (all?.first ?? []).filter((value) => !computed.has(value));
      if (all && first.length === 0) requireMemory(all);
      const wanted = first.length > 0 ? first : Object.values(outputs);
      const stage = measureOf(wanted, given);
      if (stage) requireMemory(stage);
      const results = await this.#results(wanted, feeds, computed);
      if (first.length === 0) {
        return Object.fromEntries(Object.keys(outputs).map((name, i) => [name, results[i]!]));
      }
      for (const [i, value] of first.entries()) {
        const result = results[i]!;
        computed.set(value, result);
        given.set(value, isSmall(result) ? constant(result) : input('', result.dims, result.dtype));
      }
    }
  }

  async #results(
    wanted: readonly Value[],
    feeds: Feeds,
    computed: ReadonlyMap<Value, HostTensor>,
  ): Promise<HostTensor[]> {
    const key = `${this.#names(wanted)} of ${this.#names([...computed.keys()])}`;
    let made = this.#stages.get(key);
    if (!made) {
      made = this.#made(wanted, [...computed.keys()]);
      this.#stages.set(key, made);
    }
    const { compiled, before } = await made;
    const all: Record<string, HostTensor> = {};
    for (const name of compiled.inputs) all[name] = feeds[name] ?? computed.get(before.get(name)!)!;
    const results = await compiled.run(all);
    return wanted.map((_, i) => results[`gradus:${i}`]!);
  }

  async #made(wanted: readonly Value[], before: readonly Value[]): Promise<Stage> {
    const names = new Map(before.map((value, i) => [`gradus:before ${i}`, value]));
    const values = new Map(
      [...names].map(([name, { dtype, shape }]) => {
        const open = shape.map((size, axis) => (typeof size === 'number' ? size : `${name}.${axis}`));
        return [names.get(name)!, input(name, open, dtype)] as const;
      }),
    );
    const outputs = rebuild(wanted, { values });
    const inputs = {
      ...this.#graph.inputs,
      ...Object.fromEntries([...names.keys()].map((name) => [name, values.get(names.get(name)!)!])),
    };
    const graph = {
      name: this.#graph.name,
      inputs,
      outputs: Object.fromEntries(outputs.map((value, i) => [`gradus:${i}`, value])),
    };
    return { compiled: await this.#compile(graph), before: names };
  }

  #names(values: readonly Value[]): string {
    return values
      .map((value) => {
        if (!this.#numbers.has(value)) this.#numbers.set(value, this.#numbers.size);
        return this.#numbers.get(value)!;
      })
      .join();
  }

  async close(): Promise<void> {
    for (const stage of this.#stages.values()) await (await stage.catch(() => undefined))?.compiled.close();
  }
}

interface Stage {
  readonly compiled: CompiledGraph;
  /** Which value was computed before, by the name of the stage's input. */
  readonly before: ReadonlyMap<string, Value>;
}
