/**
 * Names that their writer gives without a name's capitals: "my name is john smith", "I AM JOHN SMITH", 我叫john. The words before
 * say that a name begins; a word that no name holds, or a mark, says where it ends.
 */
import { GIVEN_NAMES } from './name-lists.ts';

/** Behind these stands a name, whatever it is. */
const SURE =
  /(?:\bmy (?:full |first |last |sur|real )?name(?: is|['’]?s)|\bi am called|\bi['’]?m called|\bpeople call me)\s+/gi;
/** Behind these stands anything: only a common given name is one. */
const PERHAPS =
  /(?:\bi am|\bi['’]m|\bthis is|\bcall me|\bspeaking (?:to|with)|\bsigned,?|\bregards,?|\bsincerely,?|\b(?:name|customer|contact|recipient|patient|attn|sender|passenger)\s?[:：])\s+/gi;
/** 我叫 and the words of forms, with a name in Latin letters behind them. */
const CHINESE =
  /(?:我叫|名叫|我的名字[是叫为]?|(?:姓名|联系人|聯絡人|收件人|收货人|收貨人|寄件人|收款人|付款人|持卡人|患者|负责人|经办人|申请人|户主)(?:\s?[:：是为]|(?=\s)))\s{0,2}/g;

const NAME_WORD = /[\p{L}][\p{L}'’-]*\.?/uy;
const MOST_WORDS = 4;

/** Words that stand beside names and are part of none; and what "my name is" goes on with where no name follows. */
const NO_NAME = new Set(
  `a about after again ai all already also am an and any are as at back be because been before being bought but by call called calling can
cannot cant changed correct could currently dear did different do does done email for from get give good got had happy has have he hello help her
here hi him his how i if im in incorrect is it its just know let listed live living long look looking mail me misspelled missing more much my
need never new no not now number of ok old on one only or order ordered our out paid phone please private received registered return returned
sad said say she shown signed so sorry spelled spelt spelling still sure thank thanks that the their them then there they this to today too
took tried trying unknown up upset urgent us using very want wanted was we were what when where which who why will wish with work working
would writing written wrong yes yesterday yet you your n/a none null test`.split(/\s+/),
);
/** Given names that are words, too, where nothing else says that a name is meant. */
const WORDS_TOO = new Set([
  'christian',
  'jordan',
  'austin',
  'dallas',
  'sierra',
  'jean',
  'ming',
  'ali',
  'raj',
  'madison',
  'victoria',
]);

interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** The words from `at` that may be a name's, up to one that is none or to a mark; and whether something ended them. */
function wordsAt(text: string, at: number): { words: Word[]; ended: boolean } {
  const words: Word[] = [];
  let from = at;
  while (words.length < MOST_WORDS) {
    NAME_WORD.lastIndex = from;
    const word = NAME_WORD.exec(text)?.[0].replace(/\.$/, '');
    if (word === undefined || NO_NAME.has(word.toLowerCase()) || /\p{Script=Han}/u.test(word)) {
      return { words, ended: true };
    }
    const end = from + word.length;
    words.push({ text: word, start: from, end });
    if (text[end] === '.' && word.length > 1) return { words, ended: true };
    from = text[end] === '.' ? end + 1 : end;
    if (!/[ ·]/.test(text[from] ?? '')) return { words, ended: !/[\p{L}\d@_]/u.test(text[from] ?? '') };
    from += 1;
  }
  return { words, ended: false };
}

const isGiven = ({ text }: Word): boolean => GIVEN_NAMES.has(text.toLowerCase());

export function* findSaidNames(text: string): Generator<{ start: number; end: number; confidence: number }> {
  const name = (words: readonly Word[], confidence: number) => ({
    start: words[0]!.start,
    end: words.at(-1)!.end,
    confidence,
  });
  for (const { index, 0: lead } of text.matchAll(SURE)) {
    const { words, ended } = wordsAt(text, index + lead.length);
    // Where nothing ends them, the sentence goes on: a name and a family name.
    if (words.length > 0 && words[0]!.text.length > 1)
      yield name(ended ? words.slice(0, 3) : words.slice(0, 2), 0.84);
  }
  for (const { index, 0: lead } of text.matchAll(PERHAPS)) {
    const { words, ended } = wordsAt(text, index + lead.length);
    const [first] = words;
    if (!first || !isGiven(first)) continue;
    const alone = words.length === 1;
    if (alone && (!ended || WORDS_TOO.has(first.text.toLowerCase()))) continue;
    if (words.length <= 3 && ended) yield name(words, 0.7);
  }
  for (const { index, 0: lead } of text.matchAll(CHINESE)) {
    const { words } = wordsAt(text, index + lead.length);
    const [first] = words;
    // KFC and such are no person's.
    const initials =
      words.length === 1 && first !== undefined && /^[A-Z]{1,4}$/.test(first.text) && !isGiven(first);
    if (first && first.text.length > 1 && !initials) yield name(words, 0.83);
  }
}
