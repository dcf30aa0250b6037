/**
 * A kind of design: how its files are read, how an item becomes a sequence of tokens and back, which rules it has to obey, and what of it
 * people can ask for. Everything here is a function of plain data, so that a finished run makes more of the same.
 */
import type { Localized, Random } from '@gradus/base';
import type { NgramContext, TimeLimit, Vocabulary } from '@gradus/tasks';

export type KindName = 'names' | 'levels' | 'sheets' | 'sprites';

/** What was read, as plain data. */
export interface Corpus<Rules = unknown> {
  readonly kind: KindName;
  /** Each once. */
  readonly items: readonly string[];
  /** By item, what it comes from, where several come from one thing: they are learnt from or held out together. */
  readonly groups?: readonly string[];
  readonly rules: Rules;
  readonly setAside: readonly SetAside[];
  readonly notes: readonly Localized[];
}

export interface SetAside {
  readonly reason: Localized;
  readonly count: number;
  /** Where the first few stand. */
  readonly where: readonly string[];
}

/** A file of the source. */
export interface DesignFile {
  readonly name: string;
  /** Of its folder within the source, '' at the top. */
  readonly folder: string;
  readonly path: string;
  /** Empty where it is no text. */
  readonly text: string;
}

/** A file that people get. */
export interface MadeFile {
  readonly name: string;
  readonly content: string | Uint8Array;
}

/** What can be asked for: a number, a beginning or end of a text, or one of some values. */
export type Askable =
  | { readonly kind: 'number' /** Another name of the same. */; readonly as?: string }
  | { readonly kind: 'text' /** Those that originals have; absent: any. */; readonly letters?: string }
  | { readonly kind: 'choice'; readonly values: readonly string[] };

export interface Judged {
  readonly isValid: boolean;
  /** Of what is not valid. */
  readonly reason?: Localized;
  /** Of what is: the moves, the way. */
  readonly proof?: string;
}

export interface Nearest {
  readonly item: string;
  /** In words: "3 letters differ". */
  readonly distance: Localized;
  readonly isCopy: boolean;
}

/** What people asked for, by the name of the property. */
export type Wants = Readonly<Record<string, number | string>>;

export interface DesignKind<Rules = unknown> {
  readonly name: KindName;
  readonly title: Localized;
  /** Whether the files hold such items. */
  is(files: readonly DesignFile[]): boolean;
  /** @param limit Where it is over no more files are read than are needed @throws UserError where nothing can be learnt from them */
  read(
    files: readonly DesignFile[],
    random: Random,
    limit?: TimeLimit,
  ): Corpus<Rules> | Promise<Corpus<Rules>>;
  /** What can be asked for, by its name. */
  askable(rules: Rules): Readonly<Record<string, Askable>>;
  /** Why no item can be as people want it, if so. */
  impossible?(wants: Wants, rules: Rules): Localized | undefined;
  /** The rules where something is asked for: that comes first, so that the rest is made to fit it. */
  arrange?(rules: Rules, wants: Wants): Rules;
  /** Other forms of an original that are as good to learn from: turned, mirrored. */
  variants?(item: string, rules: Rules): readonly string[];
  /** An item as the characters of its sequence. */
  sequenceOf(item: string, rules: Rules): string;
  itemOf(sequence: string, rules: Rules): string;
  shape(rules: Rules): SequenceShape;
  /** What the probabilities of tokens are multiplied by, given those before: 0 bars what no valid item has. */
  weights(rules: Rules, vocabulary: Vocabulary, wants: Wants): (before: readonly number[]) => Float64Array;
  /** Whether an item can still become valid that begins so; what was drawn last is drawn again where not. */
  isOpen?(
    rules: Rules,
    vocabulary: Vocabulary,
    originals: readonly string[],
  ): ((before: readonly number[], hasEnded: boolean) => boolean) | undefined;
  /** Whole strides of sequences that were learnt from, to set where nothing that is drawn leaves an item open. */
  strides?(learnt: readonly string[], rules: Rules): readonly string[];
  /** What was drawn where it is of no use, drawn again where it is: sequences in, sequences out. */
  settle?(
    rules: Rules,
    vocabulary: Vocabulary,
  ): ((sequence: readonly number[], gain: Gain, random: Random) => readonly number[]) | undefined;
  judge(item: string, rules: Rules): Judged;
  /** What is not valid, changed as little as makes it so; undefined where that is not found. */
  repair?(item: string, rules: Rules, random: Random): string | undefined;
  /** The original that is most like it. */
  nearest(item: string, originals: readonly string[], rules: Rules): Nearest;
  /** An item of parts of the originals: the second baseline. */
  recombine(originals: readonly string[], rules: Rules, random: Random): string;
  patterns(item: string, rules: Rules): readonly string[];
  distance(a: string, b: string): number;
  /** What an item has of that which can be asked for. */
  properties(item: string, rules: Rules): Readonly<Record<string, number | string>>;
  /** How far an item is from what was asked for, from 0. Default: the mean of relative differences. */
  miss?(properties: Readonly<Record<string, number | string>>, wants: Wants): number;
  /** How a language model drafts items, where one can. */
  drafting?(rules: Rules): Drafting;
  /** How an image model drafts an item, where one can. */
  fromImage?(rules: Rules, wants: Wants, random: Random): ImageDraft;
  /** @returns names and contents of files that people can edit */
  files(made: readonly Made[], rules: Rules): readonly MadeFile[] | Promise<readonly MadeFile[]>;
}

/** How much likelier a sequence becomes by another token at a place, in nats. */
export type Gain = (sequence: readonly number[], at: number, token: number) => number;

/** How a language model is asked for items of a kind. */
export interface Drafting {
  /** What a design is, in words. */
  readonly task: string;
  /** An original as the model sees it: JSON in one line. */
  readonly quoted: (item: string) => string;
  /** Designs of one answer, and its tokens at most. */
  readonly atOnce: number;
  readonly maxTokens: number;
  /** @returns an item of the form of the originals, or why a draft is none */
  readonly itemOf: (draft: unknown) => string | Localized;
}

/** How an image model is asked for one item. */
export interface ImageDraft {
  readonly prompt: string;
  /** @returns undefined where the bytes are no image */
  readonly read: (image: Uint8Array) => Promise<string | undefined>;
}

export interface SequenceShape {
  /** Tokens of the longest sequence that is made. */
  readonly longest: number;
  /** Tokens that the transformer sees at once. */
  readonly window: number;
  readonly stride?: number;
  /** Whether it is a grid of tiles by columns of the stride, whose small patterns are to come up as often as in originals. */
  readonly isTiled?: boolean;
  readonly contexts: readonly NgramContext[];
}

/** The model of this recipe; the one that the user brings; or parts of the originals put together, where both leave too few. */
export type MadeBy = 'model' | 'draft' | 'parts';

export interface Made {
  readonly item: string;
  readonly by: MadeBy;
  readonly proof: string | null;
  readonly nearest: Nearest;
  readonly properties: Readonly<Record<string, number | string>>;
}
