/** Pictures among answers, as files in a folder beside the predictions: a table holds their names. */
import { mkdirSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { writeWhole } from '@gradus/base/files';
import type { StreamedRow } from '@gradus/data';

const PNG = 'data:image/png;base64,';
const LONGEST_NAME = 80;

export class PictureFiles {
  readonly #directory: string;
  readonly #stem: string;
  /** From the predictions' directory on. */
  readonly names: string[] = [];

  /** @param output The file of predictions */
  constructor(output: string) {
    this.#directory = dirname(output);
    this.#stem = basename(output, extname(output));
  }

  /** The answer, with the name of a file in place of each picture. */
  withNames(row: StreamedRow, answer: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
    return Object.fromEntries(
      Object.entries(answer).map(([field, value]) => {
        if (typeof value !== 'string' || !value.startsWith(PNG)) return [field, value];
        const name = `${this.#stem}-${field}/${row.row}-${nameOf(row)}.png`;
        mkdirSync(join(this.#directory, dirname(name)), { recursive: true });
        writeWhole(join(this.#directory, name), Buffer.from(value.slice(PNG.length), 'base64'));
        this.names.push(name);
        return [field, name];
      }),
    );
  }
}

/** Of the row's first cell, what a name may have. */
const nameOf = ({ cells: [first = ''] }: StreamedRow): string =>
  basename(first, extname(first))
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}_-]+/gu, '-')
    .slice(-LONGEST_NAME) || 'row';
