/** What is said in a recording, as OpenAI's clients ask for it (github.com/openai/openai-openapi: createTranscription, createTranslation). */
import { InvalidInput } from '@gradus/lifecycle';
import type { SpeechSegment, Transcript } from '@gradus/lm';
import type { Context } from 'hono';
import { z } from 'zod';
import { BadRequest, explained } from '../../errors.ts';
import { parseParts } from '../../form-body.ts';
import { askerOf } from '../../guards.ts';
import { answerSchema } from '../../openapi.ts';
import { noteAnswer } from '../models.ts';
import type { Route } from '../route.ts';
import { type LanguageRoutesOptions, LONGEST_TEXT_TIME, modelOfKind } from './named.ts';

const FORMATS = ['json', 'text', 'verbose_json', 'srt', 'vtt'] as const;

const Fields = z.strictObject({
  model: z.string(),
  language: z.string().max(20).optional(),
  response_format: z.enum(FORMATS).default('json'),
  temperature: z.coerce.number().min(0).max(1).default(0),
  'timestamp_granularities[]': z.literal('segment').optional(),
  stream: z.literal('false').optional(),
});

const TranscriptAnswer = z.object({
  text: z.string(),
  task: z.string().optional(),
  language: z.string().optional(),
  duration: z.number().optional(),
  segments: z
    .array(
      z.object({
        id: z.int(),
        start: z.number(),
        end: z.number(),
        text: z.string(),
        tokens: z.array(z.int()),
      }),
    )
    .optional(),
});

export const transcriptionRoute = (options: LanguageRoutesOptions): Route =>
  audioRoute(options, 'transcriptions', false, {
    en: 'What is said in a recording: a form with the fields model and file (WAV, FLAC, MP3, Ogg), in the form of OpenAI',
    zh: '录音中所说的内容：表单字段 model 与 file（WAV、FLAC、MP3、Ogg）（OpenAI 格式）',
  });

export const translationRoute = (options: LanguageRoutesOptions): Route =>
  audioRoute(options, 'translations', true, {
    en: 'What is said in a recording, in English: a form with the fields model and file, in the form of OpenAI',
    zh: '录音中所说的内容，译为英语：表单字段 model 与 file（OpenAI 格式）',
  });

function audioRoute(
  { languages, metrics }: LanguageRoutesOptions,
  name: string,
  translate: boolean,
  title: Route['title'],
): Route {
  return {
    method: 'post',
    path: `/v1/audio/${name}`,
    title,
    scope: 'predict',
    within: LONGEST_TEXT_TIME,
    answer: answerSchema(TranscriptAnswer),
    handler: explained(async (context) => {
      const { file, fields } = await formOf(context);
      const model = modelOfKind(context, languages, fields.model, 'speech');
      const { signal, steppedAside } = askerOf(context);
      const thread = await model.thread();
      steppedAside?.();
      const format = fields.response_format;
      const { temperature, language } = fields;
      const found = await thread.hear(
        {
          ...file,
          translate,
          language,
          timestamps: format === 'json' || format === 'text' ? undefined : true,
          ...(temperature > 0 && { temperatures: [temperature] }),
        },
        signal,
      );
      const written = found.segments.reduce((sum, { tokens }) => sum + tokens.length, 0);
      metrics.predictions.inc({ model: fields.model, version: model.version, role: 'answer' });
      metrics.tokens.inc({ model: fields.model, kind: 'written' }, written);
      model.tokens.add({ texts: 1, prompt: 0, reused: 0, written });
      noteAnswer(context, model.version, undefined);
      if (format === 'json') return context.json({ text: found.text });
      if (format === 'verbose_json') return context.json(verbose(found, translate));
      return context.text(format === 'text' ? `${found.text}\n` : subtitles(found.segments, format));
    }),
  };
}

async function formOf(context: Context) {
  const body = new Uint8Array(await context.req.arrayBuffer());
  const parts = parseParts(context.req.header('content-type') ?? '', body);
  const file = parts.find(({ name, filename }) => name === 'file' && filename !== undefined);
  if (!file || typeof file.content === 'string') {
    throw new BadRequest(400, {
      en: 'The field file of the form is missing. Expected a recording: WAV, FLAC, MP3 or Ogg.',
      zh: '表单缺少字段 file。应为录音：WAV、FLAC、MP3 或 Ogg。',
    });
  }
  const others = parts.filter((part) => part !== file).map(({ name, content }) => [name, content]);
  const fields = Fields.safeParse(Object.fromEntries(others));
  if (!fields.success) throw new InvalidInput(fields.error);
  return { file: { name: file.filename!, bytes: file.content }, fields: fields.data };
}

const verbose = ({ text, language, seconds, segments }: Transcript, translate: boolean) => ({
  task: translate ? 'translate' : 'transcribe',
  language,
  duration: seconds,
  text,
  segments: segments.map((segment, id) => ({ id, ...segment })),
});

/** SubRip, or WebVTT. */
function subtitles(segments: readonly SpeechSegment[], format: 'srt' | 'vtt'): string {
  const blocks = segments.map(({ start, end, text }, i) => {
    const times = [start, end].map((seconds) => clock(seconds, format === 'srt' ? ',' : '.')).join(' --> ');
    // An arrow within a text would be read as times.
    return `${format === 'srt' ? `${i + 1}\n` : ''}${times}\n${text.replaceAll('-->', '->')}\n`;
  });
  return (format === 'vtt' ? ['WEBVTT\n', ...blocks] : blocks).join('\n');
}

function clock(seconds: number, point: string): string {
  const of = (value: number, digits = 2) => String(value).padStart(digits, '0');
  const all = Math.round(seconds * 1000);
  const whole = Math.floor(all / 1000);
  return `${of(Math.floor(whole / 3600))}:${of(Math.floor(whole / 60) % 60)}:${of(whole % 60)}${point}${of(all % 1000, 3)}`;
}
