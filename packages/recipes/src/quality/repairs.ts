/**
 * What to repair first: weight × gap × certainty. How much the characteristic matters, how far its figure is from the limit, how
 * sure that is; and where to begin: the slice that carries most of the loss.
 */
import { type Localized, percent } from '@gradus/base';
import type { QualityItem, QualityRepair, QualitySlice } from './summary.ts';
import { figureInWords, limitInWords, sliceInWords } from './words.ts';

export function repairsOf(items: readonly QualityItem[], slices: readonly QualitySlice[]): QualityRepair[] {
  return items
    .filter(({ gap, verdict }) => gap > 0 && verdict !== 'meets')
    .map((item) => ({ item, priority: item.weight * item.gap * item.certainty }))
    .sort((a, b) => b.priority - a.priority)
    .map(({ item, priority }, i) => ({
      rank: i + 1,
      characteristic: item.characteristicName,
      measure: item.measure,
      priority,
      weight: item.weight,
      gap: item.gap,
      certainty: item.certainty,
      what: whatOf(item),
      where: whereOf(item, slices),
    }));
}

function whatOf(item: QualityItem): Localized {
  const now = figureInWords(item.figure!, item.unit);
  const limit = limitInWords(item);
  return {
    en: `${item.characteristicName.en}: ${item.title.en} is ${now}, expected ${limit.en}`,
    zh: `${item.characteristicName.zh}：${item.title.zh}为 ${now}，应${limit.zh}`,
  };
}

function whereOf(item: QualityItem, slices: readonly QualitySlice[]): Localized | null {
  const worst = slices.find(
    ({ measure, source, isWorse }) => isWorse && measure === item.measure && source === item.source,
  );
  if (!worst) return null;
  const [own, rest] = [figureInWords(worst.figure, item.unit), figureInWords(worst.rest, item.unit)];
  const slice = sliceInWords(worst.column, worst.level);
  return {
    en: `Begin with ${slice.en}: ${own} against ${rest} elsewhere; as good as the rest, it would take away ${percent(worst.burden)} of the loss.`,
    zh: `从${slice.zh}的部分入手：${own}，其余为 ${rest}；若与其余持平，可减少 ${percent(worst.burden)} 的损失。`,
  };
}
