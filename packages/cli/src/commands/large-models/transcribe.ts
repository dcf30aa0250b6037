import { decimals } from '@gradus/base';
import type { AddCommand } from '../../add-command.ts';
import { addThreads, JSON_OUT } from './options.ts';

interface Flags {
  readonly language?: string;
  readonly translate?: boolean;
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
    );
  addThreads(command, terminal)
    .option('--json', say(JSON_OUT))
    .action(
      async (path: string, files: readonly string[], { language, translate, threads, bits, json }: Flags) => {
        const { SpeechModel } = await import('@gradus/lm');
        const model = await SpeechModel.open(path, { threads, bits });
        try {
          for (const file of files) {
            const found = await model.transcribe(file, { language, translate, signal });
            if (json) {
              terminal.print(JSON.stringify({ file, ...found }));
              continue;
            }
            if (files.length > 1) terminal.print(`${file} (${decimals(found.seconds, 1)} s)`);
            terminal.print(found.text);
          }
        } finally {
          await model.close();
        }
      },
    );
};
