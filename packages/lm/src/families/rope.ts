/**
 * Rotary positions as configs declare them: θ of the base, and how it is stretched for longer contexts. The formulas are those of
 * transformers' `modeling_rope_utils.py`: linear and Llama 3's (Meta, 2024), YaRN (Peng et al., 2023), LongRoPE (Ding et al., 2024).
 *
 * Configs of transformers 5 have `rope_parameters`, older ones `rope_theta` and `rope_scaling`.
 */
import { UserError } from '@gradus/base';
import { z } from 'zod';
import type { RopeConfig } from './decoder-config.ts';

const POSITIVE = z.number().positive();

export const ROPE_PARAMETERS = z.looseObject({
  rope_type: z.string().optional(),
  type: z.string().optional(),
  rope_theta: POSITIVE.optional(),
  factor: POSITIVE.nullish(),
  partial_rotary_factor: POSITIVE.max(1).optional(),
  original_max_position_embeddings: POSITIVE.optional(),
  low_freq_factor: POSITIVE.optional(),
  high_freq_factor: POSITIVE.optional(),
  attention_factor: POSITIVE.nullish(),
  beta_fast: POSITIVE.nullish(),
  beta_slow: POSITIVE.nullish(),
  mscale: z.number().nullish(),
  mscale_all_dim: z.number().nullish(),
  truncate: z.boolean().optional(),
  short_factor: z.array(POSITIVE).optional(),
  long_factor: z.array(POSITIVE).optional(),
});
export type RopeParameters = z.output<typeof ROPE_PARAMETERS>;

export interface RopeOf {
  readonly path: string;
  readonly headSize: number;
  readonly context: number;
  readonly theta: number;
  readonly partial?: number;
  /** Where older Phi configs keep it. */
  readonly originalContext?: number | undefined;
}

type Scaling = Omit<RopeConfig, 'factor' | 'theta'> & { readonly factor?: number };

/** @throws UserError naming a kind that is not known, or a field that is missing */
export function ropeOf(parameters: RopeParameters | null | undefined, of: RopeOf): RopeConfig {
  const given = parameters ?? {};
  const named = given.rope_type ?? given.type ?? 'default';
  // The first configs of Phi 3 call LongRoPE so.
  const kind = named === 'su' ? 'longrope' : named;
  if (!Object.hasOwn(KINDS, kind)) {
    throw new UserError({
      en: `${of.path}: rope_type "${kind}" is not known; expected ${Object.keys(KINDS).join(', ')}`,
      zh: `${of.path}：不支持 rope_type“${kind}”；应为 ${Object.keys(KINDS).join('、')} 之一`,
    });
  }
  const theta = given.rope_theta ?? of.theta;
  const size = Math.floor(of.headSize * (given.partial_rotary_factor ?? of.partial ?? 1));
  const plain = Array.from({ length: size / 2 }, (_, i) => 1 / theta ** ((2 * i) / size));
  return { theta, factor: 1, ...KINDS[kind]!(plain, given, { ...of, theta, size }) };
}

type Kind = (
  plain: readonly number[],
  given: RopeParameters,
  of: RopeOf & { readonly size: number },
) => Scaling;

const KINDS: Readonly<Record<string, Kind>> = {
  default: (frequencies) => ({ frequencies }),
  linear: (plain, given, { path }) => {
    const factor = needed(path, given, 'factor');
    return { frequencies: plain.map((f) => f / factor) };
  },
  llama3: (plain, given, { path }) => {
    const factor = needed(path, given, 'factor');
    const [low, high] = [needed(path, given, 'low_freq_factor'), needed(path, given, 'high_freq_factor')];
    const before = needed(path, given, 'original_max_position_embeddings');
    return {
      frequencies: plain.map((f) => {
        const wave = (2 * Math.PI) / f;
        if (wave > before / low) return f / factor;
        if (wave < before / high) return f;
        const smooth = (before / wave - low) / (high - low);
        return ((1 - smooth) * f) / factor + smooth * f;
      }),
    };
  },
  yarn: (plain, given, { path, context, theta, size, originalContext }) => {
    const before = given.original_max_position_embeddings ?? originalContext ?? context;
    const factor = given.factor ?? context / before;
    const scaled = (scale: number, m = 1) => (scale <= 1 ? 1 : 0.1 * m * Math.log(scale) + 1);
    const { mscale, mscale_all_dim: all } = given;
    const attention =
      given.attention_factor ??
      (mscale && all ? scaled(factor, mscale) / scaled(factor, all) : scaled(factor));
    // The feature that turns so often over the context.
    const feature = (turns: number) =>
      (size * Math.log(before / (turns * 2 * Math.PI))) / (2 * Math.log(theta));
    const whole = given.truncate ?? true;
    const [first, last] = [feature(given.beta_fast ?? 32), feature(given.beta_slow ?? 1)];
    const from = Math.max(whole ? Math.floor(first) : first, 0);
    const to = Math.min(whole ? Math.ceil(last) : last, size - 1);
    if (!Number.isFinite(from) || !Number.isFinite(to))
      throw missing(path, 'original_max_position_embeddings');
    return {
      factor: attention,
      frequencies: plain.map((f, i) => {
        const ramp = Math.min(Math.max((i - from) / (to === from ? 0.001 : to - from), 0), 1);
        return (f / factor) * ramp + f * (1 - ramp);
      }),
    };
  },
  longrope: (plain, given, { path, context, originalContext }) => {
    const { short_factor: short, long_factor: long } = given;
    for (const [field, factors] of Object.entries({ short_factor: short, long_factor: long })) {
      if (factors?.length === plain.length) continue;
      throw new UserError({
        en: `${path}: ${field} has ${factors?.length ?? 'no'} numbers; expected ${plain.length}`,
        zh: `${path}：${field} 有 ${factors?.length ?? 0} 个数；应为 ${plain.length} 个`,
      });
    }
    const before = given.original_max_position_embeddings ?? originalContext ?? context;
    const factor = given.factor ?? context / before;
    return {
      frequencies: plain.map((f, i) => f / short![i]!),
      ...(short!.some((factor, i) => factor !== long![i]) && {
        long: { beyond: before, frequencies: plain.map((f, i) => f / long![i]!) },
      }),
      factor:
        given.attention_factor ?? (factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(before))),
    };
  },
};

function needed(path: string, given: RopeParameters, field: keyof RopeParameters & string): number {
  const value = given[field];
  if (typeof value === 'number') return value;
  throw missing(path, field);
}

const missing = (path: string, field: string): UserError =>
  new UserError({
    en: `${path}: "${field}" is missing in rope_scaling`,
    zh: `${path}：rope_scaling 中缺少“${field}”`,
  });
