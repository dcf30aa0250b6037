/** New photographs judged by a finished run: how odd each is, whether that is too odd, and where. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '@gradus/base';
import { reasonOf } from '@gradus/data';
import { type HandOver, MODEL_FILE, type Service } from '@gradus/loop';
import { ANOMALY_INPUT, AnomalyBundle, decodeSource, openAnomaly, pixelsUrl } from '@gradus/tasks';
import { z } from 'zod';
import type { Scorers } from './scorers.ts';

const localized = z.strictObject({ en: z.string(), zh: z.string() });

export const PhotographAnswer = z.strictObject({
  /** Null where the photograph cannot be read. */
  score: z.number().nullable(),
  threshold: z.number(),
  verdict: z.enum(['good', 'defect']).nullable(),
  /** A PNG of the photograph with its odd places in red, as a `data:` URL. */
  heat: z.string().optional(),
  reason: localized.optional(),
});
export type PhotographAnswer = z.infer<typeof PhotographAnswer>;

export const PHOTOGRAPH_COLUMNS = {
  score: {
    en: 'of a photograph: how odd the piece is, in spreads of good pieces',
    zh: '照片：产品的异常程度，以良品得分的离散度为单位',
  },
  threshold: { en: 'the score from which on a piece is rejected', zh: '判为缺陷的得分阈值' },
  verdict: {
    en: 'good or defect; of other evidence meets or fails',
    zh: 'good（良品）或 defect（缺陷）；其他证据为 meets（达标）或 fails（不达标）',
  },
  heat: {
    en: 'PNG file with the odd places in red',
    zh: '以红色标出异常位置的 PNG 文件',
  },
} as const;

/** The columns that hold a photograph and its name. */
const [IMAGE, FILE] = ['image', 'file'] as const;
/** Some 40 MB of pixels. */
const MOST_PHOTOGRAPHS = 256;

type Rows = readonly Readonly<Record<string, unknown>>[];

export async function openPhotographs(directory: string, fitted: unknown): Promise<Service> {
  const bundle = bundleOf(fitted);
  const opened = await openAnomaly(bundle, readFileSync(join(directory, MODEL_FILE)));
  const { size, threshold } = bundle;
  const answerOf = async (rows: Rows, hasHeat: boolean): Promise<PhotographAnswer[]> => {
    const read = await Promise.all(
      rows.map(({ [IMAGE]: image }) =>
        decodeSource(String(image ?? ''), size).catch((error: unknown) => reasonOf(error)),
      ),
    );
    const pixels = read.filter((one) => one instanceof Uint8Array);
    const answers = await opened.answer(pixels);
    const heats = hasHeat
      ? await Promise.all(answers.map((answer, i) => opened.heatPicture(pixels[i]!, answer)))
      : [];
    let next = 0;
    return read.map((one) => {
      if (!(one instanceof Uint8Array)) return { score: null, threshold, verdict: null, reason: one };
      const place = next++;
      const { score, verdict } = answers[place]!;
      const heat = heats[place];
      return { score, threshold, verdict, ...(heat && { heat: pngUrl(heat) }) };
    });
  };
  return {
    columns: { [IMAGE]: IMAGE },
    filesAs: FILE,
    answerColumns: PHOTOGRAPH_COLUMNS,
    cells: (answer) => {
      const { score, threshold, verdict, heat = null } = answer as PhotographAnswer;
      return { score, threshold, verdict, heat };
    },
    rowOf: async (cells, folder) => {
      const source = (cells[FILE] || cells[IMAGE] || '').trim();
      try {
        return { value: { [IMAGE]: pixelsUrl(await decodeSource(source, size, folder)) } };
      } catch (error) {
        return { reason: reasonOf(error) };
      }
    },
    example: { rows: [{ [IMAGE]: pixelsUrl(new Uint8Array(3 * size[0] * size[1])) }] },
    answer: async (request) => {
      const { rows, heat = false } = request as { readonly rows: Rows; readonly heat?: boolean };
      if (rows.length > MOST_PHOTOGRAPHS) throw tooMany(rows.length);
      const missing = rows.findIndex((row) => typeof row[IMAGE] !== 'string');
      if (missing >= 0) throw noImage(missing);
      const results = await answerOf(rows, heat);
      const isDefect = results.some(({ verdict }) => verdict === 'defect');
      const isUnread = results.some(({ verdict }) => verdict === null);
      return { results, verdict: isDefect ? 'fails' : isUnread ? 'cannot tell' : 'meets', items: [] };
    },
    close: () => opened.close(),
  };
}

const pngUrl = (bytes: Uint8Array): string =>
  `data:image/png;base64,${Buffer.from(bytes).toString('base64')}`;

const bundleOf = (fitted: unknown): AnomalyBundle => z.object({ bundle: AnomalyBundle }).parse(fitted).bundle;

const tooMany = (count: number) =>
  new UserError({
    en: `A request has ${count} photographs; expected at most ${MOST_PHOTOGRAPHS}.`,
    zh: `请求中有 ${count} 张照片；最多 ${MOST_PHOTOGRAPHS} 张。`,
  });

const noImage = (row: number) =>
  new UserError({
    en: `rows.${row}.image: expected a photograph as data:image/jpeg;base64,…`,
    zh: `rows.${row}.image：应为 data:image/jpeg;base64,… 形式的照片`,
  });

/** What goes with model.onnx to those who run it without Gradus. */
export function photographHandOver({ scorers }: Scorers): HandOver | undefined {
  const scorer = scorers.find(({ kind }) => kind === 'photographs');
  if (!scorer) return undefined;
  const bundle = bundleOf(scorer.fitted);
  const [height, width] = bundle.size;
  return {
    files: { 'photographs.json': JSON.stringify(bundle) },
    notes: {
      en: `${ANOMALY_INPUT} takes photographs upright, resized to ${height} × ${width}, as bytes [batch, 3, ${height}, ${width}] (red, green, blue). score says how odd each is, is_defect whether that is at least the threshold, heat where.`,
      zh: `${ANOMALY_INPUT} 接受转正并缩放为 ${height} × ${width} 的照片，字节张量 [batch, 3, ${height}, ${width}]（红、绿、蓝）。score 为异常程度，is_defect 表示是否达到阈值，heat 为异常位置。`,
    },
    example: {
      [ANOMALY_INPUT]: {
        dtype: 'uint8',
        dims: [1, 3, height, width],
        data: new Uint8Array(3 * height * width).fill(128),
      },
    },
  };
}
