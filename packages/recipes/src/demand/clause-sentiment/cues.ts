/**
 * What the make of a clause says, whatever its words mean. How likely it is to say nothing of satisfaction: circumstances are told in clauses that a comma leaves open and
 * that begin with "when" or "because", by people who speak of themselves and of what they did; judgements are asked back, and strengthened
 * ("so", "太"). And how much more likely to complain than to praise: what is denied is more often missed than welcome (Potts, "On the negativity of
 * negation", 2010), and who names "the only drawback", or wishes for something, misses it, satisfied or not.
 */
import { asRead } from '../clauses.ts';

interface Cue {
  readonly weight: number;
  readonly holds: RegExp;
}

const NEUTRAL: readonly Cue[] = [
  { weight: 1.1, holds: /[,，:：、]\s*$/u },
  {
    weight: 0.6,
    holds:
      /^\W*(?:although|though|when|if|as|because|while|since|after|before|until|by|to|in|on|at|for|from|with|of)\b|^(?:虽然|因为|如果|由于)/iu,
  },
  { weight: 0.7, holds: /\b(?:i|my|we|me|our|i['’]m|i['’]ve)\b|我|咱/iu },
  {
    weight: 0.5,
    holds:
      /\b(?:was|were|had|bought|ordered|got|went|used|tried|came|took|asked|wanted|needed|decided)\b|[点定订][了的]|买了|想|打电话/iu,
  },
  { weight: -0.7, holds: /[?？]/u },
  {
    weight: -0.6,
    holds:
      /\b(?:very|so|too|really|extremely|most|much|quite|totally|absolutely|more|less|way|super|even|only|just|all)\b|[太很真超好最挺巨]|非常|特别|十分|极/iu,
  },
];
/** Each, of a clause with a word of opinion, and of one that says something of a need. */
const JUDGES = -0.6;
/** Of a clause without any of these. */
const BARE = 0.4;

const COMPLAINT: readonly Cue[] = [
  {
    weight: 0.7,
    holds:
      /\b(?:not|no|never|nothing|cannot|none|nor|neither|without)\b|n['’]t\b|\b(?:do|does|did|is|are|was|were|wo|ca|could|would|should|have|has|had)nt\b|[不没无未]/iu,
  },
  {
    weight: 1.1,
    holds:
      /\b(?:only|one|main|biggest|other|sole) (?:(?:real|other|major|minor|big) )?(?:complaint|con|downside|drawback|problem|issue|negative|gripe|flaw|downfall|fault|weakness|disappointment|concern)s?\b|\b(?:drawback|downside|downfall|shortcoming)s?\b|\bonly thing (?:is|it|that is|that['’]s|(?:that )?i (?:would|do|did)|missing|wrong|bad|lacking)\b|\b(?:i|just|only|really|do) wish\b|唯一|美中不足/iu,
  },
];

const weightOf = (cues: readonly Cue[], clause: string): number =>
  cues.reduce((sum, { weight, holds }) => sum + (holds.test(clause) ? weight : 0), 0);

export interface Judging {
  readonly hasOpinionWord: boolean;
  readonly saysOfNeed: boolean;
}

/** @returns the log weight of neutral, beside those of the two polarities */
export const neutralCue = (text: string, { hasOpinionWord, saysOfNeed }: Judging): number =>
  BARE + weightOf(NEUTRAL, asRead(text).text) + JUDGES * (Number(hasOpinionWord) + Number(saysOfNeed));

/** @returns what it adds to the log weight of complaint, and takes from that of praise */
export const complaintCue = (text: string): number => weightOf(COMPLAINT, asRead(text).text);
