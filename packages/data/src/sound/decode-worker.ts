/**
 * The thread that decodes compressed sound: FLAC, Ogg Vorbis, Ogg Opus and MP3, by libFLAC, Tremor, libopus and mpg123 compiled to
 * WebAssembly. Whatever a forged file does to them happens here, and the thread can be ended.
 */
import { parentPort } from 'node:worker_threads';
import type { Codec, DecodeAnswer, Decoded, DecodeTask } from './decode.ts';

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
  const answer = await decode(task).catch((error: NodeJS.ErrnoException): DecodeAnswer => {
    const { name } = DECODERS[task.codec];
    const missing = error.code === 'ERR_MODULE_NOT_FOUND' && error.message.includes(`'${name}'`);
    return missing ? { missing: name } : { error: error.message };
  });
  const transfer = 'channels' in answer ? answer.channels.map(({ buffer }) => buffer as ArrayBuffer) : [];
  parentPort!.postMessage(answer, transfer);
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
    if (first) throw new Error(`is damaged: ${first.message}`);
    if (values > maxValues) throw new Error(`decodes to more than ${maxValues} numbers`);
  };
  for (let at = 0; at < bytes.length; at += FED_AT_ONCE) {
    // Copied: decoders keep what they are given.
    take(await decoder.decode(bytes.slice(at, at + FED_AT_ONCE)));
  }
  if (decoder.flush) take(await decoder.flush());
  decoder.free();
  return joined(pieces);
}

function joined(pieces: readonly Piece[]): Decoded {
  const [first] = pieces;
  if (!first) throw new Error('holds no sound');
  const count = first.channelData.length;
  if (pieces.some((piece) => piece.channelData.length !== count || piece.sampleRate !== first.sampleRate)) {
    throw new Error('changes its rate or channels on the way');
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
