/** Sounds are read as libsndfile reads them, whatever their format; broken and forged files are refused with a reason, in time. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '@gradus/base';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { mono, readSoundFolder, readSoundTable, readWav, resample, SoundDecoder } from '../index.ts';

const GOLDEN = join(import.meta.dirname, 'testing');
const root = mkdtempSync(join(tmpdir(), 'gradus-sound-'));
const decoder = new SoundDecoder({ timeout: 10_000 });
afterAll(() => {
  decoder[Symbol.dispose]();
  rmSync(root, { recursive: true });
});
const golden = (name: string) => new Uint8Array(readFileSync(join(GOLDEN, name)));
/** What libsndfile decodes a file to, one channel after the other. */
const expected = (name: string) => new Float32Array(golden(`${name}.f32`).buffer);

describe('a sound file', () => {
  /** The largest difference from libsndfile: none, rounding (FLAC divides by 32767 at 16 bits), or two decoders of a lossy format. */
  it.each([
    ['pcm8.wav', 8000, 1, 0],
    ['pcm16.wav', 8000, 2, 0],
    ['pcm24.wav', 8000, 1, 0],
    ['pcm32.wav', 8000, 1, 0],
    ['float32.wav', 8000, 1, 0],
    ['float64.wav', 8000, 1, 0],
    ['extensible.wav', 8000, 2, 0],
    ['flac16.flac', 8000, 2, 2e-5],
    ['flac24.flac', 8000, 1, 1e-7],
    ['vorbis.ogg', 16000, 2, 1e-6],
    ['opus.opus', 48000, 1, 1e-4],
    ['layer3.mp3', 16000, 2, 1e-6],
  ])('%s is read as libsndfile reads it', async (name, rate, count, tolerance) => {
    const sound = await decoder.decode(golden(name), name);
    const [truth, length] = [expected(name), sound.channels[0]!.length];
    expect([sound.rate, sound.channels.length, length * count]).toEqual([rate, count, truth.length]);
    const far = sound.channels.map((values, channel) =>
      values.reduce((most, value, i) => Math.max(most, Math.abs(value - truth[channel * length + i]!)), 0),
    );
    expect(Math.max(...far)).toBeLessThanOrEqual(tolerance);
  });

  it('becomes mono as the mean of its channels', () => {
    const { channels } = mono({ rate: 8000, channels: [Float32Array.of(1, 0.5), Float32Array.of(0, -0.5)] });
    expect(channels.map((values) => [...values])).toEqual([[0.5, 0]]);
  });

  it('that is cut off or forged is refused with what is wrong', async () => {
    const wav = golden('pcm16.wav');
    const changed = (at: number, ...bytes: number[]) => {
      const copy = wav.slice();
      copy.set(bytes, at);
      return copy;
    };
    expect(() => readWav(wav.subarray(0, 1000), 'a.wav')).toThrow(/a\.wav: is cut off: its header promises/);
    expect(() => readWav(wav.subarray(0, 30), 'a.wav')).toThrow(/cut off in its header/);
    expect(() => readWav(changed(22, 255, 255), 'a.wav')).toThrow(/65535 channels; expected 1 to 8/);
    expect(() => readWav(changed(24, 0, 0, 0, 0), 'a.wav')).toThrow(/0 samples a second/);
    expect(() => readWav(changed(20, 17, 0), 'a.wav')).toThrow(/format 17 16 bits.*Save it as 16-bit PCM/);
    expect(() => readWav(changed(32, 3, 0), 'a.wav')).toThrow(/2 samples of 16 bits take 3 bytes/);
    const float = golden('float32.wav');
    float.set([0, 0, 192, 127], float.length - 4);
    expect(() => readWav(float, 'a.wav')).toThrow(/sample 800 is NaN/);
    await expect(decoder.decode(golden('flac24.flac').subarray(0, 700), 'a.flac')).rejects.toThrow(
      /a\.flac: (?:is cut off|is damaged|holds no sound)/,
    );
    await expect(decoder.decode(new TextEncoder().encode('hello'), 'a.txt')).rejects.toThrow(
      /a\.txt: is no WAV/,
    );
    await expect(
      decoder.decode(
        golden('vorbis.ogg').map((byte, i) => (i === 39 ? 200 : byte)),
        'a.ogg',
      ),
    ).rejects.toThrow(/200 channels/);
  });

  it('that is fuzzed decodes or throws a UserError', async () => {
    const names = ['pcm16.wav', 'extensible.wav', 'float64.wav'];
    const broken = (bytes: Uint8Array) =>
      fc
        .tuple(
          fc.nat(bytes.length),
          fc.array(fc.tuple(fc.nat(Math.min(bytes.length - 1, 400)), fc.nat(255)), { maxLength: 8 }),
        )
        .map(([end, flips]) => {
          const copy = bytes.slice();
          for (const [at, byte] of flips) copy[at] = byte;
          return end % 3 === 0 ? copy.subarray(0, end) : copy;
        });
    const ends = async (bytes: Uint8Array) => {
      try {
        const { channels } = await decoder.decode(bytes, 'fuzzed');
        expect(channels.every((values) => values.every(Number.isFinite))).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(UserError);
      }
    };
    for (const name of names) {
      await fc.assert(fc.asyncProperty(broken(golden(name)), ends), { numRuns: 200 });
    }
    for (const name of ['flac16.flac', 'vorbis.ogg', 'opus.opus', 'layer3.mp3']) {
      await fc.assert(fc.asyncProperty(broken(golden(name)), ends), { numRuns: 25 });
    }
  });

  it('that takes too long or decodes to too much is refused, and the next one is read', async () => {
    using hasty = new SoundDecoder({ timeout: 1 });
    await expect(hasty.decode(golden('flac16.flac'), 'a.flac')).rejects.toThrow(
      /a\.flac: took longer than 0.001 s/,
    );
    using small = new SoundDecoder({ maxValues: 1000 });
    await expect(small.decode(golden('flac16.flac'), 'a.flac')).rejects.toThrow(/more than 1000 numbers/);
    expect((await small.decode(golden('flac24.flac'), 'b.flac')).channels[0]).toHaveLength(800);
  });
});

describe('resampling', () => {
  const tone = (rate: number, pitch: number, count: number) =>
    Float32Array.from({ length: count }, (_, i) => Math.sin((2 * Math.PI * pitch * i) / rate));
  const worst = (values: Float32Array, truth: (i: number) => number) => {
    let most = 0;
    // The ends see silence beyond the recording.
    for (let i = Math.floor(values.length * 0.1); i < values.length * 0.9; i++) {
      most = Math.max(most, Math.abs(values[i]! - truth(i)));
    }
    return most;
  };

  it.each([
    [44_100, 16_000],
    [16_000, 44_100],
    [8000, 16_000],
    [44_101, 16_000],
  ])('a tone from %i to %i a second is the same tone', (from, to) => {
    const [values] = resample({ rate: from, channels: [tone(from, 1000, from)] }, to).channels;
    expect(values).toHaveLength(to);
    const truth = tone(to, 1000, to);
    expect(worst(values!, (i) => truth[i]!)).toBeLessThan(1e-5);
  });

  it('what the lower rate cannot hold is gone by 100 dB', () => {
    const [values] = resample({ rate: 44_100, channels: [tone(44_100, 8200, 44_100)] }, 16_000).channels;
    expect(worst(values!, () => 0)).toBeLessThan(1e-5);
  });

  it('refuses a rate that is none', () => {
    expect(() => resample({ rate: 8000, channels: [tone(8000, 1, 9)] }, 1.5)).toThrow(
      /expected a whole number/,
    );
  });
});

describe('a folder of sounds', () => {
  it('is one class a folder; what is no sound is set aside', async () => {
    const folder = join(root, 'sounds');
    for (const name of ['bell', 'dog']) mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, 'bell', 'a.wav'), golden('pcm16.wav'));
    writeFileSync(join(folder, 'bell', 'b.flac'), golden('flac24.flac'));
    writeFileSync(join(folder, 'dog', 'c.mp3'), golden('layer3.mp3'));
    writeFileSync(join(folder, 'dog', 'd.wav'), 'no sound');
    writeFileSync(join(root, 'outside.wav'), golden('pcm16.wav'));
    symlinkSync(join(root, 'outside.wav'), join(folder, 'dog', 'e.wav'));
    const read = await readSoundFolder(folder, { rate: 4000 });
    expect(read).toMatchObject({ classes: ['bell', 'dog'], labels: Uint16Array.of(0, 0, 1) });
    expect(read.sounds.map(({ rate, channels }) => [rate, channels.length, channels[0]!.length])).toEqual([
      [4000, 1, 400],
      [4000, 1, 400],
      [4000, 1, 400],
    ]);
    expect(read.setAside).toEqual([
      {
        place: join(folder, 'dog', 'd.wav'),
        reason: {
          en: 'is no WAV, FLAC, Ogg Vorbis, Ogg Opus or MP3 file',
          zh: expect.stringContaining('WAV'),
        },
      },
      {
        place: join(folder, 'dog', 'e.wav'),
        reason: { en: 'a link or a folder, not a file', zh: '是链接或文件夹，不是文件' },
      },
    ]);
    await expect(readSoundFolder(join(folder, 'dog'))).rejects.toThrow(/holds no sounds/);
    await expect(readSoundFolder(join(folder, 'none'))).rejects.toThrow(/cannot be read as a folder/);
  });

  it('may be a table of names and labels, which never leads out of its folder', async () => {
    const folder = join(root, 'listed');
    mkdirSync(folder);
    writeFileSync(join(folder, 'a.wav'), golden('pcm16.wav'));
    const table = join(folder, 'sounds.csv');
    writeFileSync(table, 'file,label\na.wav,铃声\n../outside.wav,dog\nmissing.wav,dog\na.wav,\n');
    const read = await readSoundTable(table, { file: 'file', label: 'label', channels: 'all' });
    expect(read).toMatchObject({ classes: ['dog', '铃声'], labels: Uint16Array.of(1) });
    expect(read.sounds[0]!.channels).toHaveLength(2);
    expect(read.setAside).toEqual([
      { place: `${table}, row 4`, reason: { en: '"label" is empty', zh: '“label”为空' } },
      { place: `${table}, row 2`, reason: { en: `lies outside ${folder}`, zh: `位于 ${folder} 之外` } },
      {
        place: `${table}, row 3`,
        reason: { en: 'there is no such file; check the path', zh: '没有该文件；请检查路径' },
      },
    ]);
    await expect(readSoundTable(table, { file: 'name', label: 'label' })).rejects.toThrow(
      /has no column "name"/,
    );
  });
});
