/** The findings of a profile: what the rules yield, the worst first, each with its sentences. */
import type { Finding } from '../document.ts';
import type { AnyFinding } from '../finding.ts';
import { SEVERITIES } from '../vocabulary.ts';
import { type Observed, RULES } from './rules.ts';
import { wordsOf } from './words.ts';

/** Findings of a rule that are listed one by one; the others are counted. */
const MOST_OF_A_RULE = 12;
const MOST_COLUMNS = 100;

/** The worst first; of the same severity in the order of the rules. */
export function findingsOf(observed: Observed): Finding[] {
  const all = Object.entries(RULES).flatMap(([kind, rule]) => listed(kind, [...rule(observed)]));
  return SEVERITIES.flatMap((severity) => all.filter((finding) => finding.severity === severity));
}

function listed(kind: string, findings: readonly AnyFinding[]): Finding[] {
  const shown = findings
    .slice(0, MOST_OF_A_RULE)
    .map((finding): Finding => ({ kind, ...finding, ...wordsOf(finding) }));
  const rest = findings.slice(MOST_OF_A_RULE);
  const [first] = rest;
  if (!first) return shown;
  const columns = [...new Set(rest.flatMap(({ columns }) => columns))];
  const { severity } = first;
  const more = {
    code: 'more',
    severity,
    columns,
    data: { code: first.code, count: rest.length },
  } as const;
  return [
    ...shown,
    {
      kind,
      ...more,
      columns: columns.slice(0, MOST_COLUMNS),
      what: wordsOf(more).what,
      todo: wordsOf(first).todo,
    },
  ];
}
