/**
 * Speech as text, by Whisper: a sound is read in stretches of the length that the model was made for (30 seconds), each becomes a
 * spectrogram and then, token by token, the most probable text. Of a longer recording the model also says when each segment ends
 * (timestamps.ts): what it wrote behind the last end, maybe in mid-word, is left out, and the next stretch begins there. So no word is
 * taken apart, and none is heard twice. Without marks of time a stretch ends at the quietest place in its last sixth.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Random, UserError } from '@gradus/base';
import { mono, readTokenizer, resample, type Sound, type Tokenizer } from '@gradus/data';
import type { CompiledGraph } from '@gradus/engine/node';
import { z } from 'zod';
import { COUNT } from '../families/common.ts';
import { type SpeechConfig, speechConfig } from '../families/whisper-config.ts';
import { type RunBits, weightsIn } from '../graph/quantized-weights.ts';
import { type SpectrogramConfig, speechGraph } from '../graph/speech.ts';
import { readJson } from '../json.ts';
import { requireFit } from '../model/language-model.ts';
import { preprocessorJson } from '../model/preprocessor.ts';
import { DamagedModel } from '../run/damaged-model.ts';
import { openGraph } from '../run/open-graph.ts';
import { drawToken, logProbabilities, SAMPLING } from '../run/sampling.ts';
import { prefixed } from '../weights/prefixed.ts';
import { safetensorsFolder } from '../weights/safetensors.ts';
import { isDoubtful, isSilent, TEMPERATURES, type WrittenStretch } from './doubt.ts';
import { SpeechDecoder } from './speech-decoder.ts';
import { decodedSound, mirrored, quietest, type SoundFile } from './speech-wave.ts';
import { ruleOut, segmentsOf, type TimestampRules } from './timestamps.ts';

export interface SpeechOptions {
  readonly threads?: number | undefined;
  /** Bits of a weight. Default 32. */
  readonly bits?: RunBits | undefined;
}

export interface TranscribeOptions {
  /** Such as `en` or `zh`. Default: the one that the model hears in the first stretch. */
  readonly language?: string | undefined;
  /** Whether to write it in English, whatever is spoken. Default false. */
  readonly translate?: boolean | undefined;
  /** Whether segments are what the model says they are, with their times; else they are stretches. Default: where there are several stretches. */
  readonly timestamps?: boolean | undefined;
  /** At which it is written, one after the other, while the result is doubtful (doubt.ts). Default 0, 0.2, … 1. */
  readonly temperatures?: readonly number[] | undefined;
  readonly signal?: AbortSignal;
  onSegment?(segment: SpeechSegment): void;
}

export interface SpeechSegment {
  /** Seconds. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly tokens: readonly number[];
}

export interface Transcript {
  readonly text: string;
  /** None where the model knows one language only. */
  readonly language?: string;
  readonly seconds: number;
  readonly segments: readonly SpeechSegment[];
}

const PREPROCESSOR = z.looseObject({
  feature_size: COUNT.max(512).default(80),
  sampling_rate: z.int().min(1000).max(768_000).default(16_000),
  hop_length: COUNT.max(4096).default(160),
  n_fft: COUNT.max(4096).default(400),
  chunk_length: COUNT.max(300).default(30),
});

const TOKEN = z.int().min(0);
const GENERATION = z.looseObject({
  lang_to_id: z.record(z.string().regex(/^<\|[^|]+\|>$/), TOKEN).nullish(),
  task_to_id: z.record(z.string(), TOKEN).nullish(),
  no_timestamps_token_id: TOKEN,
  suppress_tokens: z.array(z.int()).nullish(),
  begin_suppress_tokens: z.array(z.int()).nullish(),
  eos_token_id: z.union([TOKEN, z.array(TOKEN)]).nullish(),
  max_length: z.int().min(1).nullish(),
  max_initial_timestamp_index: TOKEN.nullish(),
});

/** Whether a folder holds a model that writes what is said. */
export function isSpeechModel(path: string): boolean {
  const file = join(path, 'config.json');
  return (
    existsSync(file) && readJson(file, z.looseObject({ model_type: z.unknown() })).model_type === 'whisper'
  );
}

export class SpeechModel {
  readonly path: string;
  /** Languages that it knows, such as `en`; none where it knows one only. */
  readonly languages: readonly string[];
  readonly #config: SpeechConfig;
  readonly #spectrogram: SpectrogramConfig;
  readonly #generation: z.output<typeof GENERATION>;
  readonly #tokenizer: Tokenizer;
  readonly #encoder: CompiledGraph;
  readonly #decoder: SpeechDecoder;

  /** @throws UserError naming the file and the field that is missing or wrong */
  static async open(path: string, { threads, bits }: SpeechOptions = {}): Promise<SpeechModel> {
    const file = join(path, 'config.json');
    const config = speechConfig(file, readJson(file, z.record(z.string(), z.unknown())));
    const generation = readJson(join(path, 'generation_config.json'), GENERATION);
    const tokenizer = readTokenizer(join(path, 'tokenizer.json'));
    requireFit(path, tokenizer, config.decoder);
    const given = preprocessorJson(path, 'feature_extractor', PREPROCESSOR);
    const spectrogram = {
      rate: given.sampling_rate,
      frame: given.n_fft,
      hop: given.hop_length,
      bands: given.feature_size,
      samples: given.chunk_length * given.sampling_rate,
    };
    const { bands, places } = config.encoder;
    const frames = Math.floor(spectrogram.samples / spectrogram.hop);
    if (bands !== spectrogram.bands || frames !== 2 * places) {
      throw new UserError({
        en: `${path}: its preprocessor makes ${spectrogram.bands} bands of ${frames} frames, and the model sees ${bands} of ${2 * places}: one is of another model`,
        zh: `${path}：预处理器输出 ${spectrogram.bands} 个频带、${frames} 帧，而模型的输入为 ${bands} 个频带、${2 * places} 帧：其一属于另一个模型`,
      });
    }
    const weights = prefixed(safetensorsFolder(path), config.decoder.prefix);
    try {
      const held = weightsIn(weights, bits, 'eight');
      const encoder = await openGraph(speechGraph(config, held, spectrogram), { threads });
      const decoder = await SpeechDecoder.open(config.decoder, held, threads);
      return new SpeechModel(path, { config, spectrogram, generation, tokenizer }, encoder, decoder);
    } finally {
      weights.close();
    }
  }

  private constructor(
    path: string,
    parts: {
      readonly config: SpeechConfig;
      readonly spectrogram: SpectrogramConfig;
      readonly generation: z.output<typeof GENERATION>;
      readonly tokenizer: Tokenizer;
    },
    encoder: CompiledGraph,
    decoder: SpeechDecoder,
  ) {
    this.path = path;
    this.#config = parts.config;
    this.#spectrogram = parts.spectrogram;
    this.#generation = parts.generation;
    this.#tokenizer = parts.tokenizer;
    this.languages = Object.keys(parts.generation.lang_to_id ?? {}).map((token) => token.slice(2, -2));
    this.#encoder = encoder;
    this.#decoder = decoder;
  }

  /**
   * @param sound the path of a file (WAV, FLAC, MP3, Ogg), its bytes, or samples
   * @throws UserError naming the file that is no sound, or the language that the model does not know
   */
  async transcribe(
    sound: string | SoundFile | Sound,
    { language, translate = false, timestamps, temperatures, signal, onSegment }: TranscribeOptions = {},
  ): Promise<Transcript> {
    this.#requireLanguage(language, translate);
    const { rate, samples } = this.#spectrogram;
    const place = samples / this.#config.encoder.places;
    const wave = resample(mono(await decodedSound(sound)), rate).channels[0]!;
    const isTimed = timestamps ?? (wave.length > samples && this.#hasMarks);
    if (isTimed && !this.#hasMarks) throw noMarks(this.path);
    const segments: SpeechSegment[] = [];
    let spoken = language;
    for (let from = 0; from < wave.length; ) {
      signal?.throwIfAborted();
      const whole = Math.min(wave.length, from + samples);
      const end = isTimed || wave.length === whole ? whole : quietest(wave, from, samples, rate);
      const { tokens, language: heard } = await this.#stretch(wave.subarray(from, end), {
        language: spoken,
        translate,
        isTimed,
        temperatures: temperatures ?? TEMPERATURES,
        signal,
      });
      spoken ??= heard;
      const places = (end - from) / place;
      const found = isTimed
        ? segmentsOf(tokens, this.#marks, places)
        : { segments: [{ start: 0, end: places, tokens }], next: places };
      const at = (of: number) => Math.min(from + Math.round(of * place), end) / rate;
      for (const { start, end, tokens } of found.segments) {
        const segment = { start: at(start), end: at(end), text: this.#textOf(tokens), tokens };
        segments.push(segment);
        onSegment?.(segment);
      }
      // A stretch that is one segment without an end is over, and so is one of which nothing is left.
      from = found.next > 0 ? Math.min(from + Math.round(found.next * place), end) : end;
    }
    return {
      text: joined(segments.map(({ text }) => text)),
      ...(spoken !== undefined && { language: spoken }),
      seconds: wave.length / rate,
      segments,
    };
  }

  /** Tokens that a stretch may have, with what it begins with. */
  get places(): number {
    return this.#config.decoder.context;
  }

  async close(): Promise<void> {
    await this.#encoder.close();
    await this.#decoder.close();
  }

  /** Marks of time are the tokens behind the one that says there are none. */
  get #marks(): TimestampRules {
    const { no_timestamps_token_id: none, max_initial_timestamp_index: latest } = this.#generation;
    return { first: none + 1, end: this.#end[0] ?? none, latestBegin: latest ?? undefined };
  }

  get #hasMarks(): boolean {
    const { encoder, decoder } = this.#config;
    return this.#marks.first + encoder.places < decoder.vocabulary;
  }

  get #end(): readonly number[] {
    return [this.#generation.eos_token_id ?? this.#config.decoder.eos].flat();
  }

  async #stretch(
    wave: Float32Array,
    {
      language: given,
      translate,
      isTimed,
      temperatures,
      signal,
    }: {
      language: string | undefined;
      translate: boolean;
      isTimed: boolean;
      temperatures: readonly number[];
      signal: AbortSignal | undefined;
    },
  ): Promise<{ tokens: readonly number[]; language: string | undefined }> {
    const { samples, frame } = this.#spectrogram;
    const data = mirrored(wave, samples, frame / 2);
    const heard = await this.#encoder.run({ wave: { dtype: 'float32', dims: [1, 1, data.length], data } });
    this.#decoder.begin(heard);
    const { lang_to_id: languages, task_to_id: tasks, no_timestamps_token_id: unmarked } = this.#generation;
    const { start, decoder } = this.#config;
    const prompt = [start];
    let language = given;
    const logits = await this.#decoder.write([start]);
    // The token before the one that says there are no marks of time says that nobody speaks.
    const silence = this.#hasMarks ? Math.exp(logProbabilities(logits, 0).of(unmarked - 1)) : undefined;
    if (languages) {
      language ??= this.languages.reduce((best, name) =>
        logits[languages[`<|${name}|>`]!]! > logits[languages[`<|${best}|>`]!]! ? name : best,
      );
      const task = tasks?.[translate ? 'translate' : 'transcribe'];
      prompt.push(languages[`<|${language}|>`]!, ...(task === undefined ? [] : [task]));
    }
    if (!isTimed) prompt.push(unmarked);
    let written: WrittenStretch | undefined;
    for (const temperature of temperatures) {
      this.#decoder.begin(heard);
      written = { ...(await this.#written(prompt, { isTimed, temperature, signal })), silence };
      if (!isDoubtful(written, decoder.vocabulary)) break;
    }
    return { tokens: written && !isSilent(written) ? written.tokens : [], language };
  }

  async #written(
    prompt: readonly number[],
    {
      isTimed,
      temperature,
      signal,
    }: { isTimed: boolean; temperature: number; signal: AbortSignal | undefined },
  ): Promise<Omit<WrittenStretch, 'silence'>> {
    const { suppress_tokens: never, begin_suppress_tokens: notFirst, max_length: given } = this.#generation;
    const { context } = this.#config.decoder;
    const most = Math.min(given ?? context, context);
    const options = SAMPLING.parse({ temperature });
    const random = new Random('speech');
    const tokens: number[] = [];
    let logits = await this.#decoder.write(prompt);
    let sum = 0;
    for (;;) {
      signal?.throwIfAborted();
      const forbidden = [...(never ?? []), ...(tokens.length === 0 ? (notFirst ?? []) : [])];
      for (const id of forbidden) if (id >= 0 && id < logits.length) logits[id] = Number.NEGATIVE_INFINITY;
      if (isTimed) ruleOut(logits, tokens, this.#marks);
      const { of } = logProbabilities(logits, 0);
      const next = drawToken(logits, new Set(), options, random);
      const logprob = of(next);
      if (!Number.isFinite(logprob)) throw new DamagedModel(tokens.length);
      sum += logprob;
      if (this.#end.includes(next)) break;
      tokens.push(next);
      if (prompt.length + tokens.length >= most) break;
      logits = await this.#decoder.write([next]);
    }
    return { tokens, logprob: sum / (tokens.length + 1) };
  }

  /** What tokens say, without those that say when. */
  #textOf(tokens: readonly number[]): string {
    const words = tokens.filter(
      (id) => id < this.#marks.first && !/^<\|.*\|>$/.test(this.#tokenizer.tokenOf(id) ?? ''),
    );
    return this.#tokenizer.decode(words).trim();
  }

  #requireLanguage(language: string | undefined, translate: boolean): void {
    if (this.languages.length === 0) {
      if (language === undefined && !translate) return;
      throw new UserError({
        en: `${this.path} knows one language only: it takes no language, and translates nothing`,
        zh: `${this.path} 只支持一种语言：不能指定语言，也不能翻译`,
      });
    }
    if (language === undefined || this.languages.includes(language)) return;
    throw new UserError({
      en: `${this.path} knows no language "${language}"; it knows ${this.languages.join(', ')}`,
      zh: `${this.path} 不支持语言“${language}”；支持 ${this.languages.join('、')}`,
    });
  }
}

const noMarks = (path: string): UserError =>
  new UserError({
    en: `${path} has no tokens that say when something is said: its segments have no times`,
    zh: `${path} 没有时间标记词元：无法给出各段的时间`,
  });

/** Texts one after the other; a space between those whose scripts have one. */
const joined = (texts: readonly string[]): string =>
  texts
    .filter((text) => text !== '')
    .reduce(
      (all, text) =>
        all === ''
          ? text
          : /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}。，！？]$/u.test(all)
            ? all + text
            : `${all} ${text}`,
      '',
    );
