/** Image files that a path names: one, or all in a folder and below it, by name. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '@gradus/base';

/** Whether a path is an image, or a folder of them, and no file of texts. */
export async function isImagePath(path: string): Promise<boolean> {
  const { isImageName } = await import('@gradus/data');
  return isImageName(path) || (statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false);
}

/** @throws UserError where there is no image */
export async function imagesOf(path: string): Promise<string[]> {
  const { isImageName } = await import('@gradus/data');
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats) throw new UserError({ en: `${path} does not exist`, zh: `${path} 不存在` });
  if (!stats.isDirectory()) return [path];
  const files = readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && isImageName(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  if (files.length > 0) return files;
  throw new UserError({
    en: `${path} has no image: expected files of JPEG, PNG, WebP, AVIF, GIF, TIFF, BMP or SVG`,
    zh: `${path} 中没有图像：应包含 JPEG、PNG、WebP、AVIF、GIF、TIFF、BMP 或 SVG 文件`,
  });
}
