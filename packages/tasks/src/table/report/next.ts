/** What to try next: rules from what was measured, the most useful first. */
import { count, type Localized, percent } from '@gradus/base';
import type { Section } from '@gradus/report';
import { baselineName } from '../../shared/words.ts';
import { metricOf } from '../evaluation/metrics.ts';
import type { TableReportInput } from './input.ts';
import { leaksOf } from './left-out.ts';
import { worstFirst } from './readings.ts';

const FEW_ROWS = 2000;
const FEW_TESTED = 300;
const MOSTLY = 0.5;
const MOST_NAMED = 5;
/** Probabilities that are off by more on average mislead whoever calculates with them. */
const OFF = 0.05;

const RULES: readonly ((input: TableReportInput) => Localized | readonly Localized[] | null)[] = [
  noBetter,
  leaks,
  ({ doubts = [] }) => doubts,
  drift,
  fewGroups,
  fewRows,
  fewTested,
  worse,
  offProbabilities,
  narrowRanges,
  brokenPromise,
  mostlyMissing,
];

export function nextSection(input: TableReportInput): Section {
  const items = nextSteps(input);
  return {
    id: 'next',
    title: { en: 'What to try next', zh: '下一步' },
    blocks: [{ kind: 'list', ordered: items.length > 1, items }],
  };
}

export function nextSteps(input: TableReportInput): Localized[] {
  const steps = RULES.flatMap((rule) => rule(input) ?? []);
  return steps.length > 0 ? steps : [NOTHING];
}

const NOTHING: Localized = {
  en: 'Nothing stands out. Put it to use, keep what came true of its answers, and retrain with it.',
  zh: '没有明显问题。可以投入使用；请记录答案的实际结果，并据此重新训练。',
};

function noBetter({ evaluation, target }: TableReportInput): Localized | null {
  const { standing, baseline, groups } = evaluation;
  // Of one group nothing is known either way.
  if (standing === 'better' || groups === 1) return null;
  if (baseline.name === 'linear')
    return {
      en: `A linear model does as well: these columns tell little more than what goes up or down steadily with each of them. To get further, add columns that tell something new of ${target.name}.`,
      zh: `线性模型效果相当：这些列除了随各列平稳升降的规律外，几乎没有更多信息。想更进一步，请补充能提供 ${target.name} 新信息的列。`,
    };
  const name = baselineName(baseline.name);
  return {
    en: `Do not use it yet: ${name.en} does as well, so the columns tell little or nothing of ${target.name}. Add columns with what was known before the outcome: earlier behaviour, amounts, times.`,
    zh: `暂不要使用：“${name.zh}”效果相当，说明这些列几乎不含 ${target.name} 的信息。请补充结果发生之前已知的信息：此前的行为、金额、时间等。`,
  };
}

function leaks(input: TableReportInput): Localized | null {
  const names = leaksOf(input);
  if (names.length === 0) return null;
  return {
    en: `Look at ${listed(names, 'en')}: left out since ${names.length === 1 ? 'it gives' : 'they give'} ${input.target.name} away. If other columns too are filled in only after the outcome, leave them out with --ignore.`,
    zh: `请检查 ${listed(names, 'zh')}：因泄漏 ${input.target.name} 而未使用。若还有其他列也是在结果发生后才填写，请用 --ignore 排除。`,
  };
}

function drift({ evaluation, split }: TableReportInput): Localized | null {
  if (!evaluation.slices.some(({ isNewest, isWorse }) => isNewest && isWorse)) return null;
  const time = split.kind === 'time' || split.kind === 'parent' ? { en: '', zh: '' } : TEST_BY_TIME;
  return {
    en: `It is worse on the newest rows: what it learns ages. Retrain often, with new rows.${time.en}`,
    zh: `在最新的数据上变差：学到的规律会过时。请经常用新数据重新训练。${time.zh}`,
  };
}

const TEST_BY_TIME: Localized = {
  en: ' Test by time (--time), for by chance it looks better than it will be.',
  zh: '请按时间检验（--time），随机检验会高估效果。',
};

function fewGroups({ evaluation, split }: TableReportInput): Localized | null {
  const { hasFewGroups, groups } = evaluation;
  if (!hasFewGroups) return null;
  const name = split.column ?? '';
  return {
    en: `Add rows of more groups${name && ` (${name})`}: ${groups === 1 ? '1 was' : `${groups} were`} tested, and more rows of the same ones do not help.`,
    zh: `补充更多分组${name && `（${name}）`}的数据：目前只检验了 ${groups} 个，同一分组的更多行没有帮助。`,
  };
}

function fewRows({ rows }: TableReportInput): Localized | null {
  if (rows.train >= FEW_ROWS) return null;
  return {
    en: `Add rows: ${count(rows.train)} are few to learn from. Learn from half of the file once; if that is clearly worse, twice as many rows will be clearly better.`,
    zh: `补充数据：用于训练的 ${count(rows.train)} 行偏少。可先只用一半数据训练一次；若明显变差，说明数据翻倍会明显变好。`,
  };
}

function fewTested({ rows, evaluation }: TableReportInput): Localized | null {
  if (rows.test >= FEW_TESTED) return null;
  const { title, format } = metricOf(evaluation.metric);
  const [low, high] = evaluation.figure.interval.map(format);
  return {
    en: `Do not take the figure too exactly: ${count(rows.test)} rows were tested, and ${title.en} may be anything from ${low} to ${high}.`,
    zh: `不要过于看重该数字：只检验了 ${count(rows.test)} 行，${title.zh}可能在 ${low} 到 ${high} 之间。`,
  };
}

function worse({ evaluation }: TableReportInput): Localized | null {
  const names = worstFirst(evaluation.slices.filter(({ isWorse, isNewest }) => isWorse && !isNewest)).map(
    ({ name }) => name,
  );
  if (names.length === 0) return null;
  const shown = (language: keyof Localized) =>
    listed(
      names.map((name) => name[language]),
      language,
    );
  return {
    en: `Add rows, or columns that tell more, of the kinds of rows that it is worse on, where they matter to you: ${shown('en')}.`,
    zh: `对您重要、而效果较差的那几类行，请补充数据或更有信息的列：${shown('zh')}。`,
  };
}

function offProbabilities({ evaluation }: TableReportInput): Localized | null {
  const { metrics, interval } = evaluation;
  if (!(metrics.calibrationError! > OFF && interval.calibrationError![0] > OFF / 2)) return null;
  return {
    en: `Do not calculate with its probabilities: they are off by ${percent(metrics.calibrationError!)} on average. Use them as an order only.`,
    zh: `不要直接用其概率计算：平均偏差 ${percent(metrics.calibrationError!)}。只宜用来排序。`,
  };
}

function narrowRanges({ evaluation: { detail } }: TableReportInput): Localized | null {
  if (detail.kind !== 'numbers' || !detail.intervals) return null;
  const { coverage, promised } = detail.intervals;
  if (coverage.interval[1] >= promised) return null;
  return {
    en: `Do not rely on the ranges: they held the true value in ${percent(coverage.value)} of the tested rows, less than promised. The tested rows probably differ from those learnt from.`,
    zh: `不要依赖答案的范围：检验数据中只有 ${percent(coverage.value)} 包含真实值，低于承诺。检验数据很可能与训练数据不同。`,
  };
}

function brokenPromise({ evaluation: { detail } }: TableReportInput): Localized | null {
  if (detail.kind !== 'classes' || !detail.abstention) return null;
  const { observed, errorRate } = detail.abstention;
  if (observed.interval[0] <= errorRate) return null;
  return {
    en: `Do not rely on the promise of at most ${percent(errorRate)} errors: on the tested rows ${percent(observed.value)} of its answers were wrong. The tested rows probably differ from those learnt from.`,
    zh: `不要依赖“错误率不超过 ${percent(errorRate)}”的承诺：检验数据中 ${percent(observed.value)} 的答案错误。检验数据很可能与训练数据不同。`,
  };
}

function mostlyMissing({ missing = {} }: TableReportInput): Localized | null {
  const names = Object.keys(missing)
    .filter((name) => missing[name]! > MOSTLY)
    .sort((a, b) => missing[b]! - missing[a]!);
  if (names.length === 0) return null;
  return {
    en: `Fill in what is mostly missing: ${listed(names, 'en')}.`,
    zh: `补全大多缺失的列：${listed(names, 'zh')}。`,
  };
}

function listed(names: readonly string[], language: keyof Localized): string {
  const shown = names.slice(0, MOST_NAMED).join({ en: ', ', zh: '、' }[language]);
  if (names.length <= MOST_NAMED) return shown;
  return language === 'en'
    ? `${shown} and ${names.length - MOST_NAMED} more`
    : `${shown} 等 ${names.length} 项`;
}
