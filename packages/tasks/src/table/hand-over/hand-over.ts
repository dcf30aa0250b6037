/** What goes along with a table's model.onnx, which takes raw columns: how cells become its inputs, and what its outputs mean. */
import { readFileSync } from 'node:fs';
import { readOnnx } from '@gradus/engine';
import type { HandOver } from '@gradus/loop';
import { pixelsUrl } from '../../image/inline.ts';
import { parseBundle, readModel } from '../../recipe/service.ts';
import { TableBundle } from '../bundle.ts';
import type { RawRow } from '../columns.ts';
import type { StoredImage } from '../images/stored.ts';
import { OUTPUTS } from '../model.ts';
import { cellsOf } from '../read/forms.ts';
import { withTextVectors } from '../texts/describe-texts.ts';
import { inputsOf, TextFeeds } from '../texts/feeds.ts';
import { handedOverInWords } from './words.ts';

const EXAMPLES = 3;
const ROWS_FILE = 'rows.jsonl';

export async function tableHandOver(directory: string): Promise<HandOver> {
  const bundle = parseBundle(directory, (value) => TableBundle.parse(value));
  const taken = readOnnx(readModel(directory)).graph.inputs;
  const { texts, images, encoder } = bundle;
  const forms = bundle.forms.filter(
    ({ name }) => Object.hasOwn(taken, name) || [...texts, ...images].some((column) => column.name === name),
  );
  const rows = exampleRows({ ...bundle, forms });
  const { columns } = cellsOf(forms, rows);
  const described = encoder ? await withTextVectors(columns, encoder) : columns;
  return {
    files: {
      'preprocess.mjs': readFileSync(new URL('./preprocess.mjs', import.meta.url), 'utf8'),
      'columns.json': json(forms),
      'texts.json': json(texts),
      'images.json': json(images),
      'answer.json': json(answerMeaning(bundle.target)),
      [ROWS_FILE]: rows.map(json).join(''),
    },
    // Lines of a file alone do not make vectors.
    ...(!encoder && { lines: { file: ROWS_FILE, each: 'one row a line, as JSON' } }),
    notes: handedOverInWords(bundle),
    example: inputsOf(
      described,
      texts.map((text) => new TextFeeds(text)),
      images,
    ),
  };
}

const json = (value: unknown): string => `${JSON.stringify(value)}\n`;

/** What the outputs are, for programs. */
function answerMeaning(target: TableBundle['target']): object {
  if (target.kind === 'numbers') return { ...target, outputs: OUTPUTS, level: 0.9 };
  const { abstention, ...classes } = target;
  return {
    ...classes,
    outputs: { answer: OUTPUTS.answer },
    abstention: abstention && { errorRate: abstention.errorRate, threshold: abstention.threshold },
  };
}

/** Rows of values that are common in the columns; times are any. */
function exampleRows({ forms, candidates, images }: TableBundle): RawRow[] {
  const tried = new Map(Object.entries(candidates));
  return Array.from({ length: EXAMPLES }, (_, row) =>
    Object.fromEntries(
      forms.map(({ name, kind }): [string, string | number | null] => {
        if (kind === 'time') return [name, `2024-0${row + 1}-15`];
        if (kind === 'image') return [name, greyImage(images.find((image) => image.name === name)!)];
        const values = tried.get(name) ?? [];
        const place =
          kind === 'number'
            ? Math.floor(((row + 0.5) / EXAMPLES) * values.length)
            : Math.min(row, values.length - 1);
        return [name, values[place] ?? null];
      }),
    ),
  );
}

const greyImage = ({ size: [height, width] }: StoredImage): string =>
  pixelsUrl(new Uint8Array(3 * height * width).fill(128));
