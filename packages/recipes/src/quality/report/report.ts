/** The quality report: the verdict, what it rests on, what to repair, where it is worse, what the last version changed. */
import { type Localized, percent, plural } from '@gradus/base';
import type { Report, Section } from '@gradus/report';
import type { House } from '../build.ts';
import type { Evaluated } from '../evaluate.ts';
import type { Evidence } from '../evidence/evidence.ts';
import type { Prepared } from '../prepare.ts';
import { judgedInWords, VERDICTS } from '../words.ts';
import { changesSection, comparisonsSection, versionsSection } from './changes.ts';
import { dataSection } from './data.ts';
import { houseSection } from './house.ts';
import { itemsSection, proofSection } from './items.ts';
import { samplingSection } from './sampling.ts';
import { slicesSection } from './slices.ts';

export interface QualityParts {
  readonly prepared: Prepared;
  readonly evidence: readonly Evidence[];
  readonly house: House;
  readonly evaluated: Evaluated;
}

/** In reading order; a section without anything to show is left out. */
const SECTIONS: readonly ((parts: QualityParts) => Section | Section[] | undefined)[] = [
  ({ evaluated }) => itemsSection(evaluated),
  ({ evaluated }) => repairsSection(evaluated),
  ({ evaluated }) => changesSection(evaluated),
  ({ evaluated }) => comparisonsSection(evaluated),
  ({ evaluated, evidence }) => versionsSection(evaluated, evidence),
  ({ evaluated }) => slicesSection(evaluated),
  ({ house, prepared, evaluated }) => houseSection(house, prepared.standard, evaluated),
  ({ evidence }) =>
    evidence.flatMap(({ sections }, i) =>
      sections.map((section) => ({ ...section, id: `${section.id}-${i + 1}` })),
    ),
  ({ prepared }) => samplingSection(prepared.standard),
  ({ evaluated }) => proofSection(evaluated),
  ({ prepared, evidence }) => dataSection(prepared, evidence),
];

export function qualityReport(parts: QualityParts): Report {
  const { evaluated, evidence, prepared } = parts;
  const files = evidence.map(({ file }) => file).join(', ');
  return {
    title: { en: `Quality: ${files}`, zh: `质量评估：${files}` },
    lead: leadOf(evaluated, prepared),
    sections: SECTIONS.flatMap((section) => section(parts) ?? []),
  };
}

function leadOf(
  { verdict, items, changes }: Pick<Evaluated, 'verdict' | 'items' | 'changes'>,
  { standard }: Pick<Prepared, 'standard'>,
): Localized {
  const of = (kind: string) => items.filter((item) => item.verdict === kind).length;
  const title = standard.title;
  const judged = judgedInWords(changes);
  const name = { en: title ? ` “${title.en}”` : '', zh: title ? `“${title.zh}”` : '' };
  return {
    en: `Against the standard${name.en} the product${judged.en} ${VERDICT_SENTENCES[verdict].en}: of ${plural(items.length, 'figure')} ${of('meets')} keep the limit, ${of('fails')} do not, ${of('cannot tell')} cannot be told yet.`,
    zh: `按标准${name.zh}，产品${judged.zh}${VERDICT_SENTENCES[verdict].zh}：${items.length} 项指标中 ${of('meets')} 项达标，${of('fails')} 项不达标，${of('cannot tell')} 项尚不能判断。`,
  };
}

const VERDICT_SENTENCES = {
  meets: { en: 'meets', zh: VERDICTS.meets.zh },
  fails: { en: 'fails', zh: VERDICTS.fails.zh },
  'cannot tell': { en: 'cannot be judged yet', zh: VERDICTS['cannot tell'].zh },
} as const;

function repairsSection({ repairs }: Evaluated): Section | undefined {
  if (repairs.length === 0) return undefined;
  return {
    id: 'repairs',
    title: { en: 'What to repair first', zh: '首先改进什么' },
    blocks: [
      {
        kind: 'text',
        text: {
          en: 'In the order of weight × gap × certainty: how much it matters, how far it is from its limit, and how sure that is.',
          zh: '按 权重 × 差距 × 把握 排序：重要程度、与限值的差距、差距的可信程度。',
        },
      },
      {
        kind: 'table',
        columns: [
          { label: { en: 'repair', zh: '改进' } },
          { label: { en: 'where', zh: '从何处入手' } },
          { label: { en: 'weight', zh: '权重' }, align: 'right' },
          { label: { en: 'gap', zh: '差距' }, align: 'right' },
          { label: { en: 'certainty', zh: '把握' }, align: 'right' },
        ],
        rows: repairs
          .slice(0, 20)
          .map(({ what, where, weight, gap, certainty }) => [
            what,
            where ?? '–',
            percent(weight),
            percent(gap),
            percent(certainty),
          ]),
      },
    ],
  };
}
