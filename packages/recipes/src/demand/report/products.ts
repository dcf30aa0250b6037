import { count, percent } from '@gradus/base';
import type { Block, Section, SimpleBlock } from '@gradus/report';
import { withInterval } from '@gradus/tasks';
import type { DemandAnalysis } from '../analysis/findings.ts';
import { countHeading } from '../row-noun.ts';
import { NOTHING } from './words.ts';

/** Differences that stand open. */
const MOST_OPEN = 8;

/** Significant differences between products. */
export function productSection({ noun, themes, products }: DemandAnalysis): Section | null {
  if (products.length === 0) return null;
  const differing = themes
    .flatMap((theme) =>
      theme.products
        .filter(({ mentioned, satisfied }) => mentioned || satisfied)
        .map((finding) => ({ theme, finding })),
    )
    // What a product is worse at than the others comes first.
    .sort((a, b) => Number(b.finding.satisfied === 'less') - Number(a.finding.satisfied === 'less'));
  const blocks: Block[] = [
    {
      kind: 'table',
      columns: [{ label: { en: 'Product', zh: '产品' } }, { label: countHeading(noun), align: 'right' }],
      rows: products.map(({ product, reviews }) => [product, count(reviews)]),
    },
  ];
  if (differing.length === 0) {
    blocks.push({
      kind: 'note',
      tone: 'info',
      text: {
        en: 'No theme differs significantly between products.',
        zh: '没有哪个主题在各产品之间有显著差异。',
      },
    });
  } else {
    const table = (of: typeof differing): SimpleBlock => ({
      kind: 'table',
      caption: {
        en: 'Themes in which a product differs significantly from the other products together, in mentions or in satisfaction; corrected for the number of comparisons.',
        zh: '某产品在提及或满意程度上与其他产品有显著差异的主题；已按比较次数校正。',
      },
      columns: [
        { label: { en: 'Theme', zh: '主题' } },
        { label: { en: 'Product', zh: '产品' } },
        { label: { en: `Share of its ${noun.en}s`, zh: `占该产品${noun.zh}` }, align: 'right' },
        { label: { en: 'Satisfaction', zh: '满意程度' }, align: 'right' },
        { label: { en: 'Compared with the others', zh: '与其他产品相比' } },
      ],
      rows: of.map(({ theme, finding }) => [
        theme.label,
        finding.product,
        withInterval(finding.share, percent),
        finding.sentiment ? withInterval(finding.sentiment, percent) : NOTHING,
        {
          en: [
            finding.mentioned && `mentioned ${finding.mentioned}`,
            finding.satisfied && `${finding.satisfied} satisfied`,
          ]
            .filter(Boolean)
            .join(', '),
          zh: [
            finding.mentioned && (finding.mentioned === 'more' ? '提及更多' : '提及更少'),
            finding.satisfied && (finding.satisfied === 'more' ? '更满意' : '更不满意'),
          ]
            .filter(Boolean)
            .join('，'),
        },
      ]),
    });
    blocks.push(table(differing.slice(0, MOST_OPEN)));
    if (differing.length > MOST_OPEN)
      blocks.push({
        kind: 'details',
        summary: {
          en: `All ${count(differing.length)} differences`,
          zh: `全部 ${count(differing.length)} 项差异`,
        },
        blocks: [table(differing)],
      });
  }
  return { id: 'products', title: { en: 'Products', zh: '各产品' }, blocks };
}
