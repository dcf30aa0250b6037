import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { cleanText } from '@gradus/data';
import { fitFeatures, fitWordFeatures, TextDataset, type TextFeatures, termMatrix } from '@gradus/tasks';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handOverOf } from './hand-over.ts';

interface Tensor {
  name: string;
  shape: number[];
  datatype: string;
  data: number[];
}

const reviews = readFileSync(new URL('../../../../../examples/reviews/reviews.csv', import.meta.url), 'utf8')
  .split('\n')
  .slice(1, 400)
  .map((line) => line.replace(/^[^,]*,[^,]*,[^,]*,/, ''));
const KINDS = { runs: fitFeatures, words: fitWordFeatures };

describe.each(Object.keys(KINDS) as (keyof typeof KINDS)[])(
  'preprocess.mjs, which needs no Gradus, of %s',
  (kind) => {
    let features: TextFeatures;
    let folder: string;
    let tensorsOf: (lines: string[]) => Tensor[];

    beforeAll(async () => {
      ({ features } = KINDS[kind](reviews.map(cleanText)));
      folder = mkdtempSync(join(tmpdir(), 'gradus-hand-over-'));
      for (const [name, content] of Object.entries(handOverOf(features).files))
        writeFileSync(join(folder, name), content);
      const program = await import(/* @vite-ignore */ pathToFileURL(join(folder, 'preprocess.mjs')).href);
      ({ tensorsOf } = program as { tensorsOf: (lines: string[]) => Tensor[] });
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    /** Rows without their padding: Gradus pads sequences to a few fixed lengths. */
    const rows = ({ shape, data }: Pick<Tensor, 'shape' | 'data'>, filling: number): number[][] =>
      Array.from({ length: shape[0]! }, (_, i) => {
        const row = data.slice(i * shape[1]!, (i + 1) * shape[1]!);
        return row.slice(0, row.findLastIndex((value) => value !== filling) + 1);
      });

    const same = (lines: string[]) => {
      const texts = lines.map(cleanText);
      const ours = new TextDataset(features, texts, { matrix: termMatrix(features, texts) }).batch(
        Int32Array.from(texts.keys()),
      );
      for (const tensor of tensorsOf(lines)) {
        const { dims, data } = ours[tensor.name]!;
        const filling = tensor.name === 'terms' ? features.terms.terms.length : 0;
        const wanted = rows({ shape: [...dims], data: Array.from(data as Float32Array, Number) }, filling);
        const got = rows(tensor, filling);
        expect(got.map((row) => row.length)).toEqual(wanted.map((row) => row.length));
        for (const [i, row] of got.entries())
          for (const [k, value] of row.entries()) expect(value).toBeCloseTo(wanted[i]![k]!, 6);
      }
    };

    it('makes of reviews the very inputs that Gradus makes', () => same(reviews));

    it('makes the same of any text', () => {
      const piece = fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.constantFrom(
          '<br/>',
          '<script>let a;</script>',
          '<!-- ',
          '&lt;b&gt;',
          '&eacute;',
          '[b]',
          '**',
          '{{name}}',
          '[x](https://a.example)',
          '\n- ',
          '&amp;',
          '&#x4e0d;',
          '不',
          '好吃',
          "don't",
          'not ',
          'good ',
          '👍🏽',
          '’',
          '\u200b',
        ),
      );
      const text = fc.array(piece).map((parts) => parts.join(''));
      fc.assert(fc.property(fc.array(text, { minLength: 1, maxLength: 3 }), same));
    });
  },
);
