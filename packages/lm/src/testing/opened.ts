/** A golden model, opened. */
import { readFileSync } from 'node:fs';
import type { DecoderConfig } from '../families/decoder-config.ts';
import { decoderConfig } from '../families/families.ts';
import { prefixed } from '../weights/prefixed.ts';
import { safetensorsFolder } from '../weights/safetensors.ts';
import type { Weights } from '../weights/weights.ts';
import { goldenFolder } from './golden.ts';

export function openedGolden(name: string): { path: string; config: DecoderConfig; weights: Weights } {
  const path = goldenFolder(name);
  const config = decoderConfig(path, JSON.parse(readFileSync(`${path}/config.json`, 'utf8')));
  return { path, config, weights: prefixed(safetensorsFolder(path), config.prefix) };
}
