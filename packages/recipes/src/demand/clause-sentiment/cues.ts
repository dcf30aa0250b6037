/**
 * How likely a clause is to say nothing of satisfaction, by how it is made: circumstances are told in clauses that a comma leaves open and
 * that begin with "when" or "because", by people who speak of themselves and of what they did; judgements are asked back, and strengthened
 * ("so", "太").
 */
import { asRead } from '../clauses.ts';

const CUES: readonly { readonly weight: number; readonly holds: RegExp }[] = [
  { weight: 1.2, holds: /[,，:：、]\s*$/u },
  {
    weight: 0.63,
    holds:
      /^\W*(?:although|though|when|if|as|because|while|since|after|before|until|by|to|in|on|at|for|from|with|of)\b|^(?:虽然|因为|如果|由于)/iu,
  },
  { weight: 0.58, holds: /\b(?:i|my|we|me|our|i['’]m|i['’]ve)\b|我|咱/iu },
  {
    weight: 0.68,
    holds:
      /\b(?:was|were|had|bought|ordered|got|went|used|tried|came|took|asked|wanted|needed|decided)\b|[点定订][了的]|买了|想|打电话/iu,
  },
  { weight: -0.9, holds: /[?？]/u },
  {
    weight: -0.98,
    holds:
      /\b(?:very|so|too|really|extremely|most|much|quite|totally|absolutely|more|less|way|super|even|only|just|all)\b|[太很真超好最挺巨]|非常|特别|十分|极/iu,
  },
];
const OPINION_WORD = -0.92;
/** Of a clause without any of these. */
const BARE = 0.3;

/** @returns the log weight of neutral, beside those of the two polarities */
export function neutralCue(text: string, hasOpinionWord: boolean): number {
  const clause = asRead(text).text;
  return CUES.reduce(
    (sum, { weight, holds }) => sum + (holds.test(clause) ? weight : 0),
    BARE + (hasOpinionWord ? OPINION_WORD : 0),
  );
}
