/** Finds personal data in text: every detector looks, and where two see something in the same place the surer one wins. */
import { halfWidth } from '../table/half-width.ts';
import { accounts, birthDates, plates } from './accounts.ts';
import { addresses } from './addresses.ts';
import { cards } from './cards.ts';
import { identityNumbers, passports } from './identity-numbers.ts';
import { type Detector, PERSONAL_KINDS, type PersonalKind, type PersonalSpan } from './kinds.ts';
import { names } from './names.ts';
import { emails, ipAddresses } from './network.ts';
import { phones } from './phones.ts';
import { secrets } from './secrets.ts';

const DETECTORS: readonly Detector[] = [
  emails,
  secrets,
  identityNumbers,
  cards,
  passports,
  phones,
  birthDates,
  accounts,
  plates,
  ipAddresses,
  addresses,
  names,
];

export interface PersonalOptions {
  /** Default all. */
  readonly kinds?: readonly PersonalKind[];
  /** What is less sure is passed over. Default 0.5. */
  readonly least?: number;
}

/** Texts are searched in chunks of this length, a bound for every pattern. */
const PIECE = 20_000;

/** In the order of the text; no two overlap. */
export function findPersonal(text: string, options: PersonalOptions = {}): PersonalSpan[] {
  if (text.length <= PIECE) return inPiece(text, options);
  const spans: PersonalSpan[] = [];
  for (let from = 0; from < text.length; ) {
    const end = pieceEnd(text, from);
    for (const span of inPiece(text.slice(from, end), options))
      spans.push({ ...span, start: span.start + from, end: span.end + from });
    from = end;
  }
  return spans;
}

/** After a blank or a line end, where there is one in the last part of the piece. */
function pieceEnd(text: string, from: number): number {
  const end = from + PIECE;
  if (end >= text.length) return text.length;
  const blank = Math.max(
    text.lastIndexOf('\n', end),
    text.lastIndexOf('。', end),
    text.lastIndexOf(' ', end),
  );
  return blank > end - PIECE / 10 ? blank + 1 : end;
}

function inPiece(text: string, { kinds = PERSONAL_KINDS, least = 0.5 }: PersonalOptions): PersonalSpan[] {
  const plain = halfWidth(text);
  const spans: PersonalSpan[] = [];
  for (const { kind, find } of DETECTORS) {
    if (!kinds.includes(kind)) continue;
    for (const span of find(plain)) if (span.confidence >= least) spans.push({ kind, ...span });
  }
  if (spans.length < 2) return spans;
  spans.sort(
    (a, b) => b.confidence - a.confidence || b.end - b.start - (a.end - a.start) || a.start - b.start,
  );
  const taken = new Uint8Array(text.length);
  const kept = spans.filter(({ start, end }) => {
    if (taken.subarray(start, end).includes(1)) return false;
    taken.fill(1, start, end);
    return true;
  });
  return kept.sort((a, b) => a.start - b.start);
}
