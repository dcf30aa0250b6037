/** Post-processors: the tokens that a model expects around a text or a pair of texts, such as [CLS] A [SEP] B [SEP]. */
import { UserError } from '@gradus/base';
import { z } from 'zod';
import { Budget } from './budget.ts';
import { buildAll, type Components, component } from './component.ts';
import { type Encoding, inserted, withType } from './encoding.ts';
import { isId } from './models/vocabulary.ts';

export interface PostProcessor {
  /**
   * One encoding for each text and each run of tokens put in. `texts` are the words as they were written, to tell the
   * spaces among them; nothing is put in unless `addSpecial`.
   */
  process(encodings: readonly Encoding[], texts: readonly string[], addSpecial: boolean): Encoding[];
  /** How many tokens are put in around one text, or a pair. */
  added(pair: boolean): number;
}

const TOKEN = z.tuple([z.string(), z.number().int().min(0)]);
const PIECE = z.union([
  z.object({ Sequence: z.object({ id: z.enum(['A', 'B']), type_id: z.number().int().min(0).max(255) }) }),
  z.object({ SpecialToken: z.object({ id: z.string(), type_id: z.number().int().min(0).max(255) }) }),
]);
const TEMPLATE = z.array(PIECE).max(1000);
type Template = z.output<typeof TEMPLATE>;

export const POST_PROCESSORS: Components<PostProcessor> = {
  TemplateProcessing: component(
    { single: TEMPLATE, pair: TEMPLATE, special_tokens: z.unknown() },
    ({ single, pair, special_tokens }, place) => {
      const ids = specialIds(special_tokens, place);
      return template(single, pair, (name) => {
        const known = ids.get(name);
        if (!known)
          throw new UserError({
            en: `${place} puts in ${JSON.stringify(name)}, which special_tokens lacks.`,
            zh: `${place} 插入了 ${JSON.stringify(name)}，但 special_tokens 中没有它。`,
          });
        return known;
      });
    },
  ),
  BertProcessing: component({ sep: TOKEN, cls: TOKEN }, ({ sep, cls }) =>
    template(
      [special('cls', 0), sequence('A', 0), special('sep', 0)],
      [special('cls', 0), sequence('A', 0), special('sep', 0), sequence('B', 1), special('sep', 1)],
      (name) => [name === 'cls' ? cls[1] : sep[1]],
    ),
  ),
  RobertaProcessing: component(
    {
      sep: TOKEN,
      cls: TOKEN,
      trim_offsets: z.boolean().default(true),
      add_prefix_space: z.boolean().default(true),
    },
    ({ sep, cls, trim_offsets, add_prefix_space }) => {
      const around = template(
        [special('cls', 0), sequence('A', 0), special('sep', 0)],
        [
          special('cls', 0),
          sequence('A', 0),
          special('sep', 0),
          special('sep', 0),
          sequence('B', 0),
          special('sep', 0),
        ],
        (name) => [name === 'cls' ? cls[1] : sep[1]],
      );
      if (!trim_offsets) return around;
      const trimming = trimmer(add_prefix_space);
      return {
        added: around.added,
        process: (encodings, texts, addSpecial) =>
          around.process(trimming.process(encodings, texts, addSpecial), texts, addSpecial),
      };
    },
  ),
  ByteLevel: component(
    { trim_offsets: z.boolean().default(true), add_prefix_space: z.boolean().default(true) },
    ({ trim_offsets, add_prefix_space }) => (trim_offsets ? trimmer(add_prefix_space) : UNCHANGED),
  ),
  Sequence: component({ processors: z.array(z.unknown()).max(100) }, ({ processors }, place) => {
    const all = buildAll(POST_PROCESSORS, processors, `${place}.processors`);
    if (all.filter(({ added }) => added(true) > 0).length > 1)
      throw new UserError({
        en: `${place} has several processors that put tokens in; one is supported.`,
        zh: `${place} 有多个插入词元的处理器；只支持一个。`,
      });
    return {
      process: (encodings, texts, addSpecial) =>
        all.reduce<Encoding[]>((done, { process }) => process(done, texts, addSpecial), [...encodings]),
      added: (pair) => all.reduce((sum, { added }) => sum + added(pair), 0),
    };
  }),
};

/** Texts as they are, the second of a pair of type 1. */
export const UNCHANGED: PostProcessor = {
  process: (encodings) => encodings.map((encoding, i) => (i === 0 ? encoding : withType(encoding, i))),
  added: () => 0,
};

const special = (id: string, type_id: number): Template[number] => ({ SpecialToken: { id, type_id } });
const sequence = (id: 'A' | 'B', type_id: number): Template[number] => ({ Sequence: { id, type_id } });

function template(
  single: Template,
  pair: Template,
  idsOf: (name: string) => readonly number[],
): PostProcessor {
  const count = (pieces: Template) =>
    pieces.reduce(
      (sum, piece) => sum + ('SpecialToken' in piece ? idsOf(piece.SpecialToken.id).length : 0),
      0,
    );
  const added = [count(single), count(pair)] as const;
  return {
    process(encodings, _, addSpecial) {
      const done: Encoding[] = [];
      const budget = new Budget(encodings.reduce((sum, { ids }) => sum + ids.length, 0));
      for (const piece of encodings.length === 2 ? pair : single) {
        if ('Sequence' in piece) {
          const encoding = encodings[piece.Sequence.id === 'A' ? 0 : 1];
          if (!encoding) continue;
          budget.spend(encoding.ids.length);
          done.push(withType(encoding, piece.Sequence.type_id));
        } else if (addSpecial) done.push(inserted(idsOf(piece.SpecialToken.id), piece.SpecialToken.type_id));
      }
      return done;
    },
    added: (isPair) => added[isPair ? 1 : 0],
  };
}

/** Leaves the spaces that a token of the byte alphabet begins or ends with out of where it stands. */
function trimmer(addPrefixSpace: boolean): PostProcessor {
  return {
    process: (encodings, texts) =>
      encodings.map((encoding, i) => {
        const text = texts[i] ?? '';
        const offsets = encoding.offsets.slice();
        for (let k = 0; k < offsets.length; k += 2) {
          let [start, end] = [offsets[k]!, offsets[k + 1]!];
          // The prefix space has no place of its own; what stands there is the first word.
          if (!(addPrefixSpace && start === 0 && k === 0))
            while (start < end && SPACE.test(text[start]!)) start++;
          while (end > start && SPACE.test(text[end - 1]!)) end--;
          offsets[k] = start;
          offsets[k + 1] = end;
        }
        const done = { ...encoding, offsets };
        return i === 0 ? done : withType(done, i);
      }),
    added: () => 0,
  };
}

const SPACE = /\p{White_Space}/u;

function specialIds(json: unknown, place: string): Map<string, readonly number[]> {
  const ids = new Map<string, readonly number[]>();
  if (typeof json !== 'object' || json === null)
    throw new UserError({
      en: `${place}.special_tokens: expected an object.`,
      zh: `${place}.special_tokens：应为对象。`,
    });
  for (const [name, token] of Object.entries(json)) {
    const list: unknown = token?.ids;
    if (!Array.isArray(list) || list.length > 100 || !list.every(isId))
      throw new UserError({
        en: `${place}.special_tokens: ${JSON.stringify(name)} has no list of ids.`,
        zh: `${place}.special_tokens：${JSON.stringify(name)} 没有编号列表。`,
      });
    ids.set(name, list);
  }
  return ids;
}
