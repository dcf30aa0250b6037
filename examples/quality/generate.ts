/**
 * Writes voice.csv: a made-up log of a voice assistant in two versions, in English and Chinese, with what is planted in it for a
 * quality assessment to find (README.md lists it). Deterministic: `node generate.ts` gives the committed file again.
 */
import { writeFileSync } from 'node:fs';
import { Random } from '@gradus/base';

const SENTENCES = [
  ['set an alarm for seven thirty', 'alarm'],
  ['play some quiet music', 'music'],
  ['what is the weather tomorrow', 'weather'],
  ['turn off the lights in the kitchen', 'lights'],
  ['remind me to call the bank at five', 'reminder'],
  ['how long does it take to drive home', 'traffic'],
  ['add milk and bread to the shopping list', 'list'],
  ['明天上海天气怎么样', 'weather'],
  ['把客厅的灯调暗一点', 'lights'],
  ['播放一首安静的歌', 'music'],
  ['提醒我下午五点给银行打电话', 'reminder'],
  ['设一个七点三十的闹钟', 'alarm'],
] as const;
const INTENTS = [...new Set(SENTENCES.map(([, intent]) => intent))];
const USERS = 40;
const VERSIONS = ['1.0', '1.1'] as const;

export const COLUMNS = [
  'id',
  'user',
  'microphone',
  'version',
  'reference',
  'hypothesis',
  'intent',
  'predicted_intent',
  'success',
  'satisfaction',
] as const;

const isChinese = (text: string): boolean => /\p{Script=Han}/u.test(text);

/** A sentence as a recognizer hears it: each word is lost or mistaken with this probability. */
function heard(text: string, wrong: number, random: Random): string {
  const units = isChinese(text) ? [...text] : text.split(' ');
  const other = isChinese(text) ? '是' : 'the';
  return units
    .flatMap((unit) => (random.uniform() >= wrong ? [unit] : random.uniform() < 0.5 ? [] : [other]))
    .join(isChinese(text) ? '' : ' ');
}

export function voiceCsv(): string {
  const random = new Random('voice');
  const lines = [COLUMNS.join(',')];
  let id = 0;
  for (const version of VERSIONS) {
    for (let user = 1; user <= USERS; user++) {
      const microphone = user % 2 === 0 ? 'far' : 'near';
      for (const [reference, intent] of SENTENCES) {
        if (random.uniform() < 0.25) continue;
        const hypothesis = heard(
          reference,
          (microphone === 'far' ? 0.16 : 0.04) - (version === '1.1' ? 0.015 : 0),
          random,
        );
        const isExact = hypothesis === reference;
        const isUnderstood = random.uniform() < (isExact ? 0.96 : 0.7);
        const predicted = isUnderstood ? intent : INTENTS[random.below(INTENTS.length)]!;
        const success = predicted === intent && random.uniform() < 0.93 ? 'yes' : 'no';
        const satisfaction = Math.max(
          1,
          Math.min(5, Math.round((success === 'yes' ? 4.4 : 2.2) + random.normal(0, 0.8))),
        );
        const cells = [
          String(++id),
          `u${user}`,
          microphone,
          version,
          reference,
          hypothesis,
          intent,
          predicted,
          success,
        ];
        lines.push([...cells, String(satisfaction)].join(','));
      }
    }
  }
  return `${lines.join('\n')}\n`;
}

if (import.meta.main) writeFileSync(new URL('voice.csv', import.meta.url), voiceCsv());
