/**
 * WAV (Microsoft and IBM, "Multimedia Programming Interface and Data Specifications 1.0", 1991; WAVE_FORMAT_EXTENSIBLE: Microsoft,
 * "Multiple Channel Audio Data and WAVE Files", 2001): a RIFF file of chunks, of which `fmt ` says what the samples in `data`
 * are. Read here: whole numbers of 8, 16, 24 or 32 bits and floats of 32 or 64.
 */
import { UserError } from '@gradus/base';
import { HIGHEST_RATE, LOWEST_RATE, MOST_CHANNELS, type Sound } from './sound.ts';

const PCM = 1;
const FLOAT = 3;
const EXTENSIBLE = 0xfffe;
/** Sizes that writers give which cannot go back to write the true one: the data go on to the end of the file. */
const UNKNOWN_SIZES = [0, 0xffffffff];

interface Format {
  readonly kind: string;
  readonly channels: number;
  readonly rate: number;
  readonly bytes: number;
  readonly frame: number;
}

/** Throws with the reason in both languages. */
type Refuse = (en: string, zh: string) => never;

type Reader = (view: DataView, at: number) => number;

/** One sample, by kind and bits, as a number from −1 to 1. */
const READERS: Readonly<Record<string, Reader>> = {
  'pcm 8': (view, at) => (view.getUint8(at) - 128) / 2 ** 7,
  'pcm 16': (view, at) => view.getInt16(at, true) / 2 ** 15,
  'pcm 24': (view, at) => (view.getUint16(at, true) + view.getInt8(at + 2) * 2 ** 16) / 2 ** 23,
  'pcm 32': (view, at) => view.getInt32(at, true) / 2 ** 31,
  'float 32': (view, at) => view.getFloat32(at, true),
  'float 64': (view, at) => view.getFloat64(at, true),
};

export const isWav = (bytes: Uint8Array): boolean => tag(bytes, 0) === 'RIFF' && tag(bytes, 8) === 'WAVE';

/**
 * @param name of the file, for errors
 * @throws UserError naming the file and what is wrong with it
 */
export function readWav(bytes: Uint8Array, name: string): Sound {
  const refuse: Refuse = (en, zh) => {
    throw new UserError({ en: `${name}: ${en}`, zh: `${name}：${zh}` });
  };
  if (!isWav(bytes))
    refuse('is not a WAV file: it does not begin with RIFF and WAVE', '不是 WAV 文件：开头不是 RIFF 和 WAVE');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let format: Format | undefined;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const [chunk, start, said] = [tag(bytes, at), at + 8, view.getUint32(at + 4, true)];
    if (chunk === 'fmt ') {
      if (start + Math.max(16, said) > bytes.length) refuse('is cut off in its header', '文件头不完整');
      format = readFormat(view, start, said, refuse);
    }
    if (chunk === 'data') {
      if (!format)
        return refuse(
          'has its samples before the header that says what they are',
          '采样数据出现在说明其格式的文件头之前',
        );
      const there = bytes.length - start;
      const size = UNKNOWN_SIZES.includes(said) ? there : said;
      if (size > there)
        refuse(
          `is cut off: its header promises ${size} bytes of samples, it has ${there}`,
          `文件不完整：文件头标明 ${size} 字节采样，实有 ${there} 字节`,
        );
      return { rate: format.rate, channels: samples(view, start, size, format, refuse) };
    }
    at = start + said + (said % 2);
  }
  return refuse('is a WAV file without samples', '是没有采样的 WAV 文件');
}

function readFormat(view: DataView, at: number, size: number, refuse: Refuse): Format {
  if (size < 16)
    refuse(`has a header of ${size} bytes; expected at least 16`, `文件头有 ${size} 字节；至少应为 16 字节`);
  const code = view.getUint16(at, true);
  if (code === EXTENSIBLE && size < 40)
    refuse(
      `has an extensible header of ${size} bytes; expected 40`,
      `扩展文件头有 ${size} 字节；应为 40 字节`,
    );
  // The extensible header's sub-format begins with what the code would have been.
  const kind = code === EXTENSIBLE ? view.getUint16(at + 24, true) : code;
  const [channels, rate] = [view.getUint16(at + 2, true), view.getUint32(at + 4, true)];
  const [frame, bits] = [view.getUint16(at + 12, true), view.getUint16(at + 14, true)];
  const named = `${kind === PCM ? 'pcm' : kind === FLOAT ? 'float' : `format ${kind}`} ${bits}`;
  if (!(named in READERS)) {
    refuse(
      `has samples of ${named} bits; expected ${Object.keys(READERS).join(', ')}. Save it as 16-bit PCM`,
      `采样格式为 ${named} 位；应为 ${Object.keys(READERS).join('、')} 之一。请另存为 16 位 PCM`,
    );
  }
  if (channels < 1 || channels > MOST_CHANNELS) {
    refuse(
      `has ${channels} channels; expected 1 to ${MOST_CHANNELS}`,
      `有 ${channels} 个声道；应为 1 到 ${MOST_CHANNELS} 个`,
    );
  }
  if (rate < LOWEST_RATE || rate > HIGHEST_RATE) {
    refuse(
      `has ${rate} samples a second; expected ${LOWEST_RATE} to ${HIGHEST_RATE}`,
      `每秒 ${rate} 个采样；应为 ${LOWEST_RATE} 到 ${HIGHEST_RATE}`,
    );
  }
  if (frame !== (channels * bits) / 8) {
    refuse(
      `says that ${channels} samples of ${bits} bits take ${frame} bytes`,
      `标明 ${channels} 个 ${bits} 位采样占 ${frame} 字节，前后矛盾`,
    );
  }
  return { kind: named, channels, rate, bytes: bits / 8, frame };
}

function samples(
  view: DataView,
  start: number,
  size: number,
  { kind, channels, bytes, frame }: Format,
  refuse: Refuse,
): Float32Array[] {
  const count = Math.floor(size / frame);
  if (count === 0) refuse('has no samples', '没有采样');
  const read = READERS[kind]!;
  return Array.from({ length: channels }, (_, channel) => {
    const result = new Float32Array(count);
    for (let i = 0, at = start + channel * bytes; i < count; i++, at += frame) result[i] = read(view, at);
    const bad = kind.startsWith('float') ? result.findIndex((value) => !Number.isFinite(value)) : -1;
    if (bad !== -1)
      refuse(
        `sample ${bad + 1} is ${result[bad]}; expected a number`,
        `第 ${bad + 1} 个采样是 ${result[bad]}；应为数字`,
      );
    return result;
  });
}

const tag = (bytes: Uint8Array, at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));
