/**
 * A conversation as the text and the tokens that a model reads. What is said in it is text, whoever says it: where it looks like a
 * special token of the model (<|im_start|>), it must not become one, or a message could end itself and begin another's. Such places
 * are marked before the template is rendered, and the marks are taken out again before tokens are made.
 */
import type { Encoding, Tokenizer } from '@gradus/data';
import type { ChatTemplate, RenderOptions } from './chat-template.ts';
import type { Message } from './message.ts';

export interface ChatText {
  readonly text: string;
  /** Its tokens: special tokens are those that the template puts there, and no others. */
  encode(): Encoding;
}

/** @throws UserError where the template fails, or takes too long */
export async function chatText(
  template: Pick<ChatTemplate, 'render'>,
  tokenizer: Tokenizer,
  messages: readonly Message[],
  options: Omit<RenderOptions, 'texts'> = {},
): Promise<ChatText> {
  // Nobody who writes a message can know it. Noncharacters stand in no text (Unicode, 23.7).
  const [number] = crypto.getRandomValues(new Uint32Array(1));
  const mark = `\uFDD0${number}\uFDD1`;
  const edges = edgesOf(tokenizer);
  const rendered = await template.render(messages, {
    ...options,
    texts: (text) => marked(text, placesIn(text, tokenizer, edges), mark),
  });
  const pieces = rendered.split(mark);
  const text = pieces.join('');
  let at = 0;
  const marks = pieces.slice(0, -1).map((piece) => (at += piece.length));
  const parseSpecial = (from: number, to: number) => !hasBetween(marks, from, to);
  return { text, encode: () => tokenizer.encode(text, { addSpecial: false, parseSpecial }) };
}

/** How special tokens may begin at the end of a text, and end at its beginning. */
interface Edges {
  readonly beginnings: ReadonlySet<string>;
  readonly ends: ReadonlySet<string>;
  readonly longest: number;
}

const known = new WeakMap<Tokenizer, Edges>();

function edgesOf(tokenizer: Tokenizer): Edges {
  const found = known.get(tokenizer);
  if (found) return found;
  const [beginnings, ends] = [new Set<string>(), new Set<string>()];
  let longest = 0;
  for (const token of tokenizer.specialTokens.keys()) {
    for (let size = 1; size < token.length; size++) {
      beginnings.add(token.slice(0, size));
      ends.add(token.slice(size));
    }
    longest = Math.max(longest, token.length - 1);
  }
  const edges = { beginnings, ends, longest };
  known.set(tokenizer, edges);
  return edges;
}

/** Where a special token begins in a text, or goes on from what the template puts before it, or may be gone on with behind it. */
function placesIn(
  text: string,
  tokenizer: Tokenizer,
  { beginnings, ends, longest }: Edges,
): readonly number[] {
  const places = tokenizer.specialSpans(text).map(([from]) => from);
  for (let size = 1; size <= Math.min(longest, text.length); size++) {
    if (ends.has(text.slice(0, size))) places.push(0);
    if (beginnings.has(text.slice(-size))) places.push(text.length - size);
  }
  return [...new Set(places)].sort((a, b) => a - b);
}

function marked(text: string, places: readonly number[], mark: string): string {
  if (places.length === 0) return text;
  const pieces = places.map((place, i) => text.slice(i === 0 ? 0 : places[i - 1], place));
  return [...pieces, text.slice(places.at(-1))].join(mark);
}

/** Whether one of `places`, which rise, is at `from` or behind it, and before `to`. */
function hasBetween(places: readonly number[], from: number, to: number): boolean {
  let [low, high] = [0, places.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (places[middle]! < from) low = middle + 1;
    else high = middle;
  }
  return low < places.length && places[low]! < to;
}
