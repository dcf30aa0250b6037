/**
 * A report as plain data: sections of blocks. Recipes say what a report holds; rendering decides how it looks, so that the
 * same document becomes a self-contained HTML page, a page of the studio, and a file (`reportJson`).
 *
 * All text is plain: whatever a user's file contains is escaped when it is rendered. The types are inferred from Zod
 * schemas, since a server and a studio read reports from files.
 */
import { z } from 'zod';
import { chart } from './charts/chart.ts';
import { localized, text } from './text.ts';

/** Taller is no figure. */
const MOST_PIXELS = 20_000;
/** Of a picture's `data:` URL: some 1.5 MB. */
const MOST_PICTURE = 2_000_000;

const figure = z.object({ label: localized, value: text, detail: localized.exactOptional() }).readonly();

const quote = z
  .object({
    text: z.string(),
    /** The part of the text that it is quoted for. */
    stress: z.string().exactOptional(),
    /** Row number in the user's file; the first row under the header is 1. */
    row: z.number(),
    detail: localized.exactOptional(),
    /** A block of reviews holds the whole text, and the quote links to it. */
    isCited: z.boolean().exactOptional(),
  })
  .readonly();

/** Cells of a picture, at most. */
const MOST_CELLS = 100_000;

const picture = z
  .object({
    name: text,
    width: z.int().min(1),
    height: z.int().min(1),
    /** #rrggbb by number; −1 is nothing. */
    colours: z.array(z.string().regex(/^#[0-9a-f]{6}$/)).readonly(),
    /** Along the rows. */
    cells: z.array(z.int().min(-1)).max(MOST_CELLS).readonly(),
    /** A character a cell, along the rows: what stands in the file. */
    letters: z.string().exactOptional(),
    /** Cells that a way goes through, one after the other. */
    way: z
      .array(z.tuple([z.number(), z.number()]).readonly())
      .readonly()
      .exactOptional(),
  })
  .readonly();

/** Blocks that hold no other blocks. */
const simple = [
  z.object({ kind: z.literal('text'), text: localized }).readonly(),
  /** A sentence set apart: something to know before trusting what follows. */
  z
    .object({ kind: z.literal('note'), tone: z.enum(['info', 'warning', 'good']), text: localized })
    .readonly(),
  /** Headline numbers side by side. */
  z.object({ kind: z.literal('figures'), items: z.array(figure).readonly() }).readonly(),
  z
    .object({
      kind: z.literal('table'),
      caption: localized.exactOptional(),
      columns: z
        .array(z.object({ label: localized, align: z.enum(['left', 'right']).exactOptional() }).readonly())
        .readonly(),
      rows: z.array(z.array(text).readonly()).readonly(),
    })
    .readonly(),
  z
    .object({
      kind: z.literal('chart'),
      chart,
      /** What the chart shows, for those who cannot see it; also its caption. */
      caption: localized,
      /** Pixels; the width is the page's. */
      height: z.number().min(1).max(MOST_PIXELS),
    })
    .readonly(),
  /** Small pictures of square cells: sprites by their pixels, levels by their tiles. */
  z
    .object({
      kind: z.literal('pixels'),
      caption: localized,
      /** Screen pixels of a cell. */
      scale: z.number().min(1).max(32),
      items: z.array(picture).readonly(),
    })
    .readonly(),
  z
    .object({ kind: z.literal('list'), ordered: z.boolean(), items: z.array(localized).readonly() })
    .readonly(),
  /** What people wrote, word for word, with where it stands in the file. */
  z.object({ kind: z.literal('quotes'), items: z.array(quote).readonly() }).readonly(),
  /** Whole texts of the file that quotes link to. */
  z
    .object({
      kind: z.literal('reviews'),
      items: z.array(z.object({ row: z.number(), text: z.string() }).readonly()).readonly(),
    })
    .readonly(),
  /** Small photographs side by side, each with what it shows; they are in the page itself. */
  z
    .object({
      kind: z.literal('pictures'),
      items: z
        .array(
          z
            .object({
              source: z
                .string()
                .max(MOST_PICTURE)
                .regex(/^data:image\/(?:png|jpeg);base64,[A-Za-z0-9+/=]+$/),
              caption: localized,
            })
            .readonly(),
        )
        .readonly(),
    })
    .readonly(),
  /** Shares as bars of text and colour, which read on a phone and on paper as they are. */
  z
    .object({
      kind: z.literal('bars'),
      items: z
        .array(
          z
            .object({
              name: text,
              /** 0 to 1, of the width. */
              value: z.number().min(0).max(1),
              text,
              tone: z.enum(['good', 'bad', 'neutral']),
            })
            .readonly(),
        )
        .readonly(),
    })
    .readonly(),
] as const;

const simpleBlock = z.discriminatedUnion('kind', simple);

const block = z.discriminatedUnion('kind', [
  ...simple,
  /** One thing found: a sentence, one figure, what shows it; the rest on request. */
  z
    .object({
      kind: z.literal('finding'),
      title: localized,
      figure: localized,
      quotes: z.array(quote).readonly(),
      more: z.array(simpleBlock).readonly(),
    })
    .readonly(),
  /** Folded away until it is asked for. */
  z
    .object({ kind: z.literal('details'), summary: localized, blocks: z.array(simpleBlock).readonly() })
    .readonly(),
]);

const section = z
  .object({
    /** Letters, digits and dashes: the anchor in the page. */
    id: z.string(),
    title: localized,
    blocks: z.array(block).readonly(),
  })
  .readonly();

export const report = z
  .object({
    title: localized,
    /** One or two sentences under the title: what was looked at, and how sure the answer is. */
    lead: localized,
    sections: z.array(section).readonly(),
  })
  .readonly();

export type Picture = z.infer<typeof picture>;
export type Figure = z.infer<typeof figure>;
export type Quote = z.infer<typeof quote>;
export type SimpleBlock = z.infer<typeof simpleBlock>;
export type Block = z.infer<typeof block>;
export type Section = z.infer<typeof section>;
export type Report = z.infer<typeof report>;
