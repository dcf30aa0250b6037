/**
 * Sound files of any kind that is known by its first bytes, to samples. What is compressed is decoded in a thread of its own, with
 * limits in size and time, so that a forged file costs a message and not the program.
 */
import { Worker } from 'node:worker_threads';
import { neverStarted, programBeside, UserError } from '@gradus/base';
import { HIGHEST_RATE, LOWEST_RATE, MOST_CHANNELS, type Sound } from './sound.ts';
import { isWav, readWav } from './wav.ts';

export type Codec = 'flac' | 'vorbis' | 'opus' | 'mp3';

/** What the thread is told. */
export interface DecodeTask {
  readonly bytes: Uint8Array;
  readonly codec: Codec;
  readonly maxValues: number;
}

/** What it answers where all went well. */
export interface Decoded {
  readonly rate: number;
  readonly channels: Float32Array[];
}

/** What it answers: else the reason, or the name of the package that is not installed. */
export type DecodeAnswer = Decoded | { readonly error: string } | { readonly missing: string };

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
      if (bytes.length > 8 * this.#limits.maxValues) throw new UserError(`${name}: is too large`);
      return readWav(bytes, name);
    }
    const codec = codecOf(bytes, name);
    const turn = this.#last.then(() => this.#ask(bytes, codec, name));
    this.#last = turn.catch(() => {});
    const { rate, channels } = await turn;
    if (rate < LOWEST_RATE || rate > HIGHEST_RATE || channels.length > MOST_CHANNELS) {
      throw new UserError(
        `${name}: has ${channels.length} channels of ${rate} samples a second; expected at most ${MOST_CHANNELS}, of ${LOWEST_RATE} to ${HIGHEST_RATE}`,
      );
    }
    const promised = codec === 'flac' ? flacLength(bytes) : 0;
    if (channels[0]!.length < promised) {
      throw new UserError(
        `${name}: is cut off: its header promises ${promised} samples, it has ${channels[0]!.length}`,
      );
    }
    const bad = channels.some((channel) => channel.some((value) => !Number.isFinite(value)));
    if (bad) throw new UserError(`${name}: is damaged: it decodes to what are no numbers`);
    if (codec === 'opus') {
      const length = opusLength(bytes);
      return { rate, channels: channels.map((channel) => channel.subarray(0, length)) };
    }
    // mpg123 gives two channels, the same twice where a file has one.
    const [left, right] = channels;
    const twice = codec === 'mp3' && right && left!.every((value, i) => value === right[i]);
    return { rate, channels: twice ? [left!] : channels };
  }

  async #ask(bytes: Uint8Array, codec: Codec, name: string): Promise<Decoded> {
    this.#worker ??= new Worker(programBeside(import.meta.url, 'decode-worker'), {
      resourceLimits: { maxOldGenerationSizeMb: HEAP },
      execArgv: [],
    });
    const worker = this.#worker;
    worker.ref();
    const { maxValues, timeout } = this.#limits;
    const { promise, resolve, reject } = Promise.withResolvers<Decoded>();
    const refuse = (reason: string) => reject(new UserError(`${name}: ${reason}`));
    const fail = (error: Error) =>
      reject(neverStarted(error) ?? new UserError(`${name}: cannot be decoded: ${error.message}`));
    const exit = () => refuse('cannot be decoded: its decoder stopped');
    const answer = (given: DecodeAnswer) => {
      if ('missing' in given) reject(notInstalled(name, codec, given.missing));
      else if ('error' in given) refuse(given.error);
      else resolve(given);
    };
    const timer = setTimeout(() => refuse(`took longer than ${timeout / 1000} s to decode`), timeout);
    worker.on('message', answer).on('error', fail).on('exit', exit);
    worker.postMessage({ bytes, codec, maxValues } satisfies DecodeTask);
    try {
      return await promise;
    } catch (error) {
      // What a broken file leaves behind in the decoder's memory is thrown away with the thread.
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
export function codecOf(bytes: Uint8Array, name: string): Codec {
  const starts = (text: string, at = 0) =>
    bytes.length >= at + text.length &&
    [...text].every((letter, i) => bytes[at + i] === letter.charCodeAt(0));
  if (starts('fLaC')) return 'flac';
  if (starts('OggS') && bytes.length > 27 + bytes[26]! + 12) {
    // A page's header, then the codec's: its name and soon its channels.
    const first = 27 + bytes[26]!;
    const found = OGG.find(({ mark }) => starts(mark, first));
    if (found) {
      const channels = found.channels(bytes, first);
      if (channels <= MOST_CHANNELS) return found.codec;
      throw new UserError(`${name}: has ${channels} channels; expected at most ${MOST_CHANNELS}`);
    }
  }
  // An ID3 tag, or a frame of layer III: eleven bits set, no reserved version.
  const frame = bytes[0] === 0xff && (bytes[1]! & 0xe6) === 0xe2 && (bytes[1]! & 0x18) !== 0x08;
  if (starts('ID3') || frame) return 'mp3';
  throw new UserError(`${name}: is no WAV, FLAC, Ogg Vorbis, Ogg Opus or MP3 file`);
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
