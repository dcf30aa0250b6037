/** What is said of columns, in words. */
import { count, decimals, type Localized, percent, plural, signed, significant } from '@gradus/base';
import { same } from '../../shared/words.ts';
import type { Dependence, DependencePoint } from './dependence.ts';
import type { Explanation, LossName } from './explanation.ts';
import { shapeOf } from './shape.ts';
import type { Importance } from './shuffled.ts';

/** Names that a sentence lists at most. */
const MOST_NAMES = 20;
/** Points that fewer rows are near than this are marked. */
export const FEW_ROWS = 10;

type Spoken = Pick<Explanation, 'target' | 'speaksOf'>;

export const quoted = (name: string): Localized => ({ en: `"${name}"`, zh: `“${name}”` });

/** "a", "b" and 3 more */
function listed(names: readonly string[]): Localized {
  const shown = names.slice(0, MOST_NAMES).map(quoted);
  const more = names.length - shown.length;
  return {
    en: shown.map(({ en }) => en).join(', ') + (more > 0 ? ` and ${more} more` : ''),
    zh: shown.map(({ zh }) => zh).join('、') + (more > 0 ? `等 ${names.length} 列` : ''),
  };
}

export const answerText = ({ speaksOf }: Spoken, answer: number): string =>
  speaksOf === undefined ? significant(answer) : percent(answer);

/** Years and ages without a comma. */
export const atText = (at: number | string): string =>
  typeof at === 'string' ? at : Number.isInteger(at) && Math.abs(at) < 10_000 ? String(at) : significant(at);

/** What the answers are. */
const subject = ({ target, speaksOf }: Spoken): Localized =>
  speaksOf === undefined
    ? { en: `The predicted "${target}"`, zh: `“${target}”的预测值` }
    : { en: `The probability of "${speaksOf}"`, zh: `“${speaksOf}”的概率` };

export const LOSSES: Readonly<Record<LossName, Localized>> = {
  'log loss': { en: 'log loss', zh: '对数损失' },
  'squared error': { en: 'mean squared error', zh: '均方误差' },
  'absolute error': { en: 'mean absolute error', zh: '平均绝对误差' },
};

/** By how much worse answers are, in a unit that people know. */
export function effectText({ lossName, loss }: Explanation, { loss: growth }: Importance): Localized {
  const { name, size } = ERRORS[lossName];
  const [from, to] = [loss, loss + growth].map((of) => significant(Number(size(of).toPrecision(3))));
  return growth > 0 && from !== to
    ? { en: `the ${name.en} grows from ${from} to ${to}`, zh: `${name.zh}从 ${from} 增至 ${to}` }
    : { en: `the ${name.en} does not grow`, zh: `${name.zh}并不增加` };
}

const ERRORS: Readonly<
  Record<LossName, { readonly name: Localized; readonly size: (loss: number) => number }>
> = {
  'log loss': { name: LOSSES['log loss'], size: (loss) => loss },
  'squared error': {
    name: { en: 'typical error (root mean square)', zh: '典型误差（均方根）' },
    size: (loss) => Math.sqrt(Math.max(0, loss)),
  },
  'absolute error': { name: { en: 'mean error', zh: '平均误差' }, size: (loss) => loss },
};

/** "+0.12 [0.10, 0.14]": as many decimals as the interval's width is worth. */
export function growthText({ loss, interval: [low, high] }: Importance): string {
  if (low === high) return significant(loss);
  const places = Math.min(8, Math.max(0, 1 - Math.floor(Math.log10(high - low))));
  const short = (value: number) => decimals(value, places);
  return `${signed(loss, short)} [${short(low)}, ${short(high)}]`;
}

/** How the answer goes with a column. */
export function dependenceText(spoken: Spoken, { column, kind, points }: Dependence): Localized {
  const name = quoted(column);
  const of = subject(spoken);
  const at = (point: DependencePoint): Localized => {
    const [answer, place] = [answerText(spoken, point.answer), atText(point.at)];
    return { en: `${answer} at ${place}`, zh: `${place} 处为 ${answer}` };
  };
  const byAnswer = points.toSorted((a, b) => b.answer - a.answer);
  if (kind === 'category') {
    const [high, low] = [byAnswer[0]!, byAnswer.at(-1)!];
    const answers = [high, low].map(({ answer }) => answerText(spoken, answer));
    const levels = [high, low].map((point) => quoted(atText(point.at)));
    return {
      en: `${of.en} is highest where ${name.en} is ${levels[0]!.en} (${answers[0]}) and lowest where it is ${levels[1]!.en} (${answers[1]}).`,
      zh: `${of.zh}在${name.zh}为${levels[0]!.zh}时最高（${answers[0]}），为${levels[1]!.zh}时最低（${answers[1]}）。`,
    };
  }
  const shape = shapeOf(points);
  const [first, last] = [points[0]!, points.at(-1)!];
  switch (shape.kind) {
    case 'flat':
      return {
        en: `${of.en} hardly changes with ${name.en} on average: what it does depends on the other columns.`,
        zh: `平均而言，${of.zh}几乎不随${name.zh}变化：它的作用取决于其他列。`,
      };
    case 'rises':
    case 'falls': {
      const [from, until] = [points[shape.from]!, points[shape.until]!];
      const verb = shape.kind === 'rises' ? { en: 'rises', zh: '上升' } : { en: 'falls', zh: '下降' };
      const begins =
        from === first
          ? same('')
          : { en: ` from about ${atText(from.at)} on`, zh: `从约 ${atText(from.at)} 起` };
      const stays =
        until === last
          ? same('')
          : {
              en: ` up to about ${atText(until.at)} and then stays`,
              zh: `，到约 ${atText(until.at)} 后基本不变`,
            };
      return {
        en: `${of.en} ${verb.en} with ${name.en}${begins.en}${stays.en}: ${at(first).en}, ${at(last).en}.`,
        zh: `${of.zh}${begins.zh}随${name.zh}${verb.zh}${stays.zh}：${at(first).zh}，${at(last).zh}。`,
      };
    }
    case 'peak':
    case 'valley': {
      const turn = points[shape.turn]!;
      const verbs =
        shape.kind === 'peak'
          ? { en: ['rises', 'falls'], zh: ['上升', '下降'] }
          : { en: ['falls', 'rises'], zh: ['下降', '上升'] };
      return {
        en: `${of.en} ${verbs.en[0]} with ${name.en} up to about ${atText(turn.at)} and then ${verbs.en[1]}: ${at(first).en}, ${at(turn).en}, ${at(last).en}.`,
        zh: `${of.zh}随${name.zh}先${verbs.zh[0]}，到约 ${atText(turn.at)} 后${verbs.zh[1]}：${at(first).zh}，${at(turn).zh}，${at(last).zh}。`,
      };
    }
    case 'wavy': {
      const [high, low] = [at(points[shape.highest]!), at(points[shape.lowest]!)];
      return {
        en: `${of.en} goes up and down with ${name.en}: highest with ${high.en}, lowest with ${low.en}.`,
        zh: `${of.zh}随${name.zh}起伏：最高点 ${high.zh}，最低点 ${low.zh}。`,
      };
    }
  }
}

export const explanationWords = {
  title: { en: 'What the model goes by', zh: '模型的依据' },
  measured: (rows: number, loss: Localized): Localized => ({
    en: `Each column's cells were shuffled among ${plural(rows, 'held-out row')}, so that they say nothing any more. The more the ${loss.en} grows, the more the model needs the column (permutation importance).`,
    zh: `将每一列的取值在 ${count(rows)} 行留出数据之间打乱，使其不再提供信息。${loss.zh}增加得越多，模型越依赖该列（置换重要性）。`,
  }),
  caution: {
    en: 'This is what the model uses, not what causes the outcome. To change a column in the world need not change the outcome: try it on some, and compare with others.',
    zh: '以上是模型所依据的内容，不是结果的原因。在现实中改变某一列，结果未必随之改变：请先小范围试验并与未改变的对照比较。',
  },
  chart: (loss: Localized): Localized => ({
    en: `By how much the ${loss.en} grows when a column is shuffled, with 95% intervals. What touches 0 may be chance.`,
    zh: `打乱某列后${loss.zh}的增量及 95% 区间。区间触及 0 的可能只是偶然。`,
  }),
  column: (name: string, effect: Localized, how: Localized | undefined): Localized => ({
    en: `${quoted(name).en}: when it is shuffled, ${effect.en}.${how ? ` ${how.en}` : ''}`,
    zh: `${quoted(name).zh}：打乱后${effect.zh}。${how?.zh ?? ''}`,
  }),
  together: (names: readonly string[], association: number, seen: Localized | undefined): Localized => ({
    en: `${listed(names).en} say much the same (association ${association.toFixed(2)}), and each alone looks less important than it is, since the others stand in for it. ${seen ? `When all of them are shuffled together, ${seen.en}.` : 'Nothing is seen of them together either.'}`,
    zh: `${listed(names).zh}所含信息大致相同（关联度 ${association.toFixed(2)}），单看每一列会显得不如实际重要，因为其余列可以代替它。${seen ? `一并打乱后${seen.zh}。` : '一并打乱也看不出影响。'}`,
  }),
  nothingSeen: (names: readonly string[]): Localized => ({
    en: `Nothing is seen of ${listed(names).en}: shuffling changes the answers no more than chance does. The model can likely do without.`,
    zh: `看不出${listed(names).zh}有作用：打乱后的变化不超出偶然。模型很可能不需要它们。`,
  }),
  noneSeen: {
    en: 'No column is seen to matter: whatever is shuffled, answers are no worse than chance makes them. Do not act on what follows from single columns.',
    zh: '看不出任何一列有作用：无论打乱哪一列，变化都不超出偶然。请不要根据单独某一列采取行动。',
  },
  dependence: (of: Localized): Localized => ({
    en: `${of.en} as one column changes and all others stay as they are: mean over held-out rows. Numbers stand at even shares of the rows, not at even distances. Grey: fewer than ${FEW_ROWS} rows are near, little to go by.`,
    zh: `只改变一列、其余各列不变时${of.zh}：留出数据的平均值。数值按行数等分，而非等距。灰色：附近不足 ${FEW_ROWS} 行，依据很少。`,
  }),
  leftOut: (columns: number): Localized => ({
    en: `${plural(columns, 'more column')} did less in a first look and ${columns === 1 ? 'is' : 'are'} not listed.`,
    zh: `另有 ${count(columns)} 列在初步检查中作用更小，未列出。`,
  }),
  subject,
};
