/**
 * A model that has learnt nothing yet, as a folder: its shape is a config.json, its weights are random. Matrices begin as GPT-2's do
 * (Radford et al., 2019): normal, and those that add to the residual stream smaller by the root of how many there are.
 */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from '@gradus/base';
import type { Tokenizer } from '@gradus/data';
import { input } from '@gradus/engine';
import { normal, ones, zeros } from '@gradus/nn';
import { decoderConfig } from '../families/families.ts';
import { feedForwardsOf } from '../families/linears.ts';
import { layerWeights } from '../graph/layer-weights.ts';
import { type WeightEntry, writeSafetensorsFile } from '../weights/write-safetensors.ts';
import { batchInputs, nextTokenLoss } from './tuning.ts';

export interface NewModel {
  /** config.json, of any family that `load` opens. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly tokenizer: Tokenizer;
  /** Other files of the folder, such as tokenizer_config.json, as JSON. */
  readonly beside?: Readonly<Record<string, object>>;
  readonly seed: number | string;
  /** Of a matrix. Default 0.02. */
  readonly deviation?: number;
}

/**
 * @param folder replaced where it is there
 * @throws UserError naming a field of the config that is missing or wrong
 */
export function newModel(
  folder: string,
  { config: json, tokenizer, beside = {}, seed, deviation = 0.02 }: NewModel,
): void {
  const config = decoderConfig('config.json', json);
  const residual = deviation / Math.sqrt(2 * config.layers.length);
  const ends = new Set(
    config.layers.flatMap((layer) =>
      [layer.attention.out, ...feedForwardsOf(layer).map(({ down }) => down)].map(
        ({ name }) => `${name}.weight`,
      ),
    ),
  );
  const plusOne = config.norm.kind === 'rms' && config.norm.plusOne === true;
  const random = new Random(seed);
  const entries = new Map<string, WeightEntry>();
  const traced = layerWeights((name, dims) => {
    const matrix = normal(ends.has(name) ? residual : deviation);
    const vector = name.endsWith('.bias') || plusOne ? zeros : ones;
    const read = () => (dims.length === 1 ? vector : matrix)(random.fork(name), dims);
    entries.set(name, { name, dims, read });
    return input(name, dims);
  });
  nextTokenLoss(config, traced, batchInputs(1, 8));
  const unfinished = `${folder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  const files = {
    ...beside,
    'config.json': { ...json, dtype: 'float32' },
    'tokenizer.json': tokenizer.toJSON(),
  };
  for (const [name, value] of Object.entries(files))
    writeFileSync(join(unfinished, name), `${JSON.stringify(value)}\n`);
  writeSafetensorsFile(join(unfinished, 'model.safetensors'), [...entries.values()], 'F32');
  rmSync(folder, { recursive: true, force: true });
  renameSync(unfinished, folder);
}
