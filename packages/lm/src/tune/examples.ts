/**
 * What a model is to learn from, as people have it: JSON Lines, CSV or any other table, a row an example.
 *
 * - conversations: `messages` ([{ role, content }, …]), or `conversations` ([{ from, value }, …])
 * - prompt and completion, by these names or others that are in use (question and answer, instruction and output)
 * - plain `text`, all of which is learnt from
 */
import { type Localized, UserError } from '@gradus/base';
import { readTable } from '@gradus/data';
import { z } from 'zod';
import { MESSAGE, type Message } from '../chat/chat-template.ts';

export type Example = { readonly row: number } & (
  | { readonly kind: 'chat'; readonly messages: readonly Message[] }
  | { readonly kind: 'completion'; readonly prompt: string; readonly completion: string }
  | { readonly kind: 'text'; readonly text: string }
);

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

const SHARE_ROLES: Readonly<Record<string, string>> = { human: 'user', gpt: 'assistant' };
const MESSAGES = z.array(MESSAGE).min(1);
const SHARED = z.array(z.object({ from: z.string(), value: z.string() })).min(1);

/** @throws UserError where the file is no table, or has none of the columns */
export async function readExamples(path: string, signal?: AbortSignal): Promise<Examples> {
  const table = await readTable(path, { ...(signal && { signal }) });
  const lower = table.columns.map((name) => name.trim().toLowerCase());
  const at = (name: string) => lower.indexOf(name);
  const reader = readerOf(at);
  if (!reader) {
    throw new UserError({
      en: `${path} has the columns ${table.columns.join(', ')}. Expected "messages", or "prompt" and "completion" (also ${PAIRS.slice(
        2,
        4,
      )
        .map((pair) => pair.join(' and '))
        .join('; ')}), or "text"`,
      zh: `${path} 的列为 ${table.columns.join('、')}。应有 messages，或 prompt 与 completion（也可为 ${PAIRS.slice(
        2,
        4,
      )
        .map((pair) => pair.join(' 与 '))
        .join('；')}），或 text`,
    });
  }
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

interface Reader {
  readonly kind: Example['kind'];
  read(cells: readonly string[], row: number): Example | { readonly reason: Localized };
}

function readerOf(at: (name: string) => number): Reader | undefined {
  const chat = at('messages') >= 0 ? 'messages' : at('conversations') >= 0 ? 'conversations' : undefined;
  if (chat !== undefined) return { kind: 'chat', read: (cells, row) => chatOf(cells[at(chat)] ?? '', row) };
  const pair = PAIRS.find((names) => names.every((name) => at(name) >= 0));
  if (pair) {
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
  }
  if (at('text') < 0) return undefined;
  return {
    kind: 'text',
    read(cells, row) {
      const text = cells[at('text')] ?? '';
      return text.trim() === ''
        ? { reason: { en: 'the text is empty', zh: '文本为空' } }
        : { row, kind: 'text', text };
    },
  };
}

function chatOf(cell: string, row: number): Example | { readonly reason: Localized } {
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
