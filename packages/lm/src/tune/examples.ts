/**
 * What a model is to learn from, as people have it: JSON Lines, CSV or any other table, a row an example. What its columns are called
 * and hold decides which kind of example it is, and so how the model is trained:
 *
 * - conversations: `messages` ([{ role, content }, …]), or `conversations` ([{ from, value }, …])
 * - preferences: `chosen` and `rejected`, two answers to a `prompt`
 * - prompt and completion, by these names or others that are in use (question and answer, instruction and output)
 * - classes: `text` and `label`
 * - pairs of texts that belong together: `anchor` and `positive`, `query` and `passage`, …; for an encoder question and answer too
 * - plain `text`, all of which is learnt from
 */
import { type Localized, UserError } from '@gradus/base';
import { readTable } from '@gradus/data';
import { z } from 'zod';
import { MESSAGE, type Message } from '../chat/message.ts';

export type Example = { readonly row: number } & (
  | { readonly kind: 'chat'; readonly messages: readonly Message[] }
  | { readonly kind: 'completion'; readonly prompt: string; readonly completion: string }
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'preference';
      readonly prompt: readonly Message[];
      readonly chosen: string;
      readonly rejected: string;
    }
  | { readonly kind: 'class'; readonly text: string; readonly label: string }
  | { readonly kind: 'pair'; readonly text: string; readonly partner: string }
);
export type ExampleOf<K extends Example['kind']> = Extract<Example, { readonly kind: K }>;

export interface ExampleSetAside {
  readonly row: number;
  readonly reason: Localized;
}

export interface Examples {
  readonly kind: Example['kind'];
  readonly examples: readonly Example[];
  readonly setAside: readonly ExampleSetAside[];
  readonly rowsRead: number;
}

const PAIRS: readonly (readonly [prompt: string, completion: string])[] = [
  ['prompt', 'completion'],
  ['prompt', 'response'],
  ['question', 'answer'],
  ['instruction', 'output'],
  ['instruction', 'response'],
  ['input', 'output'],
];

const PARTNERS: readonly (readonly [text: string, partner: string])[] = [
  ['anchor', 'positive'],
  ['query', 'positive'],
  ['query', 'passage'],
  ['query', 'document'],
  ['sentence1', 'sentence2'],
  ['text1', 'text2'],
];
const TEXTS = ['text', 'sentence', 'review', 'message', 'content'];
const LABELS = ['label', 'class', 'category', 'intent', 'sentiment'];

const SHARE_ROLES: Readonly<Record<string, string>> = { human: 'user', gpt: 'assistant' };
const MESSAGES = z.array(MESSAGE).min(1);
const SHARED = z.array(z.object({ from: z.string(), value: z.string() })).min(1);

/**
 * @param learner what is to learn: an encoder has classes and pairs only
 * @throws UserError where the file is no table, or has none of the columns
 */
export async function readExamples(
  path: string,
  learner: 'decoder' | 'encoder',
  signal?: AbortSignal,
): Promise<Examples> {
  const table = await readTable(path, { ...(signal && { signal }) });
  const lower = table.columns.map((name) => name.trim().toLowerCase());
  const reader = READERS[learner].map((of) => of((name) => lower.indexOf(name))).find((one) => one);
  if (!reader) throw noColumns(path, table.columns, learner);
  const examples: Example[] = [];
  const setAside: ExampleSetAside[] = table.setAside.rows.map(({ row, reason }) => ({ row, reason }));
  const seen = new Map<string, number>();
  for (const [i, cells] of table.rows.entries()) {
    const row = table.numbers[i]!;
    const read = reader.read(cells, row);
    if ('reason' in read) {
      setAside.push({ row, reason: read.reason });
      continue;
    }
    const key = JSON.stringify({ ...read, row: 0 });
    const first = seen.get(key);
    if (first !== undefined) {
      setAside.push({ row, reason: { en: `a copy of row ${first}`, zh: `与第 ${first} 行相同` } });
      continue;
    }
    seen.set(key, row);
    examples.push(read);
  }
  return { kind: reader.kind, examples, setAside, rowsRead: table.rowsRead };
}

const EXPECTED: Readonly<Record<'decoder' | 'encoder', Localized>> = {
  decoder: {
    en: '"messages"; "prompt" and "completion" (also question and answer; instruction and output); "prompt", "chosen" and "rejected"; "text" and "label"; or "text"',
    zh: 'messages；prompt 与 completion（也可为 question 与 answer；instruction 与 output）；prompt、chosen 与 rejected；text 与 label；或 text',
  },
  encoder: {
    en: '"text" and "label"; or "anchor" and "positive" (also query and passage; question and answer)',
    zh: 'text 与 label；或 anchor 与 positive（也可为 query 与 passage；question 与 answer）',
  },
};

const noColumns = (path: string, columns: readonly string[], learner: 'decoder' | 'encoder'): UserError =>
  new UserError({
    en: `${path} has the columns ${columns.join(', ')}. Expected ${EXPECTED[learner].en}`,
    zh: `${path} 的列为 ${columns.join('、')}。应有 ${EXPECTED[learner].zh}`,
  });

type Unread = { readonly reason: Localized };
interface Reader {
  readonly kind: Example['kind'];
  read(cells: readonly string[], row: number): Example | Unread;
}
/** The reader of a kind of row, where the columns are there. */
type ReaderOf = (at: (name: string) => number) => Reader | undefined;

const firstOf = (at: (name: string) => number, names: readonly string[]): number =>
  names.map(at).find((column) => column >= 0) ?? -1;

const chats: ReaderOf = (at) => {
  const column = firstOf(at, ['messages', 'conversations']);
  return column < 0 ? undefined : { kind: 'chat', read: (cells, row) => chatOf(cells[column] ?? '', row) };
};

const preferences: ReaderOf = (at) => {
  const [prompt, chosen, rejected] = [firstOf(at, PROMPTS), at('chosen'), at('rejected')];
  if (chosen < 0 || rejected < 0) return undefined;
  return {
    kind: 'preference',
    read: (cells, row) =>
      preferenceOf(row, prompt < 0 ? '' : (cells[prompt] ?? ''), cells[chosen] ?? '', cells[rejected] ?? ''),
  };
};
const PROMPTS = ['prompt', 'question', 'instruction', 'input'];

const completions: ReaderOf = (at) => {
  const pair = PAIRS.find((names) => names.every((name) => at(name) >= 0));
  if (!pair) return undefined;
  const [prompt, completion] = pair.map(at) as [number, number];
  // Alpaca's rows have what an instruction is about beside it.
  const about = pair[0] === 'instruction' ? at('input') : -1;
  return {
    kind: 'completion',
    read(cells, row) {
      const answer = cells[completion] ?? '';
      if (answer.trim() === '')
        return {
          reason: { en: 'the completion is empty: nothing to learn', zh: 'completion 为空：无可学习' },
        };
      const asked = [cells[prompt] ?? '', about >= 0 ? (cells[about] ?? '') : '']
        .filter((text) => text !== '')
        .join('\n\n');
      return { row, kind: 'completion', prompt: asked, completion: answer };
    },
  };
};

const classes: ReaderOf = (at) => {
  const [text, label] = [firstOf(at, TEXTS), firstOf(at, LABELS)];
  if (text < 0 || label < 0) return undefined;
  return {
    kind: 'class',
    read(cells, row) {
      const [own, of] = [cells[text] ?? '', (cells[label] ?? '').trim()];
      if (own.trim() === '') return EMPTY_TEXT;
      if (of === '') return { reason: { en: 'the label is empty', zh: '标签为空' } };
      return { row, kind: 'class', text: own, label: of };
    },
  };
};

const pairsOf =
  (names: readonly (readonly [string, string])[]): ReaderOf =>
  (at) => {
    const pair = names.find((both) => both.every((name) => at(name) >= 0));
    if (!pair) return undefined;
    const [text, partner] = pair.map(at) as [number, number];
    return {
      kind: 'pair',
      read(cells, row) {
        const [own, other] = [cells[text] ?? '', cells[partner] ?? ''];
        if (own.trim() === '' || other.trim() === '') return EMPTY_TEXT;
        return { row, kind: 'pair', text: own, partner: other };
      },
    };
  };

const texts: ReaderOf = (at) => {
  const column = at('text');
  if (column < 0) return undefined;
  return {
    kind: 'text',
    read(cells, row) {
      const text = cells[column] ?? '';
      return text.trim() === '' ? EMPTY_TEXT : { row, kind: 'text', text };
    },
  };
};
const EMPTY_TEXT = { reason: { en: 'the text is empty', zh: '文本为空' } };

const READERS: Readonly<Record<'decoder' | 'encoder', readonly ReaderOf[]>> = {
  decoder: [chats, preferences, completions, classes, pairsOf(PARTNERS), texts],
  encoder: [classes, pairsOf([...PARTNERS, ...PAIRS])],
};

/** Two answers to one prompt: texts, or conversations that are alike up to their last message (as trl has them). */
function preferenceOf(row: number, prompt: string, chosen: string, rejected: string): Example | Unread {
  const [said, better, worse] = [prompt, chosen, rejected].map(messagesIn);
  const before = said ?? (prompt === '' ? [] : [{ role: 'user', content: prompt }]);
  const [own, other] = [better?.at(-1)?.content ?? chosen, worse?.at(-1)?.content ?? rejected];
  const asked = before.length > 0 ? before : (better?.slice(0, -1) ?? []);
  if (typeof own !== 'string' || typeof other !== 'string' || own.trim() === '' || other.trim() === '')
    return { reason: { en: 'one of the two answers is empty', zh: '两个回答之一为空' } };
  if (own === other) return { reason: { en: 'both answers are the same', zh: '两个回答相同' } };
  return { row, kind: 'preference', prompt: asked, chosen: own, rejected: other };
}

/** The messages that a cell holds as JSON, where it does. */
function messagesIn(cell: string): readonly Message[] | undefined {
  if (!cell.startsWith('[')) return undefined;
  try {
    const found = MESSAGES.safeParse(JSON.parse(cell));
    return found.success ? found.data : undefined;
  } catch {
    return undefined;
  }
}

function chatOf(cell: string, row: number): Example | Unread {
  let json: unknown;
  try {
    json = JSON.parse(cell);
  } catch {
    return { reason: { en: 'the messages are no JSON', zh: 'messages 不是 JSON' } };
  }
  const shared = SHARED.safeParse(json);
  const messages = MESSAGES.safeParse(
    shared.success
      ? shared.data.map(({ from, value }) => ({ role: SHARE_ROLES[from] ?? from, content: value }))
      : json,
  );
  if (!messages.success)
    return {
      reason: {
        en: 'the messages are no list of { role, content }',
        zh: 'messages 不是由 { role, content } 组成的列表',
      },
    };
  if (!messages.data.some(({ role }) => role === 'assistant'))
    return {
      reason: {
        en: 'no message is the assistant’s: nothing to learn',
        zh: '没有 assistant 的消息：无可学习',
      },
    };
  return { row, kind: 'chat', messages: messages.data };
}
