/** What the report shows of a watched process: the statistics over their limits, and when and by what each part of the rows left control. */
import { percent } from '@gradus/base';
import { PROCESS_STATISTICS } from '@gradus/classical';
import { type Block, chartBlock, type Section } from '@gradus/report';
import type { SliceColumn } from '@gradus/tasks';
import { FILE } from './process-rows.ts';

export interface ProcessParts {
  readonly ratios: readonly (readonly number[])[];
  /** Whether the row is held against the model. */
  readonly looked: readonly boolean[];
  /** Numbers of the rows in their file. */
  readonly labels: readonly string[];
  readonly parts: SliceColumn;
  isAlarm(i: number): boolean;
  /** Measurements, the farthest out first. */
  blameOf(i: number): readonly string[];
}

const MOST_POINTS = 1500;

export function processSection(process: ProcessParts): Section {
  const { ratios, looked, labels, parts } = process;
  const shown = [...ratios.keys()].filter((i) => looked[i]).slice(0, MOST_POINTS);
  return {
    id: 'process',
    title: { en: 'Process watched as a whole', zh: '过程整体监控' },
    blocks: [
      ...(parts.levels.length > 0 ? [partsTable(process)] : []),
      chartBlock(
        {
          en: 'Each statistic over its limit; above 1 is an alarm',
          zh: '各统计量与其限值之比；大于 1 为报警',
        },
        {
          kind: 'line',
          x: { kind: 'category', values: shown.map((i) => labels[i]!) },
          y: { fromZero: true },
          series: PROCESS_STATISTICS.map((name, k) => ({
            name,
            values: shown.map((i) => Math.min(10, ratios[i]![k]!)),
          })),
        },
      ),
    ],
  };
}

/** So many alarms one after the other are no chance. */
const LASTING = 6;
const MOST_BLAMED = 3;

function partsTable({ parts, labels, isAlarm, blameOf }: ProcessParts): Block {
  return {
    kind: 'table',
    columns: [
      { label: parts.name === FILE ? { en: 'file', zh: '文件' } : { en: 'fault', zh: '故障' } },
      { label: { en: 'rows', zh: '行数' }, align: 'right' },
      { label: { en: 'with an alarm', zh: '报警' }, align: 'right' },
      { label: { en: 'alarms last from row', zh: '持续报警始于行' }, align: 'right' },
      { label: { en: 'farthest out', zh: '偏离最大的测量值' } },
    ],
    rows: parts.levels.map((level, code) => {
      const own = [...parts.codes.keys()].filter((i) => parts.codes[i] === code);
      const alarms = own.filter(isAlarm);
      const begun = own.findIndex(
        (_, k) => k + LASTING <= own.length && own.slice(k, k + LASTING).every(isAlarm),
      );
      const counts = new Map<string, number>();
      for (const i of alarms)
        for (const name of blameOf(i).slice(0, MOST_BLAMED)) counts.set(name, (counts.get(name) ?? 0) + 1);
      const blamed = [...counts].sort(([, a], [, b]) => b - a).slice(0, MOST_BLAMED);
      return [
        level,
        String(own.length),
        percent(alarms.length / own.length),
        begun < 0 ? '–' : labels[own[begun]!]!,
        blamed.map(([name]) => name).join(', ') || '–',
      ];
    }),
  };
}
