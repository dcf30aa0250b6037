/**
 * Clauses: the pieces of a review that say one thing each. "Fast delivery, but the soup was cold" speaks of two.
 *
 * Cut at the ends of sentences and at commas and their like, and in front of words that turn against what was said.
 * Pieces too short to say anything join what follows them, or what stands before at the end of a sentence. Joined
 * together, the clauses are the text.
 */
const ENDS = /[.!?。！？;；…\n~～]+["'”’)）]*\s*|[,，、:：]+\s*|\s+[-–—]+\s+/gu;
/** Cut in front of these. A comma usually stands there too, but people leave it out. */
const TURNS =
  /\s(?=(?:but|however|although|though|yet|except|unfortunately|whereas)\b)|(?=但是|不过|可是|然而|就是|只是|虽然|另外|而且|(?<![不非])但)/giu;

/** Cuts of the first kind that are not: 3.5, 1,000, 10:30, e.g. */
const INSIDE_NUMBER = /\p{N}$/u;

const MIN_HAN = 3;
const MIN_WORDS = 2;

export function splitClauses(text: string): string[] {
  const clauses: string[] = [];
  let open = '';
  for (const piece of piecesOf(text)) {
    open += piece;
    if (saysSomething(open)) {
      clauses.push(open);
      open = '';
    }
  }
  if (open !== '') clauses.push((clauses.pop() ?? '') + open);
  return clauses;
}

function* piecesOf(text: string): Generator<string> {
  const cuts = new Set<number>();
  for (const match of text.matchAll(ENDS)) {
    const end = match.index + match[0].length;
    const betweenDigits =
      match[0].length === 1 &&
      INSIDE_NUMBER.test(text.slice(0, match.index)) &&
      /^\p{N}/u.test(text.slice(end, end + 1));
    if (!betweenDigits) cuts.add(end);
  }
  for (const match of text.matchAll(TURNS)) cuts.add(match.index + match[0].length);
  let from = 0;
  for (const at of [...cuts].sort((a, b) => a - b)) {
    if (at > from) yield text.slice(from, at);
    from = at;
  }
  if (from < text.length) yield text.slice(from);
}

function saysSomething(piece: string): boolean {
  const han = piece.match(/\p{Script=Han}/gu)?.length ?? 0;
  const others = piece.match(/(?!\p{Script=Han})[\p{L}\p{N}][\p{L}\p{M}\p{N}'’]*/gu)?.length ?? 0;
  return han >= MIN_HAN || others >= MIN_WORDS || (han > 0 && others > 0);
}
