import { Random } from '@gradus/base';
import { readOnnx, writeOnnx } from '@gradus/engine';
import { compile } from '@gradus/engine/node';
import { rocAuc } from '@gradus/stats';
import { beforeAll, describe, expect, it } from 'vitest';
import { STATISTICS } from '../../image/encoder.ts';
import { pixelsUrl, unreadUrl } from '../../image/inline.ts';
import { drawPicture, KINDS } from '../../image/testing/pictures.ts';
import type { ImageCells, TableRows } from '../columns.ts';
import { OUTPUTS } from '../model.ts';
import { openTable } from '../open.ts';
import { cellsOf } from '../read/forms.ts';
import { tableRows } from '../read/rows.ts';
import { tableFrom } from '../read/testing/table.ts';
import { TableOptions, tableLearning } from '../task.ts';
import { inputsOf } from '../texts/feeds.ts';
import { describeRows } from './describe-rows.ts';
import { findImages } from './find-images.ts';
import { fitImageColumn } from './image-column.ts';

const COUNT = 120;
/** A PNG of one pixel. */
const DOT =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAACXBIWXMAAAPoAAAD6AG1e1JrAAAADElEQVQImWP4z8AAAAMBAQCc479ZAAAAAElFTkSuQmCC';
const random = new Random(3);
const kinds = Array.from({ length: COUNT }, () => random.below(2));
const pictures = kinds.map((kind) => pixelsUrl(drawPicture(KINDS[kind]!, random)));
/** A third of the rows has no picture; weight says a little. */
const table = tableFrom(COUNT, {
  picture: (row) => (row % 3 === 2 ? '' : pictures[row]!),
  weight: (row) => (5 + 0.3 * kinds[row]! + random.normal()).toFixed(3),
  kind: (row) => KINDS[kinds[row]!]!,
});

describe('a column of images', () => {
  let rows: TableRows;
  beforeAll(async () => {
    const read = tableRows(table, { target: 'kind', images: ['picture'] });
    rows = (await describeRows(read.rows, STATISTICS, { folders: [undefined, undefined] })).rows;
  });

  it('has scores of models that have not seen the picture', () => {
    const { values } = rows.columns[0]!.cells as ImageCells;
    const fit = (labels: Int32Array<ArrayBuffer>) =>
      fitImageColumn(
        { name: 'picture', inputs: { pixels: 'p', isThere: 't', features: 'f' }, encoder: STATISTICS },
        values,
        {
          target: { kind: 'classes', name: 'kind', classes: [...KINDS], labels },
          groups: Int32Array.from(values.keys()),
          random: new Random(1),
        },
      )!.training;
    const there = (of: ArrayLike<number>) => Float64Array.from(of).filter((_, i) => i % 3 !== 2);
    const auc = (labels: Int32Array<ArrayBuffer>) => rocAuc(there(labels), there(fit(labels).scores));
    expect(auc(Int32Array.from(kinds))).toBeGreaterThan(0.95);
    expect(Math.abs(auc(Int32Array.from(kinds, () => random.below(2))) - 0.5)).toBeLessThan(0.2);
  });

  it('goes into one graph that takes pixels, and answers as the service does; what cannot be read is said', async () => {
    const { model } = await tableLearning.fit(rows, TableOptions.parse({ minutes: 0.1 }), {
      random: new Random(1),
    });
    const bytes = writeOnnx(tableLearning.graph(model));
    const bundle = tableLearning.parseBundle(JSON.parse(JSON.stringify(tableLearning.bundle(model))));
    const opened = await openTable(bundle, bytes);
    const graph = await compile(bytes);
    const asked = [
      { picture: pictures[0]!, weight: 5.2 },
      { picture: pictures[1]!, weight: 5.2 },
      { picture: null, weight: 5.2 },
    ];
    try {
      const answers = await opened.answer([...asked, { picture: unreadUrl('broke'), weight: 5.2 }]);
      expect(answers.slice(0, 2).map(({ prediction }) => prediction)).toEqual(
        kinds.slice(0, 2).map((kind) => KINDS[kind]),
      );
      expect(answers[3]!.unread).toEqual(['picture: broke']);
      expect(answers[3]!.probabilities).toEqual(answers[2]!.probabilities);
      const outputs = await graph.run(inputsOf(cellsOf(bundle.forms, asked).columns, [], bundle.images));
      for (const [i, { probabilities }] of answers.slice(0, 3).entries())
        expect((outputs[OUTPUTS.answer]!.data as Float32Array)[2 * i + 1]).toBeCloseTo(
          Object.values(probabilities!)[1]!,
          5,
        );
      // Rows of the table are asked by what was seen of their pictures.
      const [again] = await opened.answer(tableLearning.inputs(rows, Int32Array.of(0)));
      expect(again!.prediction).toBe(KINDS[kinds[0]!]);
      const reasons = await opened.reasons!(asked.slice(0, 1));
      expect(reasons[0]!.map(({ unit }) => unit)).toContain('picture');
      expect(readOnnx(bytes).graph.inputs['picture pixels']!.shape.slice(1)).toEqual([3, 64, 64]);
    } finally {
      await graph.close();
      await opened.close();
    }
  }, 60_000);

  it('is found by its cells; one whose files are not there is named', async () => {
    const own = { columns: ['a', 'b', 'c'], rows: pictures.map((_, i) => [DOT, `${i}.jpg`, 'x']) };
    const { columns, notes } = await findImages(own, '/nowhere');
    expect(columns).toEqual(['a']);
    expect(notes.map(({ en }) => en)).toEqual([expect.stringContaining('"b" names images, but')]);
  });

  it('keeps a picture that comes again on one side', async () => {
    const twice = {
      ...table,
      rows: [...table.rows, ['', '7', 'disc']].map((row, i) =>
        i === COUNT ? [pictures[0]!, '7', 'disc'] : row,
      ),
      numbers: Array.from({ length: COUNT + 1 }, (_, i) => i + 1),
      rowsRead: COUNT + 1,
    };
    const read = tableRows(twice, { target: 'kind', images: ['picture'] });
    const described = await describeRows(read.rows, STATISTICS, { folders: [undefined, undefined] });
    expect(described.rows.twins).toEqual([[0, COUNT]]);
    expect(described.notes[0]!.en).toContain('rows 1 and 121');
  });
});
