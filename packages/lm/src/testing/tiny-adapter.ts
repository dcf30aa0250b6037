/** A random adapter of a tiny model, in peft's layout. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '@gradus/base';
import { type HostTensor, writeSafetensors } from '@gradus/engine';
import type { DecoderConfig } from '../families/decoder-config.ts';
import { linearsOf, moduleOf } from '../families/linears.ts';

/** @param rank width of what is added to each matrix */
export function tinyAdapter(
  base: string,
  config: DecoderConfig,
  { seed, rank, targets }: { seed: string; rank: number; targets: readonly string[] },
): string {
  const folder = mkdtempSync(join(tmpdir(), 'gradus-adapter-'));
  const random = new Random(seed);
  const tensors: Record<string, HostTensor> = {};
  for (const linear of linearsOf(config)) {
    if (!targets.includes(moduleOf(linear))) continue;
    const add = (part: string, dims: [number, number]) => {
      const data = Float32Array.from({ length: dims[0] * dims[1] }, () => random.normal() / 2);
      tensors[`base_model.model.${linear.name}.lora_${part}.weight`] = { dtype: 'float32', dims, data };
    };
    add('A', [rank, linear.inputs]);
    add('B', [linear.outputs, rank]);
  }
  writeFileSync(join(folder, 'adapter_model.safetensors'), writeSafetensors(tensors));
  const fields = { peft_type: 'LORA', base_model_name_or_path: base, r: rank, lora_alpha: 2 * rank };
  writeFileSync(join(folder, 'adapter_config.json'), JSON.stringify({ ...fields, target_modules: targets }));
  return folder;
}
