/**
 * When it was said: Whisper writes marks of time between what it hears, 0.02 seconds apart, as tokens. They stand in pairs, an end and the
 * next beginning, and do not go back; what follows is ruled out before a token is taken (Radford et al., 2022, section 4.5).
 */

/** Tokens of marks follow one another from the first, which says 0 seconds. */
export interface TimestampRules {
  readonly first: number;
  /** Tokens from here on are no text. */
  readonly end: number;
  /** The latest mark that a stretch may begin with, as its place. */
  readonly latestBegin: number | undefined;
}

/** Puts out of reach what may not follow. @param written tokens of the stretch so far */
export function ruleOut(
  logits: Float32Array,
  written: readonly number[],
  { first, end, latestBegin }: TimestampRules,
): void {
  const isMark = (id: number | undefined) => id !== undefined && id >= first;
  const never = (from: number, to: number) => logits.fill(Number.NEGATIVE_INFINITY, Math.min(from, to), to);
  // The token before the first mark says that there are none.
  never(first - 1, first);
  const isBehindMark = isMark(written.at(-1));
  const isBehindPair = isBehindMark && (written.length < 2 || isMark(written.at(-2)));
  if (isBehindPair) never(first, logits.length);
  else if (isBehindMark) never(0, end);
  const last = written.findLast(isMark);
  // A segment that has begun ends later than it began.
  if (last !== undefined) never(first, isBehindMark && !isBehindPair ? last : last + 1);
  if (written.length === 0) {
    never(0, first);
    if (latestBegin !== undefined) never(first + latestBegin + 1, logits.length);
  }
  // If it is more probable that a mark follows than any one word, one follows.
  const most = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const marks = logits.subarray(first).reduce((sum, logit) => sum + Math.exp(logit - most), 0);
  const word = logits.subarray(0, first).reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  if (Math.log(marks) > word - most) never(0, first);
}

export interface TimedTokens {
  /** Places from the beginning of the stretch. */
  readonly start: number;
  readonly end: number;
  readonly tokens: readonly number[];
}

/**
 * What was written of a stretch, by its marks. Behind the last pair of marks the stretch may have ended in mid-word: what stands there
 * is left out, and the next stretch begins at that pair.
 *
 * @param places of the stretch that there is sound in
 * @returns the segments, and where the next stretch begins
 */
export function segmentsOf(
  tokens: readonly number[],
  { first }: Pick<TimestampRules, 'first'>,
  places: number,
): { readonly segments: readonly TimedTokens[]; readonly next: number } {
  const isMark = (i: number) => (tokens[i] ?? -1) >= first;
  const pairs = tokens
    .keys()
    .filter((i) => isMark(i - 1) && isMark(i))
    .toArray();
  if (pairs.length === 0) {
    const last = tokens.findLast((id) => id >= first);
    const end = last === undefined || last === first ? places : last - first;
    return { segments: tokens.length > 0 ? [{ start: 0, end, tokens }] : [], next: places };
  }
  const isEnded = isMark(tokens.length - 1) && !isMark(tokens.length - 2);
  const cuts = isEnded ? [...pairs, tokens.length] : pairs;
  const segments = cuts.map((cut, i) => {
    const from = cuts[i - 1] ?? 0;
    return { start: placeAt(from), end: placeAt(cut - 1), tokens: tokens.slice(from, cut) };
  });
  return { segments, next: isEnded ? places : placeAt(pairs.at(-1)! - 1) };

  function placeAt(i: number): number {
    return Math.max(0, tokens[i]! - first);
  }
}
