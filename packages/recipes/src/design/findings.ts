/** A design run's findings as lines for a terminal, and what its report begins with. */
import { count, type Localized, percent } from '@gradus/base';
import type { DesignSummary } from './summary.ts';

export const KIND_WORDS: Readonly<Record<DesignSummary['kind'], Localized>> = {
  names: { en: 'names', zh: '名称' },
  levels: { en: 'levels', zh: '关卡' },
  sheets: { en: 'sheets', zh: '条目' },
  sprites: { en: 'sprites', zh: '精灵图' },
};

/** Whether the network adds anything, and what made items are worth beside simpler ways of making them. */
export function verdictOf({ weight, like, valid, baselines, learntFrom, kind }: DesignSummary): Localized {
  const { recombination, ngram } = baselines;
  const words = KIND_WORDS[kind];
  if (weight === 0) {
    return {
      en: `${count(learntFrom)} ${words.en} are too few for a network to add anything: a table of what follows what makes them as well, and is used.`,
      zh: `${count(learntFrom)} 个${words.zh}不足以让神经网络带来提升：改用“下一个是什么”的统计表，效果相当。`,
    };
  }
  const better = (['ngram', 'recombination'] as const).filter((name) => {
    const other = baselines[name];
    return like.low > other.like.high || valid.low > other.valid.high;
  });
  const names = better.map((name) => BASELINES[name]);
  if (better.length === 0) {
    return {
      en: `What the model makes is no better than what simpler ways make (like the originals: the model ${percent(like.value)}, ${BASELINES.ngram.en} ${percent(ngram.like.value)}, ${BASELINES.recombination.en} ${percent(recombination.like.value)}).`,
      zh: `模型生成的并不比更简单的方法好（与原有设计的相似度：模型 ${percent(like.value)}，${BASELINES.ngram.zh} ${percent(ngram.like.value)}，${BASELINES.recombination.zh} ${percent(recombination.like.value)}）。`,
    };
  }
  return {
    en: `What the model makes is beyond chance more valid or more like the originals than ${names.map(({ en }) => en).join(' and ')}.`,
    zh: `模型生成的在有效性或相似度上显著优于${names.map(({ zh }) => zh).join('和')}。`,
  };
}

export const BASELINES: Readonly<Record<'ngram' | 'recombination' | 'gan' | 'flow', Localized>> = {
  ngram: { en: 'a table of what follows what', zh: '“下一个是什么”的统计表' },
  recombination: { en: 'parts of the originals put together', zh: '原有设计的拼接' },
  gan: { en: 'a GAN', zh: 'GAN' },
  flow: { en: 'flow matching', zh: '流匹配' },
};

const MOST = 3;

export function designFindings(summary: DesignSummary): Localized[] {
  const {
    made,
    valid,
    like,
    new: fresh,
    diverse,
    ceiling,
    refused,
    setAside,
    notes,
    miss,
    kind,
    marks,
    samples,
    drafts,
  } = summary;
  const words = KIND_WORDS[kind];
  return [
    ...notes,
    ...setAside.slice(0, MOST).map(({ reason, count: items }) => ({
      en: `Set aside: ${count(items)}: ${reason.en}.`,
      zh: `搁置 ${count(items)} 个：${reason.zh}。`,
    })),
    {
      en: `Made ${count(made)} ${words.en}. As drawn, ${percent(valid.value)} are valid, ${percent(fresh.value)} new; like the originals ${percent(like.value)} (originals among themselves ${percent(ceiling)}), diverse ${percent(diverse.value)}.`,
      zh: `生成 ${count(made)} 个${words.zh}。直接生成的有 ${percent(valid.value)} 有效，${percent(fresh.value)} 为新；与原有设计的相似度 ${percent(like.value)}（原有设计之间为 ${percent(ceiling)}），多样性 ${percent(diverse.value)}。`,
    },
    verdictOf(summary),
    ...(miss === null
      ? []
      : [
          {
            en: `They miss what was asked for by ${percent(miss)} on average.`,
            zh: `与要求的属性平均相差 ${percent(miss)}。`,
          },
        ]),
    ...(marks === null ? [] : [marksSentence(marks)]),
    ...(samples === null ? [] : [samplesSentence(samples)]),
    ...(drafts === null ? [] : [draftsSentence(drafts)]),
    ...refused.slice(0, MOST).map(({ reason, count: items }) => ({
      en: `Refused: ${count(items)}: ${reason.en}.`,
      zh: `拒绝 ${count(items)} 个：${reason.zh}。`,
    })),
  ];
}

/** What was learnt from what people kept and dropped. */
export function marksSentence({ n, auc, kept }: NonNullable<DesignSummary['marks']>): Localized {
  const shown = auc.toFixed(2);
  if (kept === null) {
    return {
      en: `${count(n)} marks do not tell yet what you keep (${shown}; 0.5 is chance): they are not used.`,
      zh: `${count(n)} 个标记尚看不出您的取舍（${shown}；0.5 为随机）：未使用。`,
    };
  }
  return {
    en: `Chosen by ${count(n)} marks, which tell what you keep from what you drop (${shown}; 0.5 is chance): ${percent(kept.chosen)} are likely kept, without a choice ${percent(kept.all)}.`,
    zh: `依据 ${count(n)} 个标记挑选（区分取舍的能力 ${shown}；0.5 为随机）：预计 ${percent(kept.chosen)} 会被保留，不挑选则为 ${percent(kept.all)}。`,
  };
}

/** Whether made images can be told from original ones. */
export function samplesSentence({ by, features }: NonNullable<DesignSummary['samples']>): Localized {
  const { model, gan, flow, originals } = by;
  const shown = (of: typeof model): string => (of ? percent(of.nearestNeighbour.value) : '–');
  return {
    en: `A made sprite's nearest neighbour is of its own kind in ${shown(model)} (50% cannot be told apart; GAN ${shown(gan)}, flow matching ${shown(flow)}, originals ${shown(originals)}), and ${percent(model!.coverage.value)} of the originals are covered; compared by ${features}.`,
    zh: `生成的精灵图与原图按最近邻可区分的比例为 ${shown(model)}（50% 即无法区分；GAN ${shown(gan)}，流匹配 ${shown(flow)}，原图之间 ${shown(originals)}），覆盖原图的 ${percent(model!.coverage.value)}；特征为 ${features}。`,
  };
}

/** What became of the drafts of the model that the user brings. */
export function draftsSentence({
  model,
  host,
  asked,
  failed,
  lastFailure,
  unreadable,
  shown,
  numbers,
  kept,
}: NonNullable<DesignSummary['drafts']>): Localized {
  const refused = unreadable.reduce((sum, { count: n }) => sum + n, 0);
  const why = unreadable[0]?.reason;
  const read = numbers?.n ?? 0;
  const shares = numbers && [numbers.valid, numbers.new].map(({ value }) => percent(value));
  return {
    en: `${model}${host === null ? '' : ` at ${host}, which was shown ${count(shown)} originals,`} drafted ${count(read)} designs in ${count(asked)} answers${shares ? `: ${shares[0]} valid, ${shares[1]} new` : ''}; ${count(kept)} are among those made.${refused > 0 ? ` Not read: ${count(refused)}, mostly ${why!.en}.` : ''}${failed > 0 ? ` ${count(failed)} requests failed: ${lastFailure}.` : ''}`,
    zh: `${model}${host === null ? '' : `（${host}，已向其展示 ${count(shown)} 个原有设计）`}在 ${count(asked)} 次回答中起草 ${count(read)} 个设计${shares ? `：${shares[0]} 有效，${shares[1]} 为新` : ''}；其中 ${count(kept)} 个列入结果。${refused > 0 ? `无法读取 ${count(refused)} 个，主要原因：${why!.zh}。` : ''}${failed > 0 ? `${count(failed)} 次请求失败：${lastFailure}。` : ''}`,
  };
}
