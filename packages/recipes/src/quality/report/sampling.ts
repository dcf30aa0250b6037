/** The sampling plan that a standard asks for, and how well it tells good lots from bad ones. */
import { percent } from '@gradus/base';
import { chartBlock, type Section } from '@gradus/report';
import { passProbability, samplingPlan, variablesPassProbability, variablesPlan } from '@gradus/stats';
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
