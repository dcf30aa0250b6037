/** What a table's model needs beside its graph: how cells are read, which classes there are, what reasons are made of. Plain JSON. */
import { z } from 'zod';
import { abstentionSchema } from '../shared/abstention.ts';
import { EncoderRef } from '../shared/brought-encoder.ts';
import type { FittedTable } from './fit.ts';
import { StoredImages, storedImages } from './images/stored.ts';
import { ColumnForm } from './read/column-form.ts';
import { StoredReasons } from './reasons.ts';
import { StoredTexts, storedTexts } from './texts/stored.ts';

export const TableBundle = z.object({
  format: z.literal('gradus-table-1'),
  forms: z.array(ColumnForm).min(1),
  /** A request to try. */
  example: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
  target: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('classes'),
      name: z.string(),
      classes: z.array(z.string()).min(2),
      abstention: abstentionSchema.nullable(),
    }),
    z.object({ kind: z.literal('numbers'), name: z.string() }),
  ]),
  texts: StoredTexts,
  images: StoredImages,
  /** What has made the vectors of texts that the graph takes; null where it takes none. Absent from models of before there was one. */
  encoder: EncoderRef.nullable().default(null),
  reasons: StoredReasons.nullable(),
  /** By column: what is tried where somebody asks what would change an answer. */
  candidates: z.record(z.string(), z.array(z.union([z.number(), z.string()]))),
});
export type TableBundle = z.infer<typeof TableBundle>;

/** What of a model its graph does not hold. */
export const bundleOf = ({
  table: { target, encoding },
  forms,
  example,
  encoder,
  reasons,
  candidates,
}: FittedTable): TableBundle => ({
  format: 'gradus-table-1',
  forms: [...forms],
  example: { ...example },
  texts: storedTexts(encoding.texts),
  images: storedImages(encoding.images),
  encoder,
  reasons,
  candidates: Object.fromEntries(Object.entries(candidates).map(([name, values]) => [name, [...values]])),
  target:
    target.kind === 'classes'
      ? {
          kind: 'classes',
          name: target.name,
          classes: [...target.classes],
          abstention: target.abstention,
        }
      : { kind: 'numbers', name: target.name },
});
