/**
 * A real encoder beside what is distilled of it: Google's Universal Sentence Encoder lite for English (7 million weights, ONNX), on
 * the questions of banking77. Skipped where the data do not lie beside the repository.
 */
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bytes, decimals, percent } from '@gradus/base';
import { csvLine, readTable, readTokenizer } from '@gradus/data';
import { compileFile } from '@gradus/engine/node';
import { distil, type Teacher } from '@gradus/lm';
import type { Measurement } from '../measurement.ts';

const DATA = join(import.meta.dirname, '../../../shared/data');
const BATCH = 32;
const LONGEST = 128;
/** Rows of the file that are used. */
const ROWS = 2000;

export async function* distilling(): AsyncGenerator<Measurement> {
  const [encoder, questions] = [join(DATA, 'weights-use-lite-en'), join(DATA, 'banking77/train.csv')];
  if (!existsSync(encoder) || !existsSync(questions)) return;
  const folder = mkdtempSync(join(tmpdir(), 'gradus-bench-distil-'));
  const { teacher, close } = await openTeacher(encoder);
  try {
    const some = join(folder, 'rows.csv');
    const { columns, rows } = await readTable(questions);
    // The file is sorted by class: every so many rows.
    const chosen = Array.from({ length: ROWS }, (_, i) => rows[Math.floor((i * rows.length) / ROWS)]!);
    writeFileSync(some, [columns, ...chosen].map(csvLine).join(''));
    const found = await distil(teacher, some, { out: join(folder, 'small') });
    for (const line of found.table) {
      yield {
        what: `banking77, ${found.heldOut} questions held out of ${found.texts}: ${line.model}`,
        gradus: `${percent(line.accuracy!)} (${line.interval!.map((bound) => percent(bound)).join(' – ')}), ${bytes(line.bytes)}, ${decimals(line.milliseconds, 3)} ms a text`,
      };
    }
  } finally {
    await close();
    rmSync(folder, { recursive: true });
  }
}

async function openTeacher(folder: string): Promise<{ teacher: Teacher; close(): Promise<void> }> {
  const path = join(folder, 'use-lite-en.onnx');
  const tokenizer = readTokenizer(join(folder, 'tokenizer.json'));
  const compiled = await compileFile(path, {});
  const embed = async (texts: readonly string[]) => {
    const found: Float32Array[] = [];
    for (let from = 0; from < texts.length; from += BATCH) {
      const rows = texts
        .slice(from, from + BATCH)
        .map((text) =>
          [...tokenizer.encode(text.replace(/\s+/g, ' '), { padding: null }).ids].slice(0, LONGEST),
        );
      const time = rows.reduce((longest, { length }) => Math.max(longest, length), 1);
      const data = BigInt64Array.from(
        rows.flatMap((ids) => Array.from({ length: time }, (_, i) => BigInt(ids[i] ?? 8000))),
      );
      const { embedding } = await compiled.run({
        tokens: { dtype: 'int64', dims: [rows.length, time], data },
      });
      found.push((embedding!.data as Float32Array).slice());
    }
    const dimensions = found[0]!.length / Math.min(BATCH, texts.length);
    const all = new Float32Array(texts.length * dimensions);
    let at = 0;
    for (const part of found) {
      all.set(part, at);
      at += part.length;
    }
    return { data: all, dimensions };
  };
  return {
    teacher: { tokenizer, bytes: statSync(path).size, embed },
    close: () => compiled.close(),
  };
}
