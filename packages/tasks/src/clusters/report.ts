/** What the cluster task found, for a terminal, a report and a card. */
import { count, decimals, type Localized } from '@gradus/base';
import type { ModelCard, Section } from '@gradus/report';
import { withInterval } from '../shared/estimate.ts';
import { sliceBlock } from '../shared/slice-block.ts';
import type { Standing } from '../shared/standing.ts';
import { baselineName, pInWords } from '../shared/words.ts';
import type { ClusterEvaluation } from './evaluation.ts';

const SILHOUETTE: Localized = { en: 'Silhouette', zh: '轮廓系数' };
const MOST_NAMED = 5;

export function clusterFindings(evaluation: ClusterEvaluation): Localized[] {
  const { clusters } = evaluation;
  const named = clusters.slice(0, MOST_NAMED).map(({ name, size }) => `${name} (${count(size)})`);
  return [
    {
      en: `${count(clusters.length)} clusters; the largest: ${named.join(', ')}.`,
      zh: `共 ${count(clusters.length)} 个聚类；最大的：${named.join('、')}。`,
    },
    standingOfClusters(evaluation),
  ];
}

export function clusterSections(evaluation: ClusterEvaluation): Section[] {
  const { clusters, without, n, trainedOn, slices } = evaluation;
  return [
    {
      id: 'clusters',
      title: { en: 'Clusters', zh: '聚类' },
      blocks: [
        {
          kind: 'text',
          text: {
            en: `Found in ${count(trainedOn)} texts, of which ${count(without)} are in no cluster; measured on ${count(n)} others.`,
            zh: `由 ${count(trainedOn)} 条文本得出，其中 ${count(without)} 条不属于任何聚类；在另外 ${count(n)} 条上检验。`,
          },
        },
        {
          kind: 'note',
          tone: evaluation.standing === 'better' ? 'good' : 'warning',
          text: standingOfClusters(evaluation),
        },
        {
          kind: 'table',
          columns: [
            { label: { en: 'Cluster', zh: '聚类' } },
            { label: { en: 'Words', zh: '词语' } },
            { label: { en: 'Texts', zh: '文本数' }, align: 'right' },
            { label: { en: 'Stability', zh: '稳定性' }, align: 'right' },
          ],
          rows: clusters.map(({ name, terms, size, stability }) => [
            name,
            terms.join(', '),
            count(size),
            decimals(stability),
          ]),
        },
        ...(slices.length > 0 ? [sliceBlock(SILHOUETTE, slices, decimals)] : []),
      ],
    },
  ];
}

export function clusterCard(evaluation: ClusterEvaluation): Pick<ModelCard, 'metrics' | 'limits' | 'made'> {
  const { figure, baseline } = evaluation;
  return {
    metrics: [
      {
        name: SILHOUETTE,
        value: withInterval(figure, (value) => value.toFixed(4)),
        baseline: baseline.value.toFixed(4),
      },
    ],
    limits: [
      {
        en: 'Clusters are found without labels: their names are their own words, and other cuts of the same texts would be possible.',
        zh: '聚类不依赖标签：名称取自其中的词语，同样的文本也可以有其他划分。',
      },
      standingOfClusters(evaluation),
    ],
    made: [
      {
        en: 'Texts as points by latent semantic analysis and word vectors learnt from them; bagged spherical k-means; names by class-based TF-IDF.',
        zh: '以潜在语义分析和由文本学得的词向量表示文本；集成球面 k-means 聚类；以类别 TF-IDF 命名。',
      },
    ],
  };
}

function standingOfClusters({ figure, baseline, pValue, standing }: ClusterEvaluation): Localized {
  const name = baselineName(baseline.name);
  const figures = `${decimals(figure.value)} (${pInWords(pValue)}), ${decimals(baseline.value)}`;
  const sentences: Readonly<Record<Standing, Localized>> = {
    better: {
      en: `Texts that were not used lie more clearly in these clusters than around ${name.en}: silhouette ${figures}.`,
      zh: `未使用的文本在这些聚类中的归属比“${name.zh}”更清楚：轮廓系数 ${figures}。`,
    },
    alike: {
      en: `Not shown to be clearer than ${name.en}: silhouette ${figures}. The difference may be chance.`,
      zh: `未能证明比“${name.zh}”更清楚：轮廓系数 ${figures}。差异可能是偶然。`,
    },
    worse: {
      en: `Less clear than ${name.en}: silhouette ${figures}. The texts may have no clusters.`,
      zh: `不如“${name.zh}”清楚：轮廓系数 ${figures}。这些文本可能没有聚类。`,
    },
  };
  return sentences[standing];
}
