/** Steps 1 to 3: reads the designs, divides them, and sees how large a model their number allows. */
import { readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Localized, UserError } from '@gradus/base';
import { decodeText } from '@gradus/data';
import type { RunContext, RunSource } from '@gradus/loop';
import { Vocabulary } from '@gradus/tasks';
import type { Corpus, DesignFile, SetAside } from './kinds/kind.ts';
import { KINDS, kindOf } from './kinds/kinds.ts';
import { ENDS, LEARNING, stopwatch, untilOf } from './minutes.ts';
import type { DesignOptions } from './options.ts';
import { partOf } from './split.ts';
import { readWants } from './wants.ts';

const MOST_BYTES = 32e6;
const MOST_FILES = 20_000;
const TEXT = /\.(?:txt|json|jsonl|ndjson|xsb|sok|lvl|csv|tsv|md)$/i;
/** Read by their kind. */
const OTHERS = /\.(?:xlsx|parquet|png|gif|webp|bmp)$/i;

export interface Prepared {
  readonly corpus: Corpus;
  /** Places of the corpus's items. */
  readonly train: readonly number[];
  readonly validation: readonly number[];
  readonly test: readonly number[];
  /** That the step took. */
  readonly seconds: number;
}

export async function prepare({ run }: { readonly run: RunContext<DesignOptions> }): Promise<Prepared> {
  const seconds = stopwatch();
  const source = run.sources.designs!;
  run.progress({ en: 'reading', zh: '读取' }, 0, 1);
  const { files, setAside } = filesOf(source);
  const kind = kindOf(files);
  const read = await kind.read(
    files,
    run.random.fork('read'),
    untilOf(run.options.minutes, ENDS.reading, seconds()),
  );
  const wants = readWants(run.options.want, kind.askable(read.rules));
  const impossible = kind.impossible?.(wants, read.rules);
  if (impossible) {
    throw new UserError({ en: `--want: ${impossible.en}`, zh: `--want：${impossible.zh}` });
  }
  const rules = kind.arrange?.(read.rules, wants) ?? read.rules;
  const corpus: Corpus = {
    ...read,
    rules,
    setAside: [...setAside, ...read.setAside],
    notes: [...read.notes, licenceNote(source)],
  };
  const { items } = corpus;
  const parts = { train: [] as number[], validation: [] as number[], test: [] as number[] };
  for (const [place, item] of items.entries()) parts[partOf(corpus.groups?.[place] ?? item)].push(place);
  for (const part of ['test', 'validation'] as const) {
    // Of few items a part may have got none.
    if (parts[part].length === 0) parts[part].push(parts.train.pop()!);
  }
  return { corpus, ...parts, seconds: seconds() };
}

function filesOf({ path, address, files }: RunSource): { files: DesignFile[]; setAside: SetAside[] } {
  const isFolder = statSync(path).isDirectory();
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  if (bytes > MOST_BYTES || files.length > MOST_FILES) {
    throw new UserError({
      en: `${address} holds ${files.length} files of ${Math.round(bytes / 1e6)} MB; at most ${MOST_FILES} of ${MOST_BYTES / 1e6} MB are learnt from`,
      zh: `${address} 有 ${files.length} 个文件，共 ${Math.round(bytes / 1e6)} MB；最多学习 ${MOST_FILES} 个、${MOST_BYTES / 1e6} MB`,
    });
  }
  const read: DesignFile[] = [];
  const others: string[] = [];
  for (const { name } of files.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const file = isFolder ? join(path, name) : path;
    const text =
      TEXT.test(name) || !name.includes('.')
        ? decodeText(readFileSync(file))
        : OTHERS.test(name)
          ? ''
          : undefined;
    if (text === undefined) others.push(name);
    else read.push({ name: basename(name), folder: folderOf(name), path: file, text });
  }
  const reason = { en: 'no file that can be read', zh: '无法读取的文件' };
  return {
    files: read,
    setAside: others.length === 0 ? [] : [{ reason, count: others.length, where: others.slice(0, 5) }],
  };
}

const LICENCE = /(?:^|\/)(?:licen[cs]es?|copying|notice)(?:\.\w+)?$/i;

/** Designs of somebody else's game are learnt from as any others: nobody but the user can know whether that is allowed. */
function licenceNote({ files }: RunSource): Localized {
  const licence = files.find(({ name }) => LICENCE.test(name));
  return licence
    ? {
        en: `${licence.name} lies beside the designs: read there whether others may be made after them.`,
        zh: `设计旁附有 ${licence.name}：请查阅其中是否允许据此再创作。`,
      }
    : {
        en: 'Whose designs are these? No licence lies beside them: make others after them only where they are yours, or their owner lets you.',
        zh: '这些设计归谁所有？未附许可文件：仅当归您所有或已获授权时，才可据此再创作。',
      };
}

const folderOf = (name: string): string => (dirname(name) === '.' ? '' : dirname(name));

export interface Processed {
  /** The vocabulary's, without the edge. */
  readonly characters: readonly string[];
}

export function process({ prepare: { corpus } }: { readonly prepare: Prepared }): Processed {
  const kind = KINDS[corpus.kind];
  const { rules } = corpus;
  const forms = corpus.items.flatMap((item) => kind.variants?.(item, rules) ?? [item]);
  const sequences = forms.map((item) => kind.sequenceOf(item, rules));
  return { characters: Vocabulary.of(sequences).characters.slice(1) };
}

export interface Built {
  readonly layers: number;
  readonly features: number;
  readonly heads: number;
  readonly epochs: number;
}

/** How often each token is learnt from, at most: turned, mirrored and overlapping forms count. More teaches the originals by heart. */
const MOST_VIEWS = 96;
/** Tokens of the originals for which the larger network is worth its time. */
const MANY_TOKENS = 50_000;
/** Tokens that a network of a million parameters learns from in a second, on a core of a usual machine. */
const TOKENS_A_SECOND = 6_000;

export function build({
  run,
  prepare: { corpus, train },
}: {
  readonly run: RunContext<DesignOptions>;
  readonly prepare: Prepared;
}): Built {
  const kind = KINDS[corpus.kind];
  const { window, stride = 1 } = kind.shape(corpus.rules);
  let [own, tokens] = [0, 0];
  for (const place of train) {
    const item = corpus.items[place]!;
    const { length } = [...kind.sequenceOf(item, corpus.rules)];
    const forms = kind.variants?.(item, corpus.rules).length ?? 1;
    own += length + 1;
    tokens += forms * window * Math.max(1, Math.ceil((length - window) / stride) + 1);
  }
  const [layers, features] = own >= MANY_TOKENS ? [4, 64] : [2, 48];
  const millions = (12 * layers * features ** 2) / 1e6;
  const seconds = (tokens * millions) / TOKENS_A_SECOND;
  const share = LEARNING * (corpus.kind === 'sprites' ? 0.5 : 1);
  const enough = Math.ceil((MOST_VIEWS * own) / tokens);
  const epochs = Math.max(1, Math.min(enough, Math.floor((share * run.options.minutes * 60) / seconds)));
  return { layers, features, heads: 4, epochs };
}
