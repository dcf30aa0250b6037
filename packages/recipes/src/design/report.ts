/** The design report: what was made, how good it is beside simpler ways, what was refused. */
import { count, type Localized, percent } from '@gradus/base';
import { type Block, type Picture, type Report, type Section, shortened } from '@gradus/report';
import { colourOf, type FourNumbers, type Sheet } from '@gradus/tasks';
import type { Evaluated } from './evaluate.ts';
import {
  BASELINES,
  draftsSentence,
  KIND_WORDS,
  marksSentence,
  samplesSentence,
  verdictOf,
} from './findings.ts';
import type { Made, Wants } from './kinds/kind.ts';
import { type LevelRules, upright } from './kinds/level-rules.ts';
import type { SheetRules } from './kinds/sheets.ts';
import { type SpriteRules, split } from './kinds/sprites.ts';
import { tileColour } from './kinds/tile-colours.ts';
import type { DesignSummary } from './summary.ts';

/** Levels that are drawn in the report. */
const MOST_DRAWN = 6;
const MOST_SPRITES = 60;
const MOST_NEAREST = 12;
const MOST_SHEETS = 12;
const MOST_COLUMNS = 14;
/** Items that the report lists. */
const MOST_LISTED = 50;

export function designReport(summary: DesignSummary, evaluated: Evaluated, rules: unknown): Report {
  const words = KIND_WORDS[summary.kind];
  return {
    title: { en: `Designs: ${words.en}`, zh: `产品设计：${words.zh}` },
    lead: verdictOf(summary),
    sections: [
      designsSection(summary, evaluated, rules),
      judgedSection(summary, evaluated.model),
      learntSection(summary),
    ],
  };
}

function designsSection(
  { kind, files, miss }: DesignSummary,
  { made, wants }: Evaluated,
  rules: unknown,
): Section {
  const pictures = picturesOf(kind, made, rules);
  const isDrawn = kind === 'levels' || kind === 'sprites';
  return {
    id: 'designs',
    title: { en: 'Designs', zh: '设计' },
    blocks: [
      ...pictures,
      ...(kind === 'sheets' ? [sheetsTable(made, rules as SheetRules)] : []),
      {
        kind: 'table',
        caption: {
          en: `How far each is from the original that is most like it; all in ${files.length} files under designs/, the originals beside them in designs.csv. Write keep or drop into its column "mark", then: gradus feedback RUN designs.csv, gradus iterate MODEL.`,
          zh: `每个设计与最相似的原有设计的差异；全部文件（${files.length} 个）位于 designs/，原有设计并列于 designs.csv。在其“mark”列填写 keep（保留）或 drop（舍弃），再运行 gradus feedback RUN designs.csv 和 gradus iterate MODEL。`,
        },
        columns: [
          { label: { en: 'Design', zh: '设计' } },
          // A level or sprite does not fit into a cell; designs.csv has it.
          ...(isDrawn ? [] : [{ label: { en: 'Nearest original', zh: '最相似的原有设计' } }]),
          { label: { en: 'From the nearest original', zh: '与最相似的原有设计' } },
          ...(kind === 'levels' ? [{ label: { en: 'Proof', zh: '证明' } }] : []),
          ...(miss === null ? [] : [{ label: { en: 'As asked for', zh: '所要求的属性' } }]),
        ],
        rows: made
          .slice(0, MOST_LISTED)
          .map(({ item, nearest, proof, properties }, i) => [
            nameOf(kind, item, i, rules),
            ...(isDrawn ? [] : [nearest.item]),
            nearest.distance,
            ...(kind === 'levels' ? [proofInWords(proof)] : []),
            ...(miss === null ? [] : [wantedOf(properties, wants)]),
          ]),
      },
    ],
  };
}

/** Moves as they are played; a way by its places is drawn, and too long to be read. */
function proofInWords(proof: string | null): Localized | string {
  if (proof?.includes(',')) {
    const places = count(proof.split(' ').length);
    return { en: `a way of ${places} places`, zh: `途经 ${places} 格的路线` };
  }
  return proof === null ? '' : shortened(proof, 60);
}

/** What an item has of what was asked for. */
const wantedOf = (properties: Made['properties'], wants: Wants): string =>
  Object.keys(wants)
    .map((name) => {
      const value = properties[name] ?? '';
      return `${name} ${typeof value === 'number' ? Number(value.toPrecision(3)) : value.replaceAll('\n', ', ')}`;
    })
    .join('; ');

const numberOf = (i: number): string => String(i + 1).padStart(3, '0');

function nameOf(kind: DesignSummary['kind'], item: string, i: number, rules: unknown): string {
  if (kind === 'levels') return `level-${numberOf(i)}.txt`;
  if (kind === 'sprites') return `sprite-${numberOf(i)}.png`;
  if (kind === 'names') return item;
  const text = (rules as SheetRules).fields.find((field) => field.kind === 'text');
  const sheet = JSON.parse(item) as Sheet;
  return (text && String(sheet[text.name] ?? '')) || String(i + 1);
}

function sheetsTable(made: readonly Made[], { columns, fields }: SheetRules): Block {
  const shown = columns
    .filter((name) => fields.find((field) => field.name === name)?.kind !== 'list')
    .slice(0, MOST_COLUMNS);
  return {
    kind: 'table',
    caption: {
      en: 'The first sheets; all fields are in sheets.csv and sheets.jsonl.',
      zh: '前几个条目；全部字段见 sheets.csv 与 sheets.jsonl。',
    },
    columns: shown.map((label) => ({ label: { en: label, zh: label } })),
    rows: made.slice(0, MOST_SHEETS).map(({ item }) => {
      const sheet = JSON.parse(item) as Sheet;
      return shown.map((name) => String(sheet[name] ?? ''));
    }),
  };
}

function picturesOf(kind: DesignSummary['kind'], made: readonly Made[], rules: unknown): Block[] {
  if (made.length === 0) return [];
  if (kind === 'levels') {
    return [
      {
        kind: 'pixels',
        scale: 12,
        caption: {
          en: 'The first levels, tile by tile as their files have them; where there is a way through one, it is the line.',
          zh: '前几个关卡，逐格显示文件中的图块；有通关路线时以线条表示。',
        },
        items: made.slice(0, MOST_DRAWN).map((one, i) => levelPicture(one, i, rules as LevelRules)),
      },
    ];
  }
  if (kind !== 'sprites') return [];
  const { width, height, palette } = rules as SpriteRules;
  const drawn = (item: string, name: Localized | string): Picture => {
    const pixels = split(item)[1].replaceAll('\n', '');
    return { name, width, height, colours: palette.colours, cells: Array.from(pixels, colourOf) };
  };
  return [
    {
      kind: 'pixels',
      scale: Math.max(1, Math.floor(64 / Math.max(width, height))),
      caption: { en: 'Made sprites, each with its class.', zh: '生成的精灵图及其类别。' },
      items: made.slice(0, MOST_SPRITES).map(({ item }) => drawn(item, split(item)[0] || ' ')),
    },
    {
      kind: 'pixels',
      scale: Math.max(1, Math.floor(64 / Math.max(width, height))),
      caption: {
        en: 'The original that is most like each of the first ones.',
        zh: '前几个生成图各自最相似的原图。',
      },
      items: made.slice(0, MOST_NEAREST).map(({ nearest }) => drawn(nearest.item, nearest.distance)),
    },
  ];
}

function levelPicture({ item, proof }: Made, i: number, rules: LevelRules): Picture {
  const rows = upright(item, rules).split('\n');
  const letters = rows.join('');
  const tiles = [...new Set(letters)].sort();
  const colours = tiles.map((tile) => tileColour(tile, rules));
  const way = proof?.includes(',')
    ? proof.split(' ').map((place): [number, number] => {
        const [x, y] = place.split(',').map(Number);
        return [x! - 1, y! - 1];
      })
    : undefined;
  return {
    name: `level-${numberOf(i)}`,
    width: rows[0]!.length,
    height: rows.length,
    colours,
    cells: Array.from(letters, (tile) => tiles.indexOf(tile)),
    letters,
    ...(way && { way }),
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

const shown = ({ value, low, high }: FourNumbers['valid']): string =>
  `${percent(value)} (${percent(low)} – ${percent(high)})`;

function judgedSection(
  { baselines, ceiling, metrics, marks, samples, drafts }: DesignSummary,
  model: FourNumbers,
): Section {
  const ways: readonly (readonly [Localized, FourNumbers])[] = [
    [{ en: 'The model', zh: '模型' }, model],
    [BASELINES.ngram, baselines.ngram],
    [BASELINES.recombination, baselines.recombination],
    ...(['gan', 'flow'] as const).flatMap((name): [Localized, FourNumbers][] => {
      const numbers = baselines[name];
      return numbers ? [[BASELINES[name], numbers]] : [];
    }),
    ...(drafts?.numbers
      ? [[{ en: `Drafts of ${drafts.model}`, zh: `${drafts.model} 的草稿` }, drafts.numbers] as const]
      : []),
  ];
  return {
    id: 'judged',
    title: { en: 'How good they are', zh: '质量如何' },
    blocks: [
      {
        kind: 'table',
        caption: {
          en: `Of ${model.n} designs as they are drawn, before anything is refused, with 95% intervals. Originals beside each other are alike by ${percent(ceiling)}.`,
          zh: `基于 ${model.n} 个未经筛选的设计，括号内为 95% 区间。原有设计之间的相似度为 ${percent(ceiling)}。`,
        },
        columns: [
          { label: { en: 'Made by', zh: '生成方式' } },
          ...NUMBERS.map(({ title }) => ({ label: title, align: 'right' as const })),
        ],
        rows: ways.map(([name, numbers]) => [name, ...NUMBERS.map(({ key }) => shown(numbers[key]))]),
      },
      ...(samples === null ? [] : samplesBlocks(samples)),
      ...(drafts === null ? [] : [{ kind: 'text' as const, text: draftsSentence(drafts) }]),
      ...(marks === null ? [] : [{ kind: 'text' as const, text: marksSentence(marks) }]),
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
          en: `How well it predicts designs that it has not seen: ${metrics.natsPerToken!.toFixed(3)} nats a token; the table of what follows what: ${metrics.natsPerTokenOfNgram!.toFixed(3)}. Less is better.`,
          zh: `对未见过的设计的预测：每个词元 ${metrics.natsPerToken!.toFixed(3)} 奈特；统计表为 ${metrics.natsPerTokenOfNgram!.toFixed(3)}。越小越好。`,
        },
      },
    ],
  };
}

function samplesBlocks(samples: NonNullable<DesignSummary['samples']>): Block[] {
  const names: Readonly<Record<string, Localized>> = {
    model: { en: 'The model', zh: '模型' },
    ...BASELINES,
    originals: { en: 'Originals that were learnt from', zh: '学习过的原图' },
  };
  return [
    { kind: 'text', text: samplesSentence(samples) },
    {
      kind: 'table',
      caption: {
        en: 'Can they be told from originals that were not learnt from? By the nearest neighbour: 50% is not at all. Covered: originals that a made one is as near to as others are.',
        zh: '能否与未学习过的原图区分？按最近邻：50% 即无法区分。覆盖：有生成图与之足够接近的原图比例。',
      },
      columns: [
        { label: { en: 'Made by', zh: '生成方式' } },
        { label: { en: 'Nearest neighbour', zh: '最近邻检验' }, align: 'right' },
        { label: { en: 'Originals covered', zh: '覆盖的原图' }, align: 'right' },
      ],
      rows: Object.entries(samples.by).map(([name, { nearestNeighbour, coverage }]) => [
        names[name] ?? name,
        shown(nearestNeighbour),
        shown(coverage),
      ]),
    },
  ];
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
          en: `${learntFrom} originals were learnt from; a tenth was kept to choose by, and a tenth to judge by.`,
          zh: `学习了 ${learntFrom} 个原有设计；十分之一用于选择，十分之一用于检验。`,
        },
      },
      ...list({ en: 'Rules:', zh: '规则：' }, notes),
      ...list({ en: 'Not learnt from:', zh: '未学习：' }, lines(setAside)),
      ...list({ en: 'Drawn, and refused:', zh: '生成后被拒绝：' }, lines(refused)),
    ],
  };
}
