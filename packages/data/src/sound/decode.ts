/**
 * Decodes sound files, whose format their first bytes show, to samples. Compressed ones are decoded in a worker thread with limits
 * in size and time, so that a forged file costs an error and not the process.
 */
import { Worker } from 'node:worker_threads';
import { type Localized, neverStarted, programBeside, UserError } from '@gradus/base';
import { HIGHEST_RATE, LOWEST_RATE, MOST_CHANNELS, type Sound } from './sound.ts';
import { isWav, readWav } from './wav.ts';

export type Codec = 'flac' | 'vorbis' | 'opus' | 'mp3';

/** What the thread decodes. */
export interface DecodeTask {
  readonly bytes: Uint8Array;
  readonly codec: Codec;
  readonly maxValues: number;
}

export interface Decoded {
  readonly rate: number;
  readonly channels: Float32Array[];
}

/** What it answers: else the reason, or the name of the package that is not installed. */
export type DecodeReply = Decoded | { readonly error: Localized } | { readonly missing: string };

export interface DecodeLimits {
  /** Numbers that a file may decode to, all channels counted. Default 100 million: 19 minutes of stereo at 44,100 Hz. */
  readonly maxValues?: number;
  /** Milliseconds that decoding one file may take. Default 30,000. */
  readonly timeout?: number;
}

/** Megabytes of the thread's own objects; samples are counted by `maxValues`. */
const HEAP = 256;

/**
 * Decodes one file after the other, in one thread:
 *
 *     using decoder = new SoundDecoder();
 *     const { rate, channels } = await decoder.decode(readFileSync(path), path);
 */
export class SoundDecoder implements Disposable {
  readonly #limits: Required<DecodeLimits>;
  #worker: Worker | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor({ maxValues = 100e6, timeout = 30_000 }: DecodeLimits = {}) {
    this.#limits = { maxValues, timeout };
  }

  /**
   * @param name of the file, for errors
   * @throws UserError naming the file and what is wrong with it
   */
  async decode(bytes: Uint8Array, name: string): Promise<Sound> {
    if (isWav(bytes)) {
      // No sample takes less than a byte.
      if (bytes.length > 8 * this.#limits.maxValues)
        throw new UserError({ en: `${name}: is too large`, zh: `${name}：过大` });
      return readWav(bytes, name);
    }
    const codec = codecOf(bytes, name);
    const decoding = this.#last.then(() => this.#decode(bytes, codec, name));
    this.#last = decoding.catch(() => {});
    const { rate, channels } = await decoding;
    if (rate < LOWEST_RATE || rate > HIGHEST_RATE || channels.length > MOST_CHANNELS) {
      throw new UserError({
        en: `${name}: has ${channels.length} channels of ${rate} samples a second; expected at most ${MOST_CHANNELS}, of ${LOWEST_RATE} to ${HIGHEST_RATE}`,
        zh: `${name}：有 ${channels.length} 个声道，每秒 ${rate} 个采样；最多 ${MOST_CHANNELS} 个声道，采样率 ${LOWEST_RATE} 到 ${HIGHEST_RATE}`,
      });
    }
    const promised = codec === 'flac' ? flacLength(bytes) : 0;
    if (channels[0]!.length < promised) {
      throw new UserError({
        en: `${name}: is cut off: its header promises ${promised} samples, it has ${channels[0]!.length}`,
        zh: `${name}：文件不完整：文件头标明 ${promised} 个采样，实有 ${channels[0]!.length} 个`,
      });
    }
    const bad = channels.some((channel) => channel.some((value) => !Number.isFinite(value)));
    if (bad)
      throw new UserError({
        en: `${name}: is damaged: it decodes to what are no numbers`,
        zh: `${name}：已损坏：解码结果不是有效数值`,
      });
    if (codec === 'opus') {
      const length = opusLength(bytes);
      return { rate, channels: channels.map((channel) => channel.subarray(0, length)) };
    }
    // mpg123 gives two channels, the same twice where a file has one.
    const [left, right] = channels;
    const twice = codec === 'mp3' && right && left!.every((value, i) => value === right[i]);
    return { rate, channels: twice ? [left!] : channels };
  }

  async #decode(bytes: Uint8Array, codec: Codec, name: string): Promise<Decoded> {
    this.#worker ??= new Worker(programBeside(import.meta.url, 'decode-worker'), {
      resourceLimits: { maxOldGenerationSizeMb: HEAP },
      execArgv: [],
    });
    const worker = this.#worker;
    worker.ref();
    const { maxValues, timeout } = this.#limits;
    const { promise, resolve, reject } = Promise.withResolvers<Decoded>();
    const refuse = ({ en, zh }: Localized) =>
      reject(new UserError({ en: `${name}: ${en}`, zh: `${name}：${zh}` }));
    const fail = (error: Error) => {
      const { message } = error;
      const cause = neverStarted(error);
      if (cause) reject(cause);
      else refuse({ en: `cannot be decoded: ${message}`, zh: `无法解码：${message}` });
    };
    const exit = () => refuse({ en: 'cannot be decoded: its decoder stopped', zh: '无法解码：解码器已停止' });
    const answer = (reply: DecodeReply) => {
      if ('missing' in reply) reject(notInstalled(name, codec, reply.missing));
      else if ('error' in reply) refuse(reply.error);
      else resolve(reply);
    };
    const seconds = timeout / 1000;
    const timer = setTimeout(
      () => refuse({ en: `took longer than ${seconds} s to decode`, zh: `解码超过 ${seconds} 秒` }),
      timeout,
    );
    worker.on('message', answer).on('error', fail).on('exit', exit);
    worker.postMessage({ bytes, codec, maxValues } satisfies DecodeTask);
    try {
      return await promise;
    } catch (error) {
      // A broken file may corrupt the decoder's memory: the thread ends with it.
      this.#worker = undefined;
      worker.off('error', fail).on('error', () => {});
      await worker.terminate();
      throw error;
    } finally {
      clearTimeout(timer);
      // A thread that waits for work keeps no program running.
      worker.unref();
      worker.off('message', answer).off('error', fail).off('exit', exit);
    }
  }

  [Symbol.dispose](): void {
    void this.#worker?.terminate();
    this.#worker = undefined;
  }
}

function notInstalled(name: string, codec: Codec, decoder: string): UserError {
  return new UserError({
    en: `${name}: the decoder for ${codec} is not installed. Install it beside Gradus: npm i ${decoder}`,
    zh: `${name}：未安装 ${codec} 的解码器。请与 Gradus 一起安装：npm i ${decoder}`,
  });
}

/** The codec by the file's first bytes. @throws UserError where it is none that is known */
function codecOf(bytes: Uint8Array, name: string): Codec {
  const starts = (text: string, at = 0) =>
    bytes.length >= at + text.length &&
    [...text].every((letter, i) => bytes[at + i] === letter.charCodeAt(0));
  if (starts('fLaC')) return 'flac';
  if (starts('OggS') && bytes.length > 27 + bytes[26]! + 12) {
    // A page's header, then the codec's: its name and soon its channels.
    const first = 27 + bytes[26]!;
    const format = OGG.find(({ mark }) => starts(mark, first));
    if (format) {
      const channels = format.channels(bytes, first);
      if (channels <= MOST_CHANNELS) return format.codec;
      throw new UserError({
        en: `${name}: has ${channels} channels; expected at most ${MOST_CHANNELS}`,
        zh: `${name}：有 ${channels} 个声道；最多 ${MOST_CHANNELS} 个`,
      });
    }
  }
  // An ID3 tag, or a frame of layer III: eleven bits set, no reserved version.
  const frame = bytes[0] === 0xff && (bytes[1]! & 0xe6) === 0xe2 && (bytes[1]! & 0x18) !== 0x08;
  if (starts('ID3') || frame) return 'mp3';
  throw new UserError({
    en: `${name}: is no WAV, FLAC, Ogg Vorbis, Ogg Opus or MP3 file`,
    zh: `${name}：不是 WAV、FLAC、Ogg Vorbis、Ogg Opus 或 MP3 文件`,
  });
}

/** Codecs in Ogg, by what their first packet begins with (Vorbis I; RFC 7845; Ogg FLAC mapping). */
const OGG: readonly {
  readonly codec: Codec;
  readonly mark: string;
  channels(bytes: Uint8Array, at: number): number;
}[] = [
  { codec: 'vorbis', mark: '\x01vorbis', channels: (bytes, at) => bytes[at + 11]! },
  { codec: 'opus', mark: 'OpusHead', channels: (bytes, at) => bytes[at + 9]! },
  { codec: 'flac', mark: '\x7fFLAC', channels: () => 1 },
];

/** Samples by the stream's header (RFC 9639, 8.2); 0 where it does not say. */
function flacLength(bytes: Uint8Array): number {
  const native = bytes[0] === 'f'.charCodeAt(0) && bytes.length >= 26;
  if (!native) return 0;
  return bytes.subarray(22, 26).reduce((sum, byte) => sum * 256 + byte, bytes[21]! & 15);
}

/** Samples by the position on the last page, less those skipped at the start; the decoder fills the last packet (RFC 7845, 4.4). */
function opusLength(bytes: Uint8Array): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const last = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).lastIndexOf('OggS');
  if (last + 14 > bytes.length) return undefined;
  const length = Number(view.getBigInt64(last + 6, true)) - view.getUint16(27 + bytes[26]! + 10, true);
  return length > 0 ? length : undefined;
}
