/** Rows through a table's compiled graph. */
import type { HostTensor } from '@gradus/engine';
import { type CompiledGraph, compile } from '@gradus/engine/node';
import type { Answered } from './answers.ts';
import type { TableColumn } from './columns.ts';
import { rowsOf } from './encoding.ts';
import { OUTPUTS } from './model.ts';
import { rawTensor } from './raw-tensor.ts';

export interface TableAnswers {
  /** Probabilities of each class [rows, classes], or numbers [rows]. */
  readonly answers: Float64Array;
  /** Of numbers. */
  readonly low?: Float64Array;
  readonly high?: Float64Array;
}

/** Rows at once: more only take more memory. */
const BATCH = 20_000;

export class TableSession {
  readonly #graph: CompiledGraph;
  /** Names of the columns that the graph takes. */
  readonly columns: readonly string[];

  private constructor(graph: CompiledGraph) {
    this.#graph = graph;
    this.columns = graph.inputs;
  }

  /** @param threads Requests share the cores, and a row is not worth dividing: one, unless a whole table is answered */
  static async open(graph: Uint8Array, threads = 1): Promise<TableSession> {
    return new TableSession(await compile(graph, { threads }));
  }

  /** @param columns those that the graph takes among them */
  async run(columns: readonly TableColumn[]): Promise<TableAnswers> {
    const rows = rowsOf(columns);
    const byName = new Map(columns.map((column) => [column.name, column]));
    const parts: Record<string, HostTensor>[] = [];
    for (let from = 0; from < rows; from += BATCH) {
      const to = Math.min(rows, from + BATCH);
      const feeds = this.columns.map((name) => [name, rawTensor(byName.get(name)!, from, to)] as const);
      parts.push(await this.#graph.run(Object.fromEntries(feeds)));
    }
    const all = (name: string) => {
      const lists = parts.map((part) => part[name]!.data as Float32Array);
      const whole = new Float64Array(lists.reduce((sum, { length }) => sum + length, 0));
      let at = 0;
      for (const list of lists) {
        whole.set(list, at);
        at += list.length;
      }
      return whole;
    };
    const isNumbers = parts[0] !== undefined && OUTPUTS.low in parts[0];
    return {
      answers: all(OUTPUTS.answer),
      ...(isNumbers && { low: all(OUTPUTS.low), high: all(OUTPUTS.high) }),
    };
  }

  close(): Promise<void> {
    return this.#graph.close();
  }
}

/** As held-out answers have them: of two classes the second alone. */
export function narrow(answers: Float64Array, classes: number): Answered {
  return classes === 2 ? answers.filter((_, i) => i % 2 === 1) : answers;
}
