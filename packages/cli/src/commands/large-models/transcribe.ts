import { decimals } from '@gradus/base';
import type { SpeechSegment } from '@gradus/lm';
import type { AddCommand } from '../../add-command.ts';
import { addThreads, JSON_OUT } from './options.ts';

interface Flags {
  readonly language?: string;
  readonly translate?: boolean;
  readonly timestamps?: boolean;
  readonly threads?: number;
  readonly bits?: 4 | 8 | 32;
  readonly json?: boolean;
}

/** `gradus transcribe MODEL FILES…`: what is said in recordings. */
export const transcribeCommand: AddCommand = (program, terminal) => {
  const { say, signal } = terminal;
  const command = program
    .command('transcribe')
    .argument('<model>', say({ en: 'a folder of Whisper', zh: 'Whisper 模型文件夹' }))
    .argument('<files...>', say({ en: 'WAV, FLAC, MP3 or Ogg', zh: 'WAV、FLAC、MP3 或 Ogg 文件' }))
    .description(say({ en: 'write what is said in recordings', zh: '把录音转写为文本' }))
    .option(
      '--language <code>',
      say({
        en: 'such as en or zh (the one that the model hears first)',
        zh: '如 en 或 zh（默认由模型从开头判断）',
      }),
    )
    .option(
      '--translate',
      say({ en: 'write it in English, whatever is spoken', zh: '无论说何种语言，都译为英语' }),
    )
    .option(
      '--timestamps',
      say({
        en: 'say of each segment when it begins and ends (in --json, always for long recordings)',
        zh: '给出每一段的起止时间（--json 中，长录音总会给出）',
      }),
    );
  addThreads(command, terminal)
    .option('--json', say(JSON_OUT))
    .action(
      async (
        path: string,
        files: readonly string[],
        { language, translate, timestamps, threads, bits, json }: Flags,
      ) => {
        const { SpeechModel } = await import('@gradus/lm');
        const model = await SpeechModel.open(path, { threads, bits });
        try {
          for (const file of files) {
            const found = await model.transcribe(file, { language, translate, timestamps, signal });
            if (json) {
              terminal.print(JSON.stringify({ file, ...found }));
              continue;
            }
            if (files.length > 1) terminal.print(`${file} (${decimals(found.seconds, 1)} s)`);
            if (timestamps) for (const segment of found.segments) terminal.print(timedLine(segment));
            else terminal.print(found.text);
          }
        } finally {
          await model.close();
        }
      },
    );
};

/** `[00:01:02.30 – 00:01:05.00] text` */
const timedLine = ({ start, end, text }: SpeechSegment): string =>
  `[${clock(start)} – ${clock(end)}] ${text}`;

function clock(seconds: number): string {
  const of = (value: number, digits: number) => String(value).padStart(digits, '0');
  const hundredths = Math.round(seconds * 100);
  const whole = Math.floor(hundredths / 100);
  return `${of(Math.floor(whole / 3600), 2)}:${of(Math.floor(whole / 60) % 60, 2)}:${of(whole % 60, 2)}.${of(hundredths % 100, 2)}`;
}
