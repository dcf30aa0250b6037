import type { Comparison } from '@gradus/lifecycle';
import type { Measured } from '@gradus/loop';
import { plain, type Terminal } from '../terminal.ts';

/** A verdict for people: who won, why, and by what figures. */
export function printVerdict(terminal: Terminal, verdict: Comparison['verdict'], indent = ''): void {
  const line = (text: string) => terminal.print(plain(indent + text));
  const figures = (metrics: Readonly<Record<string, Measured>>) => {
    for (const [name, { champion, challenger, pValue }] of Object.entries(metrics)) {
      const chance = pValue === undefined ? '' : `  p = ${pValue.toFixed(3)}`;
      line(`  ${name}: ${champion.toFixed(4)} → ${challenger.toFixed(4)}${chance}`);
    }
  };
  line(terminal.say(verdict.reason));
  figures(verdict.metrics);
  if (verdict.recent) {
    const { n, metrics } = verdict.recent;
    line(terminal.say({ en: `the ${n} newest:`, zh: `最新的 ${n} 条：` }));
    figures(metrics);
  }
  if (verdict.slices && verdict.slices.length > 0) {
    line(terminal.say({ en: 'slices:', zh: '切片：' }));
    for (const { name, n, metric, measured } of verdict.slices) {
      const { champion, challenger } = measured;
      line(`  ${terminal.say(name)}: ${metric} ${champion.toFixed(3)} → ${challenger.toFixed(3)} (n = ${n})`);
    }
  }
  for (const { passed, reason } of verdict.gates ?? []) line(`${passed ? '✓' : '✗'} ${terminal.say(reason)}`);
}
