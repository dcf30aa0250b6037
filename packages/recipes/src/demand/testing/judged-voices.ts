/**
 * Intents that were judged by hand: which clauses ask for something, ask a question, say farewell, name a rival. judged-voices/GUIDELINE.md says how. The texts are
 * not here: they are looked up in ../shared/data.
 */
import { createHash } from 'node:crypto';
import { readTable } from '@gradus/data';
import { VOICES, type VoiceKind, voiceClauses } from '../analysis/voices.ts';
import { judgedSet } from './judged-clauses.ts';

export interface VoiceFigures {
  readonly kind: VoiceKind;
  /** Clauses that are judged so, told so, and both. */
  readonly judged: number;
  readonly told: number;
  readonly both: number;
}

/** By kind, of one half of the clauses. */
export async function voiceFigures(half: 'tuning' | 'report'): Promise<VoiceFigures[]> {
  const { reviews, clauses } = await judgedSet('waimai');
  const { rows } = await readTable(new URL('judged-voices/waimai.csv', import.meta.url).pathname);
  const judged = new Map(rows.map(([row, hash, of, kinds]) => [`${row} ${hash}`, { of, kinds: kinds! }]));
  const said = clauses.map(
    ({ review, text }) =>
      judged.get(`${reviews[review]!.row} ${createHash('sha256').update(text).digest('hex').slice(0, 12)}`) ??
      null,
  );
  const found = voiceClauses({ reviews, clauses });
  return VOICES.map((kind) => {
    const own = new Set(found.clauses[kind]);
    const of = [...said.keys()].filter((clause) => said[clause]?.of === half);
    const isJudged = (clause: number) => said[clause]!.kinds.split(' ').includes(kind);
    return {
      kind,
      judged: of.filter(isJudged).length,
      told: of.filter((clause) => own.has(clause)).length,
      both: of.filter((clause) => own.has(clause) && isJudged(clause)).length,
    };
  });
}
