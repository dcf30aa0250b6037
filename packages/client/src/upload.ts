/**
 * Uploads of any size, in pieces: one that breaks off goes on from where the server says that it stands. Of a `Blob` only the
 * piece that is being sent is in memory: a browser's File is one, and Node's `fs.openAsBlob(path)` another.
 */
import { ApiError } from './api-error.ts';
import type { DatasetsShowOutput, UploadsCreateOutput } from './operations.ts';

export type UploadedDataset = DatasetsShowOutput;

export interface UploadOptions {
  /** The dataset's name. */
  readonly dataset: string;
  /** The file's name; its ending says how it is read. */
  readonly file: string;
  readonly content: Blob;
  /** Of the content, in hexadecimal, where it is known: the server compares. */
  readonly sha256?: string | undefined;
  /** An upload that was begun before, by its id. */
  readonly id?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called with the upload's id, by which another process can go on with it. */
  onBegin?(id: string): void;
  onProgress?(done: number, total: number): void;
}

/** What an upload needs of the client. */
export interface UploadTransport {
  call(
    name: 'uploads.create',
    input: { dataset: string; file: string; bytes: number; sha256?: string },
  ): Promise<UploadsCreateOutput>;
  call(name: 'uploads.show', input: { id: string }): Promise<UploadsCreateOutput>;
  send(
    method: string,
    path: string,
    init: { headers: Record<string, string>; body: Blob; signal?: AbortSignal | undefined },
  ): Promise<Response>;
}

/** Bytes of a piece: sent in a few seconds by a slow line, within the time that a server gives a request. */
const PIECE = 8 * 2 ** 20;
const MOST_TRIES = 8;
/** Milliseconds before the second try; each later one waits twice as long. */
const AGAIN_AFTER = 250;

/** @throws ApiError where the server refuses it, or does not answer for about a minute */
export async function upload(transport: UploadTransport, options: UploadOptions): Promise<UploadedDataset> {
  const { dataset, file, content, sha256, signal } = options;
  const id =
    options.id ??
    (
      await transport.call('uploads.create', {
        dataset,
        file,
        bytes: content.size,
        ...(sha256 !== undefined && { sha256 }),
      })
    ).id;
  options.onBegin?.(id);
  let offset = options.id === undefined ? 0 : undefined;
  for (let tries = 0; ; ) {
    try {
      offset ??= (await transport.call('uploads.show', { id })).offset;
      options.onProgress?.(offset, content.size);
      const response = await transport.send('PATCH', `/v1/uploads/${id}`, {
        headers: { 'content-type': 'application/offset+octet-stream', 'upload-offset': String(offset) },
        body: content.slice(offset, offset + PIECE),
        signal,
      });
      const now = (await response.json()) as { offset: number; dataset?: UploadedDataset };
      [offset, tries] = [now.offset, 0];
      if (!now.dataset) continue;
      options.onProgress?.(offset, content.size);
      return now.dataset;
    } catch (error) {
      signal?.throwIfAborted();
      // The offset is read again: some of the piece may have arrived.
      const isKnown = error instanceof ApiError && !error.isPassing && error.status !== 409;
      if (isKnown || ++tries > MOST_TRIES) throw error;
      offset = undefined;
      await new Promise((resolve) => setTimeout(resolve, AGAIN_AFTER * 2 ** tries));
    }
  }
}
