/**
 * The thread that decodes compressed sound: FLAC, Ogg Vorbis, Ogg Opus and MP3, by libFLAC, Tremor, libopus and mpg123 compiled to
 * WebAssembly. Whatever a forged file does to them happens here, and the thread can be ended.
 */
import { parentPort } from 'node:worker_threads';
import { UserError } from '@gradus/base';
import { reasonOf } from '../files.ts';
import type { Codec, Decoded, DecodeReply, DecodeTask } from './decode.ts';

interface Piece {
  readonly channelData: readonly Float32Array[];
  readonly samplesDecoded: number;
  readonly sampleRate: number;
  readonly errors: readonly { readonly message: string }[];
}

interface Decoder {
  readonly ready: Promise<void>;
  decode(bytes: Uint8Array): Piece | Promise<Piece>;
  /** What is left when the file is at its end. */
  flush?(): Promise<Piece>;
  free(): void;
}

/** The decoders are optional packages (19 MB), and one is loaded when a file needs it. */
const DECODERS: Readonly<Record<Codec, { readonly name: string; open(): Promise<Decoder> }>> = {
  flac: {
    name: '@wasm-audio-decoders/flac',
    open: async () => new (await import('@wasm-audio-decoders/flac')).FLACDecoder(),
  },
  vorbis: {
    name: '@wasm-audio-decoders/ogg-vorbis',
    open: async () => new (await import('@wasm-audio-decoders/ogg-vorbis')).OggVorbisDecoder(),
  },
  opus: {
    name: 'ogg-opus-decoder',
    open: async () => new (await import('ogg-opus-decoder')).OggOpusDecoder(),
  },
  mp3: { name: 'mpg123-decoder', open: async () => new (await import('mpg123-decoder')).MPEGDecoder() },
};

/** A few bytes can stand for seconds of silence: files are fed in bits so small that the limit is seen in time. */
const FED_AT_ONCE = 4096;

// The decoders write what they find wrong to the console, too.
console.error = () => {};

parentPort!.on('message', async (task: DecodeTask) => {
  const reply = await decode(task).catch((error: NodeJS.ErrnoException): DecodeReply => {
    const { name } = DECODERS[task.codec];
    const missing = error.code === 'ERR_MODULE_NOT_FOUND' && error.message.includes(`'${name}'`);
    return missing ? { missing: name } : { error: reasonOf(error) };
  });
  const transfer = 'channels' in reply ? reply.channels.map(({ buffer }) => buffer as ArrayBuffer) : [];
  parentPort!.postMessage(reply, transfer);
});

async function decode({ bytes, codec, maxValues }: DecodeTask): Promise<Decoded> {
  const decoder = await DECODERS[codec].open();
  await decoder.ready;
  const pieces: Piece[] = [];
  let values = 0;
  const take = (piece: Piece) => {
    if (piece.samplesDecoded > 0) pieces.push(piece);
    values += piece.samplesDecoded * piece.channelData.length;
    const [first] = piece.errors;
    if (first) throw new UserError({ en: `is damaged: ${first.message}`, zh: `已损坏：${first.message}` });
    if (values > maxValues)
      throw new UserError({
        en: `decodes to more than ${maxValues} numbers`,
        zh: `解码结果超过 ${maxValues} 个数`,
      });
  };
  for (let at = 0; at < bytes.length; at += FED_AT_ONCE) {
    // Copied: decoders keep their input.
    take(await decoder.decode(bytes.slice(at, at + FED_AT_ONCE)));
  }
  if (decoder.flush) take(await decoder.flush());
  decoder.free();
  return joined(pieces);
}

function joined(pieces: readonly Piece[]): Decoded {
  const [first] = pieces;
  if (!first) throw new UserError({ en: 'holds no sound', zh: '不含声音' });
  const count = first.channelData.length;
  if (pieces.some((piece) => piece.channelData.length !== count || piece.sampleRate !== first.sampleRate)) {
    throw new UserError({
      en: 'changes its rate or channels on the way',
      zh: '采样率或声道数中途变化',
    });
  }
  const length = pieces.reduce((sum, { channelData }) => sum + channelData[0]!.length, 0);
  const channels = first.channelData.map((_, channel) => {
    const whole = new Float32Array(length);
    pieces.reduce((at, { channelData }) => {
      whole.set(channelData[channel]!, at);
      return at + channelData[channel]!.length;
    }, 0);
    return whole;
  });
  return { rate: first.sampleRate, channels };
}
