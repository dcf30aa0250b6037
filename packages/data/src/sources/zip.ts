/** Parts of a zip archive as streams, with a bound on what they unpack to: a zip bomb is refused while it unpacks. */
import { UserError } from '@gradus/base';
import { type Entry, openPromise, type ZipFile } from 'yauzl';

export interface Zip extends AsyncDisposable {
  readonly names: readonly string[];
  /** The bytes that the part says it unpacks to. */
  size(part: string): number;
  /** @throws UserError where the part is damaged, or unpacks to more than `limit` bytes or than any table does */
  open(part: string, limit: number): AsyncGenerator<Buffer>;
}

const MOST_ENTRIES = 10_000;
/** Repetitive sheets pack to a hundredth. */
const LARGEST_RATIO = 250;
const HARMLESS = 64 * 2 ** 20;

/** @throws UserError for what is no whole zip archive, or leads outside itself */
export async function openZip(path: string, name: string, mostEntries = MOST_ENTRIES): Promise<Zip> {
  const damaged = (error: unknown): never => {
    if (error instanceof UserError) throw error;
    throw new UserError({
      en: `${name} cannot be unpacked (${(error as Error).message}); it may be cut short or damaged. Get or save it again.`,
      zh: `无法解压 ${name}（${(error as Error).message}）；可能不完整或已损坏。请重新获取或保存。`,
    });
  };
  const zip: ZipFile = await openPromise(path, { autoClose: false, lazyEntries: true }).catch(damaged);
  const entries = new Map<string, Entry>();
  try {
    if (zip.entryCount > mostEntries)
      throw new UserError({
        en: `${name} holds ${zip.entryCount} files; at most ${mostEntries} are expected. It is not read.`,
        zh: `${name} 含 ${zip.entryCount} 个文件；最多应为 ${mostEntries} 个。不予读取。`,
      });
    for await (const entry of zip.eachEntry()) entries.set(nameOf(entry), entry);
  } catch (error) {
    zip.close();
    damaged(error);
  }
  return {
    names: [...entries.keys()],
    size: (part) => entries.get(part)?.uncompressedSize ?? 0,
    async *open(part, limit) {
      const entry = entries.get(part);
      if (!entry)
        throw new UserError({
          en: `${name} lacks its part ${part}: it is damaged. Save it again.`,
          zh: `${name} 缺少其组成部分 ${part}：已损坏。请重新保存。`,
        });
      const most = Math.min(limit, Math.max(HARMLESS, LARGEST_RATIO * entry.compressedSize));
      const tooMuch = () =>
        new UserError({
          en: `${name}: its part ${part} unpacks to over ${Math.round(most / 2 ** 20)} MiB, from ${entry.compressedSize} bytes. It is not read; save what is needed as CSV.`,
          zh: `${name}：其组成部分 ${part} 由 ${entry.compressedSize} 字节解压后超过 ${Math.round(most / 2 ** 20)} MiB。不予读取；请将所需内容另存为 CSV。`,
        });
      if (entry.uncompressedSize > most) throw tooMuch();
      let bytes = 0;
      try {
        const stream = await zip.openReadStreamPromise(entry);
        for await (const chunk of stream as AsyncIterable<Buffer>) {
          bytes += chunk.length;
          if (bytes > most) throw tooMuch();
          yield chunk;
        }
      } catch (error) {
        damaged(error);
      }
    },
    async [Symbol.asyncDispose]() {
      zip.close();
    },
  };
}

/** Names that say nothing of their encoding are in that of the system that made the archive; on Windows in China GBK. */
function nameOf({ fileName, fileNameRaw, generalPurposeBitFlag }: Entry): string {
  const isStated = (generalPurposeBitFlag & UTF_8) !== 0 || fileNameRaw.every((byte) => byte < 0x80);
  if (isStated) return fileName;
  for (const encoding of ['utf-8', 'gb18030']) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(fileNameRaw).replaceAll('\\', '/');
    } catch {
      // Not in this one.
    }
  }
  return fileName;
}

const UTF_8 = 0x800;
