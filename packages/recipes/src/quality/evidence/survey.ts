/**
 * A survey: satisfaction (CSAT), recommendation (NPS), usability (SUS), gaps of service (SERVQUAL), Kano's classes, and what drives the
 * outcome. Each rating is read on its own scale; what is no answer (−99) is left out by name.
 */
import type { Localized } from '@gradus/base';
import { yesOrNo } from '@gradus/data';
import type { Section } from '@gradus/report';
import type { Figure } from '@gradus/tasks';
import { cellsOf, clustersBy, findColumns, sliceColumns, versionColumn } from './columns.ts';
import { driverSection } from './drivers.ts';
import { type Evidence, type EvidenceSettings, type EvidenceTable, LeftOutRows } from './evidence.ts';
import { type Joined, SYSTEM } from './join.ts';
import { kanoSection } from './kano-section.ts';
import { mixedScales, type Ratings, ratingsOf } from './ratings.ts';
import { satisfactionFigure } from './satisfaction.ts';
import { gapFigures, susFigure } from './scales.ts';

const SURVEY_COLUMNS = {
  recommend: [
    'nps',
    'recommend',
    'wouldrecommend',
    'likelihoodtorecommend',
    'recommendation',
    'cusl3',
    '推荐',
    '推荐意愿',
    '推荐度',
  ],
  satisfaction: [
    'csat',
    'satisfaction',
    'overallsatisfaction',
    'overall',
    'satisfied',
    'cusa1',
    'cusa',
    '满意度',
    '总体满意度',
    '整体满意度',
  ],
  user: ['user', 'userid', 'respondent', 'respondentid', 'customer', '用户', '受访者'],
} as const;

/** A survey has several columns of ratings, and hardly any others. */
const FEWEST_RATINGS = 3;
const SHARE_OF_RATINGS = 0.6;

export function isSurvey(table: EvidenceTable): boolean {
  const columns = findColumns(table, SURVEY_COLUMNS, {});
  if (columns.recommend !== undefined || columns.satisfaction !== undefined) return true;
  const ratings = table.columns.filter((name) => ratingsOf(table, name) !== undefined);
  return ratings.length >= FEWEST_RATINGS && ratings.length >= SHARE_OF_RATINGS * table.columns.length;
}

export function surveyEvidence(
  { table, leftOut, notes: joinedNotes, isOfSystems }: Joined,
  settings: EvidenceSettings,
): Evidence {
  const { standard, version, slices } = settings;
  const columns = findColumns(table, SURVEY_COLUMNS, standard.columns);
  const out = new LeftOutRows();
  const notes: Localized[] = [...joinedNotes];
  const versions = versionColumn(table, version ?? (isOfSystems ? SYSTEM : undefined));
  const ratings = new Map(
    table.columns.flatMap((name) => {
      // Of few answers to a question that is known, two may already be all that were given.
      const isKnown = name === columns.satisfaction || name === columns.recommend;
      const found = ratingsOf(table, name, isKnown && !isYesOrNo(table, name) ? 1 : undefined);
      return found ? [[name, found] as const] : [];
    }),
  );
  for (const [name, { odd }] of ratings) {
    for (const { row, value } of odd) out.add(noAnswer(name, value), table.numbers[row]!);
  }
  const parts = sliceColumns(table, {
    asked: slices,
    taken: new Set([...ratings.keys(), ...(versions ? [versions.name] : [])]),
  });
  const figures: Figure[] = [];
  for (const [role, figure] of [
    ['satisfaction', csatFigure],
    ['recommend', npsFigure],
  ] as const) {
    const name = columns[role];
    if (name === undefined) continue;
    const found = ratings.get(name);
    if (!found) {
      const yes = role === 'satisfaction' && isYesOrNo(table, name) && satisfactionFigure(table, name);
      if (yes) figures.push({ ...yes.figure, id: 'csat' });
      else notes.push(noRatings(name));
      continue;
    }
    const mixed = mixedScales(found, versions ? [...parts, versions] : parts);
    if (mixed) notes.push(scalesMixed(name, mixed));
    else figures.push(figure(name, found));
  }
  const sections: Section[] = [];
  const drivers = driverSection(table, ratings, columns);
  if (drivers) sections.push(drivers.section);
  const kano = kanoSection(table);
  if (kano) sections.push(kano);
  if (columns.satisfaction === undefined && columns.recommend === undefined) notes.push(NO_OUTCOME);
  const clustered = clustersBy(table, [columns.user]);
  return {
    kind: 'survey',
    file: table.file,
    rows: Int32Array.from(table.numbers),
    figures: [...figures, ...susFigure(table), ...gapFigures(ratings)],
    ...(clustered && { clusters: clustered.clusters, clusteredBy: clustered.name }),
    slices: parts,
    ...(versions && { versions }),
    quotes: table.rows.map((_, row) =>
      [columns.satisfaction, columns.recommend]
        .flatMap((name) => (name === undefined ? [] : [`${name}: ${cellsOf(table, name)(row)}`]))
        .join(', '),
    ),
    leftOut: [...leftOut, ...out.all],
    notes,
    ranked: drivers?.ranked ?? [],
    sections,
    columns: columns as Record<string, string>,
  };
}

function csatFigure(name: string, { values, scale }: Ratings): Figure {
  const range = `${scale.satisfied}–${scale.to} / ${scale.from}–${scale.to}`;
  return {
    id: 'csat',
    title: { en: `CSAT: satisfied by "${name}" (${range})`, zh: `CSAT：“${name}”满意占比（${range}）` },
    unit: 'share',
    better: 'more',
    values: {
      kind: 'ratio',
      range: 'share',
      numerator: values.map((value) => (value >= scale.satisfied ? 1 : 0)),
      denominator: values.map((value) => (Number.isNaN(value) ? 0 : 1)),
    },
  };
}

/** Those who give 9 or 10, less those who give 6 or less (Reichheld, 2003); on other scales at the same places. */
function npsFigure(name: string, { values, scale }: Ratings): Figure {
  const at = (share: number) => scale.from + share * (scale.to - scale.from);
  const isTen = scale.to === 10;
  const [promoter, detractor] = isTen ? [9, 6] : [at(0.9), at(0.6)];
  return {
    id: 'nps',
    title: {
      en: `NPS by "${name}" (${scale.from}–${scale.to})`,
      zh: `NPS：“${name}”（${scale.from}–${scale.to}）`,
    },
    unit: 'points',
    better: 'more',
    values: {
      kind: 'ratio',
      range: 'any',
      bounds: [-100, 100],
      numerator: values.map((value) => (value >= promoter ? 100 : value <= detractor ? -100 : 0)),
      denominator: values.map((value) => (Number.isNaN(value) ? 0 : 1)),
    },
  };
}

/** Whether all that a column holds is yes or no. */
function isYesOrNo(table: EvidenceTable, name: string): boolean {
  const cell = cellsOf(table, name);
  const filled = table.rows.map((_, row) => cell(row)).filter((text) => text.trim() !== '');
  return filled.length > 0 && filled.every((text) => !Number.isNaN(yesOrNo(text)));
}

const noRatings = (name: string): Localized => ({
  en: `"${name}" holds no ratings that a scale could be told from (whole numbers of 1–5, 1–7, 1–10 or 0–10; codes such as -99 are no answers), so it has no figure. Give ratings, or name another column in the standard: columns: {satisfaction: NAME}.`,
  zh: `“${name}”中没有可以判定评分制的评分（应为 1–5、1–7、1–10 或 0–10 的整数；-99 之类的代码视为未作答），因此不给出指标。请提供评分，或在标准中另行指明列：columns: {satisfaction: 列名}。`,
});

const noAnswer = (name: string, value: string): Localized => ({
  en: `"${name}": ${value} is no rating of its scale, so it is no answer`,
  zh: `“${name}”：${value} 不在评分范围内，视为未作答`,
});

const scalesMixed = (name: string, part: Localized): Localized => ({
  en: `"${name}" mixes scales: where ${part.en} it never goes above 5, elsewhere it goes to 10. Its figures are left out; bring all rows to one scale, or give the parts as files of their own.`,
  zh: `“${name}”混用了评分制：${part.zh} 的行从不超过 5，其余可达 10。相关指标不予给出；请统一评分制，或分文件提供。`,
});

const NO_OUTCOME: Localized = {
  en: 'No column of satisfaction or recommendation was recognized. Say which it is in the standard: columns: {satisfaction: NAME, recommend: NAME}.',
  zh: '未识别出满意度或推荐意愿的列。请在标准中指明：columns: {satisfaction: 列名, recommend: 列名}。',
};
