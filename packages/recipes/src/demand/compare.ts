/** Step 7: is a retrained model better than the one it should replace? How that is decided stands in @gradus/tasks. */
import type { Verdict } from '@gradus/loop';
import { type Answers, compareHeldOut, type HeldOut } from '@gradus/tasks';
import type { Answer } from './answer.ts';
import { readHeldOut, sliceName } from './held-out.ts';
import { REVIEW_WORDS, SENTIMENTS } from './sentiment.ts';
import { openService } from './service.ts';

export async function compare(champion: string, challenger: string): Promise<Verdict> {
  const [old, fresh] = [readHeldOut(champion), readHeldOut(challenger)];
  const recent = fresh.recent && (await answersOf(champion, fresh.recent));
  return compareHeldOut(old, fresh, { recent, nameOf: sliceName, words: REVIEW_WORDS });
}

const AT_ONCE = 500;

/** What a run says of texts that it has not met. */
async function answersOf(
  directory: string,
  { inputs, answers }: NonNullable<HeldOut['recent']>,
): Promise<Answers | undefined> {
  if (answers.kind !== 'classes') return undefined;
  const texts = inputs.map(String);
  const service = await openService(directory);
  try {
    const probabilities: number[] = [];
    for (let from = 0; from < texts.length; from += AT_ONCE) {
      const { results } = (await service.answer({ texts: texts.slice(from, from + AT_ONCE) })) as {
        results: Answer[];
      };
      // A run that claims nothing of sentiment says nothing of the newest texts either.
      if (results.some(({ satisfied }) => satisfied === null)) return undefined;
      probabilities.push(...results.map(({ satisfied }) => satisfied!));
    }
    return { kind: 'classes', classes: [...SENTIMENTS], labels: answers.labels, probabilities };
  } finally {
    await service.close();
  }
}
