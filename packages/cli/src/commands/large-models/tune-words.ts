/** What is said of a training before it starts, and of what came of it. */
import { count, decimals, type Localized, percent } from '@gradus/base';
import type {
  Held,
  HeldClasses,
  HeldOut,
  HeldPairs,
  HeldPreferences,
  TuneKind,
  TunePlan,
  TuneResult,
} from '@gradus/lm';
import { plain } from '../../terminal.ts';

const MOST_SHOWN = 600;
const MOST_CLASSES = 8;

const KINDS: Readonly<Record<TuneKind, Localized>> = {
  chat: { en: 'conversations: the answers are learnt', zh: '对话：学习其中的回答' },
  completion: { en: 'prompts with completions: the completions are learnt', zh: '提示与补全：学习补全' },
  text: { en: 'texts: all of each is learnt', zh: '文本：学习全文' },
  preference: {
    en: 'preferences: the chosen answer (+) is to gain on the rejected one (-), by DPO',
    zh: '偏好：使选中的回答（+）相对被拒的回答（-）更可能（DPO）',
  },
  class: { en: 'texts with labels: a head that tells classes', zh: '带标签的文本：训练分类头' },
  pair: {
    en: 'pairs of texts: vectors of those that belong together come near',
    zh: '成对文本：使同对文本的向量靠近',
  },
};

export function planLines(plan: TunePlan): Localized[] {
  const share = percent(plan.learntTokens / plan.tokens);
  const [first] = plan.setAside;
  const { classes = [] } = plan;
  const named = classes.slice(0, MOST_CLASSES).map(plain).join(', ');
  return [
    { en: KINDS[plan.kind].en, zh: KINDS[plan.kind].zh },
    ...(classes.length === 0
      ? []
      : [
          {
            en: `${count(classes.length)} classes: ${named}${classes.length > MOST_CLASSES ? ', …' : ''}`,
            zh: `${count(classes.length)} 个类别：${named}${classes.length > MOST_CLASSES ? '，…' : ''}`,
          },
        ]),
    {
      en: `${count(plan.examples)} examples to learn from, ${count(plan.heldOut)} held out, ${count(plan.setAside.length)} set aside${first ? ` (row ${first.row}: ${first.reason.en})` : ''}`,
      zh: `学习样例 ${count(plan.examples)} 个，留出 ${count(plan.heldOut)} 个，搁置 ${count(plan.setAside.length)} 个${first ? `（第 ${first.row} 行：${first.reason.zh}）` : ''}`,
    },
    ...(plan.cut > 0
      ? [
          {
            en: `${count(plan.cut)} examples are cut to ${plan.length} tokens; --length makes rows longer`,
            zh: `${count(plan.cut)} 个样例截断为 ${plan.length} 个词元；可用 --length 加长`,
          },
        ]
      : []),
    {
      en: `learns from ${count(plan.learntTokens)} of ${count(plan.tokens)} tokens (${share}), which stand between ⟦ and ⟧:`,
      zh: `${count(plan.tokens)} 个词元中学习 ${count(plan.learntTokens)} 个（${share}），位于 ⟦ 与 ⟧ 之间：`,
    },
    ...plan.shown.map((text) => {
      const line = `  ${plain(text.slice(0, MOST_SHOWN))}${text.length > MOST_SHOWN ? ' …' : ''}`;
      return { en: line, zh: line };
    }),
    {
      en: `${count(plan.steps)} steps of ${plan.rowsPerStep} rows of ${plan.length} tokens, ${count(plan.trainedParameters)} numbers to train`,
      zh: `共 ${count(plan.steps)} 步，每步 ${plan.rowsPerStep} 行、每行 ${plan.length} 个词元，训练 ${count(plan.trainedParameters)} 个参数`,
    },
  ];
}

type Verdicts = Readonly<Record<Held['verdict'], Localized>>;

const against = (en: string, zh: string): Verdicts => ({
  better: { en: `better than ${en}`, zh: `优于${zh}` },
  'no better': { en: `no better than ${en}`, zh: `不优于${zh}` },
  worse: { en: `worse than ${en}`, zh: `劣于${zh}` },
});
const PROMPT_ALONE = against('the prompt alone', '仅靠提示');
const MODEL_BEFORE = against('the model before', '训练前的模型');
const NO_PREFERENCE = against('the model before, which prefers neither', '没有偏好的原模型');
const BASELINE = against('the baseline', '基线');

const range = (interval: readonly [number, number], shown: (value: number) => string) =>
  interval.map(shown) as [string, string];
const shareOf = ({ value, interval }: { value: number; interval: readonly [number, number] }) =>
  `${percent(value)} (${interval.map((bound) => percent(bound)).join(' – ')})`;
const points = (value: number) => decimals(100 * value, 1);

function textLines(held: HeldOut): Localized[] {
  const [low, high] = range(held.gainInterval, (bound) => decimals(bound, 3));
  const [before, after] = [held.before, held.after].map(({ perplexity }) => decimals(perplexity, 2));
  const verdict = PROMPT_ALONE[held.verdict];
  return [
    {
      en: `on ${count(held.examples)} held-out examples: perplexity ${before} before, ${after} after; the loss fell by ${decimals(held.gain, 3)} a token (95% interval ${low} to ${high}): ${verdict.en}`,
      zh: `在 ${count(held.examples)} 个留出样例上：困惑度由 ${before} 变为 ${after}；每词元损失下降 ${decimals(held.gain, 3)}（95% 区间 ${low} 至 ${high}）：${verdict.zh}`,
    },
  ];
}

function preferenceLines(held: HeldPreferences): Localized[] {
  const [low, high] = range(held.gainInterval, (bound) => decimals(bound, 3));
  const verdict = NO_PREFERENCE[held.verdict];
  const { before, after } = held.ranked;
  return [
    {
      en: `on ${count(held.examples)} held-out pairs: the chosen answer gained more in ${shareOf(held.accuracy)}; the loss is ${decimals(held.loss, 3)}, ${decimals(held.gain, 3)} below that of no preference (95% interval ${low} to ${high}): ${verdict.en}`,
      zh: `在 ${count(held.examples)} 个留出对上：选中回答提升更多的占 ${shareOf(held.accuracy)}；损失 ${decimals(held.loss, 3)}，比无偏好低 ${decimals(held.gain, 3)}（95% 区间 ${low} 至 ${high}）：${verdict.zh}`,
    },
    {
      en: `the chosen answer is the more probable one in ${shareOf(before)} before, ${shareOf(after)} after; it is the longer one in ${percent(held.longer)}`,
      zh: `选中回答概率更高的比例：训练前 ${shareOf(before)}，训练后 ${shareOf(after)}；选中回答更长的占 ${percent(held.longer)}`,
    },
  ];
}

function classLines(held: HeldClasses): Localized[] {
  const [low, high] = range(held.gainInterval, points);
  const verdict = BASELINE[held.verdict];
  return [
    {
      en: `on ${count(held.examples)} held-out texts: accuracy ${shareOf(held.accuracy)}, macro-F1 ${decimals(held.macroF1, 3)}; TF-IDF + logistic regression ${shareOf(held.baseline)}, always the largest class ${percent(held.largestClass)}`,
      zh: `在 ${count(held.examples)} 条留出文本上：准确率 ${shareOf(held.accuracy)}，宏 F1 ${decimals(held.macroF1, 3)}；TF-IDF + 逻辑回归 ${shareOf(held.baseline)}，始终猜最大类 ${percent(held.largestClass)}`,
    },
    {
      en: `${points(held.gain)} points more than the baseline (95% interval ${low} to ${high}): ${verdict.en}`,
      zh: `比基线高 ${points(held.gain)} 个百分点（95% 区间 ${low} 至 ${high}）：${verdict.zh}`,
    },
  ];
}

function pairLines(held: HeldPairs): Localized[] {
  const [low, high] = range(held.gainInterval, points);
  const verdict = MODEL_BEFORE[held.verdict];
  return [
    ...held.recall.map(({ k, before, after, words }) => ({
      en: `on ${count(held.examples)} held-out pairs, partner among the ${k} nearest of ${count(held.candidates)}: ${shareOf(before)} before, ${shareOf(after)} after; by words alone (TF-IDF) ${percent(words)}`,
      zh: `在 ${count(held.examples)} 个留出对上，配对文本位于 ${count(held.candidates)} 个候选的前 ${k} 名：训练前 ${shareOf(before)}，训练后 ${shareOf(after)}；仅凭词语（TF-IDF）${percent(words)}`,
    })),
    {
      en: `${points(held.gain)} points more find it first (95% interval ${low} to ${high}): ${verdict.en}`,
      zh: `首位命中率提高 ${points(held.gain)} 个百分点（95% 区间 ${low} 至 ${high}）：${verdict.zh}`,
    },
  ];
}

function heldLines(held: Held): Localized[] {
  switch (held.measure) {
    case 'loss':
      return textLines(held);
    case 'preference':
      return preferenceLines(held);
    case 'accuracy':
      return classLines(held);
    case 'recall':
      return pairLines(held);
  }
}

function memorisedLines({
  groups,
  chance,
  most,
  verdict,
}: NonNullable<TuneResult['memorised']>): Localized[] {
  const words =
    verdict === 'memorised'
      ? { en: 'made-up secrets were memorised', zh: '虚构的秘密被记住了' }
      : { en: 'no made-up secret is seen to be memorised', zh: '未发现虚构的秘密被记住' };
  return [
    ...groups.map(({ times, canaries, exposure, pValue }) => {
      const p = pValue < 0.001 ? '< 0.001' : `= ${decimals(pValue, 3)}`;
      return {
        en: `${count(canaries)} made-up secrets seen ${times} times an epoch: exposure ${decimals(exposure, 1)} bits (by chance ${decimals(chance, 1)}, at most ${decimals(most, 1)}; p ${p})`,
        zh: `每轮出现 ${times} 次的 ${count(canaries)} 个虚构秘密：暴露度 ${decimals(exposure, 1)} 比特（随机为 ${decimals(chance, 1)}，最高 ${decimals(most, 1)}；p ${p}）`,
      };
    }),
    words,
  ];
}

export const resultLines = ({ held, memorised, out }: TuneResult): Localized[] => [
  ...heldLines(held),
  ...(memorised ? memorisedLines(memorised) : []),
  { en: `written to ${out}`, zh: `已写入 ${out}` },
];
