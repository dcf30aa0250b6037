/** The sampling plans that a standard asks for, how well they tell good lots from bad ones, and which of them the next lot gets. */
import { count, type Localized, percent } from '@gradus/base';
import { chartBlock, type Section, type SimpleBlock, type Text } from '@gradus/report';
import {
  averageUnits,
  type DoublePlan,
  doublePassProbability,
  doublePlan,
  inspectionAfter,
  LARGEST_PERCENT,
  passProbability,
  type QualityUnit,
  REDUCED_FROM,
  type SamplingPlan,
  SEVERITIES,
  type Severity,
  samplingPlan,
  VARIABLES_AQLS,
  VARIABLES_LEVELS,
  variablesPassProbability,
  variablesSamplingPlan,
} from '@gradus/stats';
import type { Standard } from '../standard/standard.ts';

const POINTS = 41;
/** A lot of five times the AQL is one that should be found. */
const BAD = 5;
/** Curves are drawn up to so many AQLs. */
const DRAWN = 15;
const MOST_SHARE = 0.9;

const NAMES: Readonly<Record<Severity | 'discontinued', Localized>> = {
  normal: { en: 'normal', zh: '正常检验' },
  tightened: { en: 'tightened', zh: '加严检验' },
  reduced: { en: 'reduced', zh: '放宽检验' },
  discontinued: { en: 'none', zh: '暂停检验' },
};

type Sampling = NonNullable<Standard['sampling']>;

/** One plan of the table. */
interface Row {
  readonly name: Localized;
  readonly units: Text;
  readonly rule: Localized;
  readonly passes: (quality: number) => number;
}

export function samplingSection({ sampling }: Standard): Section | undefined {
  if (!sampling) return undefined;
  const { lot, aql, level } = sampling;
  // An AQL above ten cannot mean a share of defective units: it counts defects.
  const unit: QualityUnit = aql > LARGEST_PERCENT ? 'defects' : 'defective units';
  const good = aql / 100;
  const bad = unit === 'defects' ? BAD * good : Math.min(MOST_SHARE, BAD * good);
  const measured = byMeasurement(sampling);
  const rows = [
    ...SEVERITIES.map((severity) => single(severity, samplingPlan(lot, aql, level, severity), unit)),
    ...SEVERITIES.flatMap((severity) => {
      const plan = doublePlan(lot, aql, level, severity);
      return plan ? [double(severity, plan, good, unit)] : [];
    }),
    ...measured,
  ];
  const most = unit === 'defects' ? DRAWN * good : Math.min(1, DRAWN * good);
  const qualities = Array.from({ length: POINTS }, (_, i) => (i * most) / (POINTS - 1));
  return {
    id: 'sampling',
    title: { en: 'Sampling plans', zh: '抽样方案' },
    blocks: [
      { kind: 'text', text: planInWords(sampling, unit) },
      planTable(rows, { good, bad, unit }),
      { kind: 'text', text: nextInWords(sampling) },
      { kind: 'text', text: RULES },
      chartBlock(
        unit === 'defects'
          ? {
              en: 'Operating characteristics: share of lots that pass, by their defects per hundred units',
              zh: '抽检特性曲线：不同每百单位不合格数下的接收概率',
            }
          : {
              en: 'Operating characteristics: share of lots that pass, by their share of defective units',
              zh: '抽检特性曲线：不同不合格品率下的接收概率',
            },
        {
          kind: 'line',
          x: { kind: 'category', values: qualities.map((quality) => qualityInWords(quality, unit)) },
          y: { fromZero: true },
          series: rows
            .slice(0, SEVERITIES.length)
            .map(({ name, passes }) => ({ name, values: qualities.map((quality) => passes(quality)) })),
        },
      ),
      {
        kind: 'text',
        text: measured.length > 0 ? both(OF_COUNTS, OF_MEASUREMENTS) : OF_COUNTS,
      },
    ],
  };
}

const both = (first: Localized, second: Localized): Localized => ({
  en: first.en + second.en,
  zh: first.zh + second.zh,
});

const qualityInWords = (quality: number, unit: QualityUnit): string =>
  unit === 'defects' ? count(Math.round(quality * 100)) : percent(quality);

function single(severity: Severity, plan: SamplingPlan, unit: QualityUnit): Row {
  return {
    name: NAMES[severity],
    units: `${count(plan.n)} (${plan.letter})`,
    rule: {
      en: `passes with ${plan.accept}, fails with ${plan.accept + 1}`,
      zh: `${plan.accept} 接收，${plan.accept + 1} 拒收`,
    },
    passes: (quality) => passProbability(plan, quality, unit),
  };
}

function double(severity: Severity, plan: DoublePlan, good: number, unit: QualityUnit): Row {
  const { n, letter, accept, reject, acceptTotal } = plan;
  const average = Math.round(averageUnits(plan, good, unit));
  return {
    name: { en: `${NAMES[severity].en}, two samples`, zh: `${NAMES[severity].zh}，二次抽样` },
    units: {
      en: `${count(n)} + ${count(n)} (${letter}); ${count(average)} on average at the AQL`,
      zh: `${count(n)} + ${count(n)}（${letter}）；质量为 AQL 时平均 ${count(average)}`,
    },
    rule: {
      en: `first: passes with ${accept}, fails with ${reject}; both: passes with ${acceptTotal}, fails with ${acceptTotal + 1}`,
      zh: `第一样本：${accept} 接收，${reject} 拒收；累计：${acceptTotal} 接收，${acceptTotal + 1} 拒收`,
    },
    passes: (quality) => doublePassProbability(plan, quality, unit),
  };
}

function byMeasurement({ lot, aql, level }: Sampling): Row[] {
  if (!VARIABLES_AQLS.includes(aql as never) || !VARIABLES_LEVELS.includes(level as never)) return [];
  return SEVERITIES.map((severity) => {
    const plan = variablesSamplingPlan(lot, aql, level as (typeof VARIABLES_LEVELS)[number], severity);
    return {
      name: { en: `${NAMES[severity].en}, by measurements`, zh: `${NAMES[severity].zh}，计量` },
      units: `${count(plan.n)} (${plan.letter})`,
      rule: {
        en: `passes where the mean is ${plan.k} sample deviations inside the limit`,
        zh: `样本均值距规格限不少于 ${plan.k} 个样本标准差则接收`,
      },
      passes: (quality) => variablesPassProbability(plan, quality),
    };
  });
}

function planInWords({ lot, aql, level }: Sampling, unit: QualityUnit): Localized {
  const { n, letter, accept, isWhole } = samplingPlan(lot, aql, level);
  return {
    en: `ISO 2859-1, level ${level}, AQL ${aql}${unit === 'defects' ? ' defects per hundred units' : ''}: of a lot of ${count(lot)} look at ${count(n)} units (letter ${letter})${isWhole ? ', which is the whole lot' : ''}; it passes with ${accept} ${unit === 'defects' ? 'defects' : 'defective ones'} at most, and fails with ${accept + 1}.`,
    zh: `ISO 2859-1，检验水平 ${level}，AQL ${aql}${unit === 'defects' ? '（每百单位不合格数）' : ''}：批量 ${count(lot)} 中抽取 ${count(n)} 件（字码 ${letter}）${isWhole ? '，即全检' : ''}；${unit === 'defects' ? '不合格数' : '不合格品'}不超过 ${accept} 则接收，达到 ${accept + 1} 则拒收。`,
  };
}

function planTable(
  rows: readonly Row[],
  { good, bad, unit }: { readonly good: number; readonly bad: number; readonly unit: QualityUnit },
): SimpleBlock {
  const at = (quality: number): Localized => {
    const words = qualityInWords(quality, unit);
    return unit === 'defects'
      ? { en: `of lots with ${words} defects per hundred, passed`, zh: `每百单位 ${words} 个不合格时接收` }
      : { en: `of lots with ${words} defective, passed`, zh: `不合格品率 ${words} 时接收` };
  };
  return {
    kind: 'table',
    columns: [
      { label: { en: 'inspection', zh: '检验' } },
      { label: { en: 'units (letter)', zh: '样本量（字码）' } },
      { label: { en: 'the lot', zh: '判定' } },
      { label: at(good), align: 'right' },
      { label: at(bad), align: 'right' },
    ],
    rows: rows.map(({ name, units, rule, passes }) => [
      name,
      units,
      rule,
      percent(passes(good)),
      percent(passes(bad)),
    ]),
  };
}

function nextInWords({ lot, aql, level, found, may_reduce }: Sampling): Localized {
  if (found.length === 0)
    return {
      en: 'Inspection begins normal. Write the defective units found in each lot into the standard (sampling: found: [0, 2, 1]), and this says which inspection the next lot gets.',
      zh: '检验从正常检验开始。在标准文件中写入各批样本中发现的不合格品数（sampling: found: [0, 2, 1]），此处即给出下一批应采用的检验。',
    };
  const { next, score, lots } = inspectionAfter(found, { lot, aql, level, mayReduce: may_reduce });
  const failed = lots.filter(({ isAccepted }) => !isAccepted).length;
  const points: Localized =
    next === 'normal'
      ? {
          en: ` ${score} points of ${REDUCED_FROM} towards reduced inspection${score >= REDUCED_FROM ? ': it may begin where production is steady and it is wanted (may_reduce: true)' : ''}.`,
          zh: `转移得分 ${score}（达到 ${REDUCED_FROM} 方可放宽）${score >= REDUCED_FROM ? '：生产稳定且同意放宽时可转入放宽检验（may_reduce: true）' : ''}。`,
        }
      : { en: '', zh: '' };
  return next === 'discontinued'
    ? {
        en: `After ${count(lots.length)} lots, of which ${count(failed)} failed: take no more lots until the supplier has repaired the process.`,
        zh: `已检 ${count(lots.length)} 批，其中 ${count(failed)} 批不接收：暂停检验，直至供方改进过程。`,
      }
    : {
        en: `After ${count(lots.length)} lots, of which ${count(failed)} failed, the next lot gets ${NAMES[next].en} inspection.${points.en}`,
        zh: `已检 ${count(lots.length)} 批，其中 ${count(failed)} 批不接收，下一批采用${NAMES[next].zh}。${points.zh}`,
      };
}

/** ISO 2859-1:1999, 9.3 and 9.4. */
const RULES: Localized = {
  en: 'Rules: tightened after two of five lots in a row failed, normal again after five in a row passed; stop taking lots once five failed on tightened inspection. Reduced from 30 points on, while production is steady and it is wanted; normal again with the first lot that fails. A lot earns three points where it also passes with an AQL one step lower (two where the plan accepts one at most), and otherwise the points begin anew.',
  zh: '转移规则：连续五批中有两批不接收时转为加严检验；加严后连续五批接收则恢复正常检验；加严期间累计五批不接收则暂停检验。转移得分达到 30、生产稳定且同意时可转为放宽检验，放宽期间一批不接收即恢复正常检验。若 AQL 严一级时仍可接收，该批得三分（接收数不大于 1 的方案得两分），否则得分归零。',
};

const OF_COUNTS: Localized = {
  en: 'Counting plans are those of ISO 2859-1:1999, tables 2 and 3.',
  zh: '计数方案取自 ISO 2859-1:1999 表 2 和表 3。',
};
const OF_MEASUREMENTS: Localized = {
  en: ' Plans by measurements are those of ANSI/ASQ Z1.9 (constants of MIL-STD-414; one limit, deviation unknown, values normal), not those of ISO 3951-1, whose constants differ.',
  zh: '计量方案取自 ANSI/ASQ Z1.9（常数同 MIL-STD-414；单侧规格限、标准差未知、数据正态），并非常数不同的 ISO 3951-1。',
};
