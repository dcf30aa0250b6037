/**
 * A forecasting network that somebody brings as an ONNX file (pretrained on other series, so that it needs no training here), as one more
 * candidate. What it must be:
 *
 * - one input, float32 [batch, history]: amounts as they are, the oldest first. Where `history` has a size, longer histories are cut and
 *   shorter ones begin with their first amount again;
 * - an output float32 [batch, steps], or [batch, quantiles, steps] of which the middle one is taken; of several the one named mean, median or
 *   forecast, else the first. Where it tells fewer steps than are wanted, it is asked again with what it told.
 */
import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { UserError } from '@gradus/base';
import { type Graph, readOnnx, showShape } from '@gradus/engine';
import { type CompiledGraph, compileFile } from '@gradus/engine/node';

export interface ForecastingNetwork extends AsyncDisposable {
  readonly file: string;
  /** @returns by history, so many steps */
  forecasts(histories: readonly Float64Array[], steps: number, signal?: AbortSignal): Promise<Float64Array[]>;
}

/** What is seen of a history where the file sets no size. */
const LONGEST = 512;
const BATCH = 64;
const MOST_BYTES = 2 ** 31;
const TOLD = /mean|median|forecast|prediction/i;

/** @throws UserError where the file is no such network */
export async function openNetwork(path: string): Promise<ForecastingNetwork> {
  const file = basename(path);
  if (statSync(path).size > MOST_BYTES)
    throw new UserError({
      en: `${path} is larger than 2 GiB. Export it with its weights beside it (external data).`,
      zh: `${path} 超过 2 GiB。请将权重导出为外部数据文件。`,
    });
  const { graph } = readOnnx(new Uint8Array(readFileSync(path)));
  const { input, output, window } = contractOf(graph, path);
  const compiled = await compileFile(path);
  return {
    file,
    async forecasts(histories, steps, signal) {
      const answers: Float64Array[] = new Array(histories.length);
      const seen = histories.map((values) => lastOf(values, window));
      // Those of one length are told together.
      for (const places of Map.groupBy(seen.keys(), (i) => seen[i]!.length).values()) {
        for (let from = 0; from < places.length; from += BATCH) {
          signal?.throwIfAborted();
          const batch = places.slice(from, from + BATCH);
          const told = await toldOf(
            compiled,
            { input, output, file },
            batch.map((i) => seen[i]!),
            steps,
          );
          for (const [b, i] of batch.entries()) answers[i] = told[b]!;
        }
      }
      return answers;
    },
    [Symbol.asyncDispose]: () => compiled.close(),
  };
}

interface Contract {
  readonly input: string;
  readonly output: string;
  /** Amounts that it takes; undefined for any number. */
  readonly window: number | undefined;
}

function contractOf({ inputs, outputs }: Graph, path: string): Contract {
  const taken = Object.entries(inputs);
  const told = Object.entries(outputs).filter(
    ([, { dtype, shape }]) => dtype === 'float32' && (shape.length === 2 || shape.length === 3),
  );
  const [name, value] = taken[0] ?? [];
  const output = told.find(([own]) => TOLD.test(own)) ?? told[0];
  const size = value?.shape[1];
  if (taken.length !== 1 || value?.dtype !== 'float32' || value.shape.length !== 2 || !output) {
    const words = (all: Graph['inputs']) =>
      Object.entries(all)
        .map(([own, { dtype, shape }]) => `${own} ${dtype} ${showShape(shape)}`)
        .join(', ');
    throw new UserError({
      en: `${path} is no forecasting network: expected one input float32 [batch, history] and an output float32 [batch, steps] or [batch, quantiles, steps]; it takes ${words(inputs)} and gives ${words(outputs)}.`,
      zh: `${path} 不是预测网络：应只有一个输入 float32 [batch, history]，输出为 float32 [batch, steps] 或 [batch, quantiles, steps]；实际输入 ${words(inputs)}，输出 ${words(outputs)}。`,
    });
  }
  return { input: name!, output: output[0], window: typeof size === 'number' ? size : undefined };
}

function lastOf(values: Float64Array, window: number | undefined): Float64Array {
  const recent = values.slice(-(window ?? LONGEST));
  if (window === undefined || recent.length === window) return recent;
  const whole = new Float64Array(window).fill(recent[0]!);
  whole.set(recent, window - recent.length);
  return whole;
}

async function toldOf(
  compiled: CompiledGraph,
  { input, output, file }: { readonly input: string; readonly output: string; readonly file: string },
  histories: readonly Float64Array[],
  steps: number,
): Promise<Float64Array[]> {
  const { length } = histories[0]!;
  const whole = histories.map((values) => {
    const longer = new Float64Array(length + steps);
    longer.set(values);
    return longer;
  });
  for (let done = 0; done < steps; ) {
    const data = new Float32Array(whole.length * length);
    for (const [b, values] of whole.entries()) data.set(values.subarray(done, done + length), b * length);
    const answers = await compiled.run({ [input]: { dtype: 'float32', dims: [whole.length, length], data } });
    const { dims, data: told } = answers[output]!;
    const block = dims.at(-1)!;
    if (block === 0) throw noSteps(file, output);
    const quantiles = dims.length === 3 ? dims[1]! : 1;
    const each = Math.min(block, steps - done);
    for (const [b, values] of whole.entries()) {
      const from = (b * quantiles + ((quantiles - 1) >> 1)) * block;
      for (let k = 0; k < each; k++) {
        const value = Number(told[from + k]);
        if (!Number.isFinite(value)) throw notFinite(file, output);
        values[length + done + k] = value;
      }
    }
    done += each;
  }
  return whole.map((values) => values.subarray(length));
}

const notFinite = (file: string, output: string): UserError =>
  new UserError({
    en: `${file} told something that is no number (its output "${output}"). Check that it takes plain amounts, or leave --network out.`,
    zh: `${file} 的输出“${output}”含有非数字。请确认它接受原始数量，或不使用 --network。`,
  });

const noSteps = (file: string, output: string): UserError =>
  new UserError({
    en: `${file} told no step at all (its output "${output}" is empty). Check how it was exported, or leave --network out.`,
    zh: `${file} 没有给出任何步（输出“${output}”为空）。请检查导出方式，或不使用 --network。`,
  });
