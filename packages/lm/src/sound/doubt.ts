/**
 * Whether what was written of a stretch is to be believed. A model that has lost its way repeats itself, so that its tokens compress well,
 * or finds what it writes improbable: then it is asked again, drawing at higher temperatures (Radford et al., 2022, section 4.5). The
 * thresholds are those that its authors and transformers use.
 */
import { deflateSync } from 'node:zlib';

export interface WrittenStretch {
  readonly tokens: readonly number[];
  /** Mean of the logarithmic probabilities of its tokens and of its end. */
  readonly logprob: number;
  /** The probability that nobody speaks, that the model gives before it writes; none where it has no token for that. */
  readonly silence: number | undefined;
}

export const TEMPERATURES = [0, 0.2, 0.4, 0.6, 0.8, 1];
const MOST_COMPRESSION = 1.35;
const LEAST_LOGPROB = -1;
const MOST_SILENCE = 0.6;

/** Nobody speaks, and what was written is improbable too. */
export const isSilent = ({ logprob, silence }: WrittenStretch): boolean =>
  silence !== undefined && silence > MOST_SILENCE && logprob < LEAST_LOGPROB;

/** @param vocabulary of the model, from which follows how many bytes a token is */
export const isDoubtful = (stretch: WrittenStretch, vocabulary: number): boolean =>
  !isSilent(stretch) &&
  (stretch.logprob < LEAST_LOGPROB || compression(stretch.tokens, vocabulary) > MOST_COMPRESSION);

/** How many times shorter the bytes of tokens become. */
function compression(tokens: readonly number[], vocabulary: number): number {
  if (tokens.length === 0) return 0;
  const width = Math.floor(Math.log2(vocabulary) / 8) + 1;
  const bytes = Buffer.alloc(tokens.length * width);
  for (const [i, id] of tokens.entries()) bytes.writeUIntLE(id, i * width, width);
  return bytes.length / deflateSync(bytes).length;
}
