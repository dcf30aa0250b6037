/**
 * Step 7: a judgement made again, on evidence that has grown. It takes the place of the one before where it rests on more rows, unless
 * what met its limit fails now: then people should look first.
 */
import { readRun, type Verdict } from '@gradus/loop';
import { QualitySummary } from './summary.ts';

export async function compare(champion: string, challenger: string): Promise<Verdict> {
  const [old, fresh] = [champion, challenger].map((directory) =>
    QualitySummary.parse(readRun(directory).summary),
  );
  const rows = ({ evidence }: QualitySummary) => evidence.reduce((sum, { rows }) => sum + rows, 0);
  const keyOf = ({ characteristic, measure, source }: QualitySummary['items'][number]) =>
    `${characteristic}\n${measure}\n${source}`;
  const before = new Map(old!.items.map((item) => [keyOf(item), item]));
  const both = fresh!.items.flatMap((item) => {
    const known = before.get(keyOf(item));
    return known && known.figure !== null && item.figure !== null ? [{ known, item }] : [];
  });
  const fallen = both.filter(({ known, item }) => known.verdict === 'meets' && item.verdict === 'fails');
  const isMore = rows(fresh!) > rows(old!);
  const names = {
    en: fallen.map(({ item }) => item.title.en).join(', '),
    zh: fallen.map(({ item }) => item.title.zh).join('、'),
  };
  return {
    promote: isMore && fallen.length === 0,
    reason:
      fallen.length > 0
        ? { en: `What met its limit fails now: ${names.en}.`, zh: `原先达标的指标现在不达标：${names.zh}。` }
        : isMore
          ? {
              en: 'The judgement rests on more rows, and nothing that met its limit fails.',
              zh: '新的判断依据更多的行，且没有原先达标的指标变为不达标。',
            }
          : {
              en: 'The judgement rests on no more rows than the one before.',
              zh: '新的判断所依据的行并不比原来多。',
            },
    metrics: Object.fromEntries(
      both.map(({ known, item }) => [item.measure, { champion: known.figure!, challenger: item.figure! }]),
    ),
    n: rows(fresh!),
    // The two share rows: nothing is tested between them.
    pValue: 1,
  };
}
