/** The design report: what was made, how good it is beside simpler ways, what was refused. */
import { type Localized, percent } from '@gradus/base';
import type { Block, Report, Section } from '@gradus/report';
import type { FourNumbers } from '@gradus/tasks';
import type { Evaluated } from './evaluate.ts';
import { BASELINES, KIND_WORDS, verdictOf } from './findings.ts';
import type { Made } from './kinds/kind.ts';
import type { DesignSummary } from './summary.ts';

/** Levels that are drawn in the report. */
const MOST_DRAWN = 4;
/** Items that the report lists. */
const MOST_LISTED = 50;

export function designReport(summary: DesignSummary, { made, model }: Evaluated): Report {
  const words = KIND_WORDS[summary.kind];
  return {
    title: { en: `Designs: ${words.en}`, zh: `产品设计：${words.zh}` },
    lead: verdictOf(summary),
    sections: [designsSection(summary, made), judgedSection(summary, model), learntSection(summary)],
  };
}

function designsSection({ kind, files }: DesignSummary, made: readonly Made[]): Section {
  const drawn = kind === 'levels' ? made.slice(0, MOST_DRAWN).map(levelBlock) : [];
  return {
    id: 'designs',
    title: { en: 'Designs', zh: '设计' },
    blocks: [
      ...drawn,
      {
        kind: 'table',
        caption: {
          en: `How far each is from the original that is most like it; all in ${files.length} files under designs/, the originals beside them in designs.csv.`,
          zh: `每个设计与最相似的原有设计的差异；全部文件（${files.length} 个）位于 designs/，原有设计并列于 designs.csv。`,
        },
        columns: [
          { label: { en: 'Design', zh: '设计' } },
          // A level does not fit into a cell; designs.csv has it.
          ...(kind === 'levels' ? [] : [{ label: { en: 'Nearest original', zh: '最相似的原有设计' } }]),
          { label: { en: 'From the nearest original', zh: '与最相似的原有设计' } },
          { label: { en: 'Proof', zh: '证明' } },
        ],
        rows: made
          .slice(0, MOST_LISTED)
          .map(({ item, nearest, proof }, i) => [
            kind === 'levels' ? `level-${String(i + 1).padStart(3, '0')}.txt` : item,
            kind === 'levels' ? nearest.item.slice(0, nearest.item.indexOf('\n')) : nearest.item,
            nearest.distance,
            proof === null ? '' : proof.length > 60 ? `${proof.slice(0, 60)}…` : proof,
          ]),
      },
    ],
  };
}

/** A level as a picture: a colour a tile; its way, where one was found, is the darkest. */
function levelBlock({ item, proof }: Made, i: number): Block {
  const rows = item.split('\n');
  const tiles = [...new Set(item.replaceAll('\n', ''))].sort();
  const way = new Set(proof?.includes(',') ? proof.split(' ') : []);
  return {
    kind: 'chart',
    caption: {
      en: `Level ${i + 1}; a colour a tile (${tiles.join(' ')})${way.size > 0 ? ', and the way through it' : ''}.`,
      zh: `关卡 ${i + 1}；每种图块一种颜色（${tiles.join(' ')}）${way.size > 0 ? '，以及通关路线' : ''}。`,
    },
    height: Math.min(700, 90 + 20 * rows.length),
    chart: {
      kind: 'heatmap',
      columns: Array.from(rows[0]!, (_, x) => String(x + 1)),
      rows: rows.map((_, y) => String(y + 1)),
      cells: rows.flatMap((row, y) =>
        Array.from(row, (tile, x): [number, number, number] => [
          x,
          y,
          way.has(`${x + 1},${y + 1}`) ? tiles.length : tiles.indexOf(tile),
        ]),
      ),
      scale: { kind: 'sequential' },
    },
  };
}

const NUMBERS: readonly {
  readonly key: Exclude<keyof FourNumbers, 'n'>;
  readonly title: Localized;
  readonly what: Localized;
}[] = [
  {
    key: 'valid',
    title: { en: 'Valid', zh: '有效' },
    what: { en: 'obeys the rules, with proof where there is a solver', zh: '符合规则；有求解器时附证明' },
  },
  {
    key: 'like',
    title: { en: 'Like', zh: '相似' },
    what: {
      en: 'its small patterns come up as often as in originals that were not learnt from',
      zh: '局部模式的出现频率与未学习过的原有设计相近',
    },
  },
  {
    key: 'new',
    title: { en: 'New', zh: '新颖' },
    what: { en: 'copies no original', zh: '不与原有设计雷同' },
  },
  {
    key: 'diverse',
    title: { en: 'Diverse', zh: '多样' },
    what: { en: 'as different from each other as the originals are', zh: '彼此的差异与原有设计之间相当' },
  },
];

function judgedSection({ baselines, ceiling, metrics }: DesignSummary, model: FourNumbers): Section {
  const shown = ({ value, low, high }: { value: number; low: number; high: number }): string =>
    `${percent(value)} (${percent(low)} – ${percent(high)})`;
  const ways: readonly (readonly [Localized, FourNumbers])[] = [
    [{ en: 'The model', zh: '模型' }, model],
    [BASELINES.ngram, baselines.ngram],
    [BASELINES.recombination, baselines.recombination],
  ];
  return {
    id: 'judged',
    title: { en: 'How good they are', zh: '质量如何' },
    blocks: [
      {
        kind: 'table',
        caption: {
          en: `Of ${model.n} designs as they are drawn, before anything is refused, with 95 % intervals. Originals beside each other are alike by ${percent(ceiling)}.`,
          zh: `基于 ${model.n} 个未经筛选的设计，括号内为 95% 区间。原有设计之间的相似度为 ${percent(ceiling)}。`,
        },
        columns: [
          { label: { en: 'Made by', zh: '生成方式' } },
          ...NUMBERS.map(({ title }) => ({ label: title, align: 'right' as const })),
        ],
        rows: ways.map(([name, numbers]) => [name, ...NUMBERS.map(({ key }) => shown(numbers[key]))]),
      },
      {
        kind: 'list',
        ordered: false,
        items: NUMBERS.map(({ title, what }) => ({
          en: `${title.en}: ${what.en}.`,
          zh: `${title.zh}：${what.zh}。`,
        })),
      },
      {
        kind: 'text',
        text: {
          en: `How well it foretells designs that it has not seen: ${metrics.natsPerToken!.toFixed(3)} nats a token; the table of what follows what: ${metrics.natsPerTokenOfNgram!.toFixed(3)}. Less is better.`,
          zh: `对未见过的设计的预测：每个词元 ${metrics.natsPerToken!.toFixed(3)} 奈特；统计表为 ${metrics.natsPerTokenOfNgram!.toFixed(3)}。越小越好。`,
        },
      },
    ],
  };
}

function learntSection({ notes, setAside, refused, learntFrom }: DesignSummary): Section {
  const lines = (of: DesignSummary['refused']): Localized[] =>
    of.map(({ reason, count }) => ({ en: `${count}: ${reason.en}.`, zh: `${count}：${reason.zh}。` }));
  const list = (title: Localized, items: readonly Localized[]): Block[] =>
    items.length === 0
      ? []
      : [
          { kind: 'text', text: title },
          { kind: 'list', ordered: false, items },
        ];
  return {
    id: 'learnt',
    title: { en: 'What was learnt from, and refused', zh: '学习与拒绝的内容' },
    blocks: [
      {
        kind: 'text',
        text: {
          en: `${learntFrom} originals were learnt from; a tenth was kept to choose by, and a tenth to judge by. Whose designs they are, and whether others may be made after them, is for you to know.`,
          zh: `学习了 ${learntFrom} 个原有设计；十分之一用于选择，十分之一用于检验。这些设计的版权归属以及能否据此再创作，请自行确认。`,
        },
      },
      ...list({ en: 'Rules:', zh: '规则：' }, notes),
      ...list({ en: 'Not learnt from:', zh: '未学习：' }, lines(setAside)),
      ...list({ en: 'Drawn, and refused:', zh: '生成后被拒绝：' }, lines(refused)),
    ],
  };
}
