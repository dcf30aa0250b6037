/**
 * Texts in two languages, as a language model learns from them: documents of the public data sets in ../shared/data, each with its
 * licence. Every twentieth document of a source is held out.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { UserError } from '@gradus/base';

export type TextLanguage = 'en' | 'zh';

export interface TextDocument {
  readonly source: string;
  readonly language: TextLanguage;
  readonly heldOut: boolean;
  readonly text: string;
}

interface TextSource {
  readonly language: TextLanguage;
  readonly licence: string;
  /** Whether weights learnt from it may be passed on under any licence, given its name is said. */
  readonly free: boolean;
  /** @param folder the one of all data sets */
  read(folder: string): Iterable<string>;
}

const HELD_OUT_EVERY = 20;

const SOURCES: Readonly<Record<string, TextSource>> = {
  crosswoz: {
    language: 'zh',
    licence: 'Apache-2.0',
    free: true,
    *read(folder) {
      const dialogues = json(folder, 'crosswoz-val/val.json.xz') as Record<string, { messages: Turn[] }>;
      for (const { messages } of Object.values(dialogues))
        yield dialogue(messages.map(({ role, content }) => [role === 'usr', content!]));
    },
  },
  'crosswoz places': {
    language: 'zh',
    licence: 'Apache-2.0',
    free: true,
    *read(folder) {
      for (const kind of ['attraction', 'hotel', 'restaurant']) {
        const places = json(folder, `crosswoz-val/db/${kind}_db.json.xz`) as [
          string,
          Record<string, unknown>,
        ][];
        for (const [, fields] of places) yield described(fields);
      }
    },
  },
  'dolphinscheduler questions': questions('zh', 'dolphinscheduler', 'Apache-2.0', true),
  'dolphinscheduler questions, English': questions('en', 'dolphinscheduler', 'Apache-2.0', true),
  'tidb questions': questions('zh', 'tidb', 'CC BY-SA 3.0', false),
  'xquad, Chinese': paragraphs('zh', 'xquad-en-zh/xquad.zh.json.xz'),
  'xquad, English': paragraphs('en', 'xquad-en-zh/xquad.en.json.xz'),
  cmrc2018: paragraphs('zh', 'cmrc2018/cmrc2018_dev.json.xz'),
  'cmrc2018, trial': paragraphs('zh', 'cmrc2018/cmrc2018_trial.json.xz'),
  waimai: {
    language: 'zh',
    licence: 'none stated: for development only',
    free: false,
    *read(folder) {
      const lines = text(folder, 'waimai_10k/waimai_10k.csv').split(/\r?\n/).slice(1);
      const reviews = lines.map((line) => line.slice(2).replace(/^"|"$/g, '')).filter(Boolean);
      yield* inGroups(reviews, 8);
    },
  },
  sgd: {
    language: 'en',
    licence: 'CC BY-SA 4.0',
    free: false,
    *read(folder) {
      for (const n of ['001', '008', '015', '022', '029', '036', '043', '050', '057', '064', '092']) {
        const file = `sgd-subset/train/dialogues_${n}.json.xz`;
        for (const { turns } of json(folder, file) as { turns: Turn[] }[])
          yield dialogue(turns.map(({ speaker, utterance }) => [speaker === 'USER', utterance!]));
      }
    },
  },
  shakespeare: {
    language: 'en',
    licence: 'public domain',
    free: true,
    *read(folder) {
      yield* inGroups(text(folder, 'shakespeare-by-speaker/input.txt').split('\n\n'), 6, '\n\n');
    },
  },
  banking77: {
    language: 'en',
    licence: 'CC BY 4.0 (PolyAI)',
    free: true,
    *read(folder) {
      const rows = text(folder, 'banking77/train.csv').split(/\r?\n(?=[^\n]*,[a-z_]+(?:\r?\n|$))/i);
      const sentences = rows.slice(1).map((row) => row.replace(/,[\w?]+\s*$/, '').replace(/^"|"$/g, ''));
      yield* inGroups(sentences, 8);
    },
  },
  hwu64: {
    language: 'en',
    licence: 'CC BY 4.0 (Liu et al.)',
    free: true,
    *read(folder) {
      const rows = text(folder, 'hwu64/train.tsv').split('\n');
      yield* inGroups(
        rows.flatMap((row) => row.split('\t')[1] ?? []),
        12,
      );
    },
  },
  'SRD monsters and items': {
    language: 'en',
    licence: 'CC BY 4.0 (SRD 5.1, Wizards of the Coast)',
    free: true,
    *read(folder) {
      const lines = text(folder, 'game-characters-text/srd_magic_items.jsonl.gz').split('\n');
      for (const line of lines.filter(Boolean)) {
        const { name, desc } = JSON.parse(line) as { name: string; desc: string[] };
        yield [name, ...desc].join('\n');
      }
    },
  },
};

/** @param free only texts whose licence lets weights be passed on */
export function bilingualTexts(folder: string, { free = false } = {}): TextDocument[] {
  return Object.entries(SOURCES)
    .filter(([, source]) => source.free || !free)
    .flatMap(([source, { language, read }]) =>
      Array.from(new Set(read(folder)), (text, n) => ({
        source,
        language,
        heldOut: n % HELD_OUT_EVERY === HELD_OUT_EVERY - 1,
        text: text.replaceAll('\r', '').trim(),
      })).filter(({ text }) => text.length > 0),
    );
}

export const licences = (free: boolean): string[] =>
  Object.entries(SOURCES)
    .filter(([, source]) => source.free || !free)
    .map(([name, { language, licence }]) => `${name} (${language}): ${licence}`);

interface Turn {
  readonly role?: string;
  readonly content?: string;
  readonly speaker?: string;
  readonly utterance?: string;
}

const dialogue = (turns: readonly (readonly [user: boolean, text: string])[]): string =>
  turns.map(([user, text]) => `${user ? 'User' : 'Assistant'}: ${text.trim()}`).join('\n');

/** What is known of a place, a line a field. */
const described = (fields: Record<string, unknown>): string =>
  Object.entries(fields)
    .filter(([, value]) => value !== null && value !== '' && !(Array.isArray(value) && value.length === 0))
    .map(([name, value]) => `${name}：${Array.isArray(value) ? value.join('、') : value}`)
    .join('\n');

function questions(language: TextLanguage, product: string, licence: string, free: boolean): TextSource {
  return {
    language,
    licence,
    free,
    *read(folder) {
      for (const line of text(folder, 'product-faq/faq.jsonl').split('\n').filter(Boolean)) {
        const entry = JSON.parse(line) as Record<string, string>;
        if (entry.lang === language && entry.product === product)
          yield dialogue([
            [true, entry.question!],
            [false, entry.answer!],
          ]);
      }
    },
  };
}

function paragraphs(language: TextLanguage, file: string): TextSource {
  return {
    language,
    licence: 'CC BY-SA 4.0',
    free: false,
    *read(folder) {
      const { data } = json(folder, file) as { data: { paragraphs: Paragraph[] }[] };
      for (const { paragraphs } of data)
        for (const { context, qas } of paragraphs)
          yield [
            context,
            ...qas.map(({ question, answers }) =>
              dialogue([
                [true, question],
                [false, answers[0]?.text ?? ''],
              ]),
            ),
          ].join('\n');
    },
  };
}

interface Paragraph {
  readonly context: string;
  readonly qas: readonly {
    readonly question: string;
    readonly answers: readonly { readonly text: string }[];
  }[];
}

function* inGroups(texts: readonly string[], size: number, between = '\n'): Iterable<string> {
  for (let at = 0; at < texts.length; at += size) yield texts.slice(at, at + size).join(between);
}

const json = (folder: string, file: string): unknown => JSON.parse(text(folder, file));

/** A file as text; .xz by the program of that name, .gz by Node. */
function text(folder: string, file: string): string {
  const path = join(folder, file);
  if (!existsSync(path)) throw new UserError(`no data: ${path} is not there. Say --data FOLDER`);
  if (file.endsWith('.gz')) return gunzipSync(readFileSync(path)).toString('utf8');
  if (!file.endsWith('.xz')) return readFileSync(path, 'utf8');
  return execFileSync('xz', ['-dkc', path], { maxBuffer: 2 ** 30, encoding: 'utf8' });
}
