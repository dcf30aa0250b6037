/** How well a table fits demand analysis: it needs texts that people wrote, and ratings or labels to learn sentiment from. */
import type { Profile } from '@gradus/data';
import type { Fit } from '@gradus/loop';

/** With fewer texts themes cannot be told from chance; with this many they are sure. */
const FEW = 10;
const MANY = 300;
/** Characters a text has on average, at least; what is shorter is a word. */
const SHORTEST = 8;
/** A rating is one of a few whole numbers. */
const MOST_RATINGS = 11;

export function fits({ rows, columns }: Profile): Fit {
  const texts = columns
    .filter(({ type, lengths }) => type === 'text' && lengths !== undefined && lengths.mean >= SHORTEST)
    .sort((a, b) => b.lengths!.mean - a.lengths!.mean);
  const [text] = texts;
  if (!text) {
    return {
      score: 0,
      reasons: [{ en: 'No column holds texts that people wrote.', zh: '没有由人书写的文本列。' }],
      columns: {},
    };
  }
  const rating = columns.find(
    ({ type, numbers, distinct }) => type === 'number' && numbers?.integers && distinct.count <= MOST_RATINGS,
  );
  const time = columns.find(({ type }) => type === 'date');
  const filled = rows.count - text.missing.count;
  const enough = Math.min(1, Math.max(0, (filled - FEW) / (MANY - FEW)));
  return {
    // Texts alone give themes; ratings add what hurts, dates what grows.
    score: enough * (0.5 + (rating ? 0.35 : 0) + (time ? 0.1 : 0)),
    reasons: [
      {
        en: `"${text.name}" holds ${filled} texts${filled < MANY ? '; some hundreds would make themes sure' : ''}.`,
        zh: `“${text.name}”列有 ${filled} 条文本${filled < MANY ? '；有几百条时主题才可靠' : ''}。`,
      },
      rating
        ? {
            en: `"${rating.name}" may be the rating that sentiment is learnt from.`,
            zh: `“${rating.name}”列可能是用来学习情感的评分。`,
          }
        : {
            en: 'No column of ratings was seen: without ratings or labels there are themes, but no sentiment.',
            zh: '未见评分列：没有评分或标签时只有主题，没有情感。',
          },
    ],
    columns: {
      text: text.name,
      ...(rating && { rating: rating.name }),
      ...(time && { time: time.name }),
    },
  };
}
