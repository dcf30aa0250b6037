/** The sampling plan that a standard asks for, and how well it tells good lots from bad ones. */
import { type Localized, percent } from '@gradus/base';
import { chartBlock, type Section } from '@gradus/report';
import {
  passProbability,
  type SamplingPlan,
  samplingPlan,
  tightenedPlan,
  variablesPassProbability,
  variablesPlan,
} from '@gradus/stats';
import type { Standard } from '../standard/standard.ts';

const POINTS = 41;
/** A lot of five times the AQL is one that should be found. */
const BAD = 5;

export function samplingSection({ sampling }: Standard): Section | undefined {
  if (!sampling) return undefined;
  const { lot, aql, level } = sampling;
  const plan = samplingPlan(lot, aql, level);
  const good = aql / 100;
  const bad = Math.min(0.9, BAD * good);
  const most = Math.min(1, 3 * bad);
  const shares = Array.from({ length: POINTS }, (_, i) => (i * most) / (POINTS - 1));
  const byMeasurement = good < 0.5 ? variablesPlan({ good, bad }) : undefined;
  return {
    id: 'sampling',
    title: { en: 'Sampling plan', zh: '抽样方案' },
    blocks: [
      {
        kind: 'text',
        text: {
          en: `ISO 2859-1, normal inspection, level ${level}, AQL ${aql}: of a lot of ${lot} look at ${plan.n} units (letter ${plan.letter})${plan.isWhole ? ', which is the whole lot' : ''}; it passes with ${plan.accept} defective ones at most, and fails with ${plan.accept + 1}.`,
          zh: `ISO 2859-1 正常检验，检验水平 ${level}，AQL ${aql}：批量 ${lot} 中抽取 ${plan.n} 件（字码 ${plan.letter}）${plan.isWhole ? '，即全检' : ''}；不合格品不超过 ${plan.accept} 件接收，达到 ${plan.accept + 1} 件拒收。`,
        },
      },
      {
        kind: 'text',
        text: {
          en: `It passes ${percent(passProbability(plan, good))} of lots with ${percent(good)} defective units, and still ${percent(passProbability(plan, bad))} of lots with ${percent(bad)}.${byMeasurement ? ` By measurements, where these are normal, ${byMeasurement.n} units say as much (k = ${byMeasurement.k.toFixed(3)}): they pass ${percent(variablesPassProbability(byMeasurement, good))} and ${percent(variablesPassProbability(byMeasurement, bad))}.` : ''}`,
          zh: `不合格品率为 ${percent(good)} 的批有 ${percent(passProbability(plan, good))} 被接收，不合格品率为 ${percent(bad)} 的批仍有 ${percent(passProbability(plan, bad))} 被接收。${byMeasurement ? `若按计量检验且数据正态，抽 ${byMeasurement.n} 件即可（k = ${byMeasurement.k.toFixed(3)}）：接收概率分别为 ${percent(variablesPassProbability(byMeasurement, good))} 和 ${percent(variablesPassProbability(byMeasurement, bad))}。` : ''}`,
        },
      },
      { kind: 'text', text: tightenedInWords(tightenedPlan(lot, aql, level), good) },
      chartBlock(
        {
          en: 'Operating characteristic: share of lots that pass, by their share of defective units',
          zh: '抽检特性曲线：不同不合格品率下的接收概率',
        },
        {
          kind: 'line',
          x: { kind: 'category', values: shares.map(percent) },
          y: { fromZero: true },
          series: [
            {
              name: { en: 'lots that pass', zh: '接收概率' },
              values: shares.map((share) => passProbability(plan, share)),
            },
          ],
        },
      ),
    ],
  };
}

/** The switching rules of ISO 2859-1, 9.3. */
function tightenedInWords(plan: SamplingPlan | undefined, good: number): Localized {
  const rules: Localized = {
    en: 'Inspect tightened after two of five lots in a row failed, normally again after five in a row passed; stop taking lots once five failed on tightened inspection.',
    zh: '连续五批中有两批不接收时转为加严检验；加严后连续五批接收则恢复正常检验；加严期间累计五批不接收则暂停检验。',
  };
  return plan
    ? {
        en: `${rules.en} Tightened: ${plan.n} units (letter ${plan.letter}), ${plan.accept} defective ones at most; it passes ${percent(passProbability(plan, good))} of lots with ${percent(good)}.`,
        zh: `${rules.zh}加严方案：抽取 ${plan.n} 件（字码 ${plan.letter}），不合格品不超过 ${plan.accept} 件；不合格品率为 ${percent(good)} 的批有 ${percent(passProbability(plan, good))} 被接收。`,
      }
    : {
        en: `${rules.en} For this letter and AQL the tightened plan is to be looked up in table 2-B: only letters B to L and an AQL of 0.65 to 15 are given here.`,
        zh: `${rules.zh}该字码与 AQL 的加严方案请查阅表 2-B：此处只给出字码 B 至 L、AQL 0.65 至 15 的部分。`,
      };
}
