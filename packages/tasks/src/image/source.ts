/** A photograph as a cell or a request gives it: a file's name, or a `data:` URL of an image file. */
import { type Localized, UserError } from '@gradus/base';
import { decodeImage, decodeImageBytes, fileInside } from '@gradus/data';
import { DATA_URL, isInline, MOST_CHARACTERS, readPixelsUrl, readUnreadUrl } from './inline.ts';

/**
 * @param folder Where names are looked for; absent where only images themselves are taken, as from a request
 * @returns [3, height, width] @throws Error with the reason
 */
export async function decodeSource(
  source: string,
  size: readonly [height: number, width: number],
  folder?: string,
): Promise<Uint8Array> {
  const decoded = readPixelsUrl(source, 3 * size[0] * size[1]);
  if (decoded) return decoded;
  const unread = readUnreadUrl(source);
  if (unread !== undefined) throw new Error(unread);
  if (isInline(source)) {
    const head = DATA_URL.exec(source)?.[0];
    if (head === undefined || source.length > MOST_CHARACTERS) throw new UserError(NO_IMAGE);
    return decodeImageBytes(new Uint8Array(Buffer.from(source.slice(head.length), 'base64')), { size });
  }
  if (folder === undefined) throw new UserError(NO_FILES);
  return decodeImage(fileInside(folder, source), { size });
}

const NO_IMAGE: Localized = {
  en: 'is no image; expected data:image/…;base64,… of at most 36 MB',
  zh: '不是图像；应为不超过 36 MB 的 data:image/…;base64,…',
};
const NO_FILES: Localized = {
  en: 'names a file, which a request cannot; send the image itself as data:image/jpeg;base64,…',
  zh: '是文件名，请求中不可使用；请以 data:image/jpeg;base64,… 发送图像本身',
};
