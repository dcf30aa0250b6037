/** Two runs of designs by what people kept and dropped last. */
import type { Verdict } from '@gradus/loop';
import { compareHeldOut, readHeldOut } from '@gradus/tasks';
import { openBundle } from './bundle.ts';
import { markAnswers } from './marks.ts';

/** A run with a ranker is better where it tells the newest marks better. */
export async function compareDesigns(champion: string, challenger: string): Promise<Verdict> {
  const { recent } = readHeldOut(challenger);
  const { maker } = openBundle(champion);
  return compareHeldOut(readHeldOut(champion), readHeldOut(challenger), {
    recent: recent && markAnswers(recent.inputs, maker.ranker, maker.kind, maker.rules),
  });
}
