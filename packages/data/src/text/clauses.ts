/**
 * Clauses: the segments of a review that each make one statement. "Fast delivery, but the soup was cold" has two.
 *
 * A text is cut at the ends of sentences, at commas and the like, and before contrastive conjunctions. Segments too short
 * for a statement are joined to the next one; to the last one where they end its sentence or the text ("it broke, sadly. Great colour"). Concatenated,
 * the clauses are the text.
 */
const ENDS = /[.!?。！？;；…\n~～]+["'”’)）]*\s*|[,，、:：]+\s*|\s+[-–—]+\s+/gu;
/** Cut in front of these. A comma usually stands there too, but people leave it out. */
const TURNS =
  /\s(?=(?:but|however|although|though|yet|except|unfortunately|whereas)\b)|(?=但是|不过|可是|然而|就是|只是|虽然|另外|而且|(?<![不非])但)/giu;

/** Cuts of the first kind that are not: 3.5, 1,000, 10:30, e.g. */
const INSIDE_NUMBER = /\p{N}$/u;
/** A full stop behind an initial or a title ends no sentence: "Samuel L. Jackson", "Dr. Wang". */
const ABBREVIATED = /(?:^|[\s.])(?:(?![aiAI])\p{Script=Latin}|mr|mrs|ms|dr|st|vs|jr|prof)\s?$/iu;
/** A conjunction states nothing by itself: "不过啊，". */
const OPENING =
  /^[\s\p{P}]*(?:但是|不过|可是|然而|就是|只是|虽然|另外|而且|但|所以|因为|然后|还有|总之|反正|其实|首先|其次|最后|but|however|although|though|yet|except|also|and|so)[啊呢吧呀嘛哦说\s\p{P}]*$/iu;

/** Of a segment: the sentence is over. */
const ENDS_SENTENCE = /[.!?。！？;；…\n~～]["'”’)）]*\s*$/u;
/** Of a clause: it is not. */
const OPEN_ENDED = /[,，、:：]\s*$/u;

const MIN_HAN = 3;
const MIN_WORDS = 2;

export function splitClauses(text: string): string[] {
  const clauses: string[] = [];
  let open = '';
  for (const segment of segmentsOf(text)) {
    const isLast = open === '' && ENDS_SENTENCE.test(segment) && OPEN_ENDED.test(clauses.at(-1) ?? '');
    if (isLast && !isStatement(segment)) {
      clauses.push(clauses.pop()! + segment);
      continue;
    }
    open += segment;
    if (isStatement(open)) {
      clauses.push(open);
      open = '';
    }
  }
  if (open !== '') clauses.push((clauses.pop() ?? '') + open);
  return clauses;
}

function* segmentsOf(text: string): Generator<string> {
  const cuts = new Set<number>();
  for (const match of text.matchAll(ENDS)) {
    const end = match.index + match[0].length;
    const betweenDigits =
      match[0].length === 1 &&
      INSIDE_NUMBER.test(text.slice(0, match.index)) &&
      /^\p{N}/u.test(text.slice(end, end + 1));
    const isAbbreviated =
      match[0].startsWith('.') && ABBREVIATED.test(text.slice(Math.max(0, match.index - 8), match.index));
    if (!betweenDigits && !isAbbreviated) cuts.add(end);
  }
  for (const match of text.matchAll(TURNS)) cuts.add(match.index + match[0].length);
  let from = 0;
  for (const at of [...cuts].sort((a, b) => a - b)) {
    if (at > from) yield text.slice(from, at);
    from = at;
  }
  if (from < text.length) yield text.slice(from);
}

function isStatement(segment: string): boolean {
  if (OPENING.test(segment)) return false;
  const han = segment.match(/\p{Script=Han}/gu)?.length ?? 0;
  const others = segment.match(/(?!\p{Script=Han})[\p{L}\p{N}][\p{L}\p{M}\p{N}'’]*/gu)?.length ?? 0;
  return han >= MIN_HAN || others >= MIN_WORDS || (han > 0 && others > 0);
}
