/** A folder of images, a folder a class, as a table: the name of each image, and its class. */
import { readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Localized } from '@gradus/base';
import { isImageName, listImages, type Table } from '@gradus/data';

export const CLASS_COLUMNS = { image: 'image', class: 'class' } as const;

/** Whether a path is a folder with at least one folder of images in it, and no other files but such. */
export function isClassFolder(path: string): boolean {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return false;
  const entries = readdirSync(path, { withFileTypes: true });
  return entries.some(
    (entry) => entry.isDirectory() && readdirSync(join(path, entry.name)).some((name) => isImageName(name)),
  );
}

export interface ClassFolder {
  readonly table: Pick<Table, 'columns' | 'rows' | 'numbers' | 'rowsRead' | 'sampled'>;
  readonly notes: readonly Localized[];
}

/** @throws UserError where there is no class with an image in it */
export function readClassFolder(path: string): ClassFolder {
  const { entries, classes } = listImages(path);
  const stem = (file: string) => file.replace(/\.[^.]+$/, '');
  const isMask = (file: string) => /\.png$/i.test(file) && photographs.has(stem(file));
  const photographs = new Set(
    entries.filter(({ file }) => /\.jpe?g$/i.test(file)).map(({ file }) => stem(file)),
  );
  const kept = entries.filter(({ file }) => !isMask(file));
  const masks = entries.length - kept.length;
  return {
    table: {
      columns: [CLASS_COLUMNS.image, CLASS_COLUMNS.class],
      rows: kept.map(({ file, label }) => [relative(path, file), classes[label]!]),
      numbers: kept.map((_, i) => i + 1),
      rowsRead: kept.length,
      sampled: false,
    },
    notes: masks === 0 ? [] : [maskNote(masks)],
  };
}

const maskNote = (count: number): Localized => ({
  en: `${count} PNG files have the name of a JPEG photograph beside them: they are taken for its masks, and not looked at.`,
  zh: `${count} 个 PNG 文件与旁边的 JPEG 照片同名，视为其掩膜，未使用。`,
});
