import type { Block } from '@gradus/report';
import { SEVERITY_NAMES } from '../../vocabulary.ts';
import { ACTIONS } from '../words.ts';
import type { MakeSection } from './section.ts';

const MOST_FINDINGS = 100;
/** Critical ones stand out, as long as they are few. */
const MOST_NOTES = 6;

export const actions: MakeSection = ({ findings }) => {
  if (findings.length === 0) return undefined;
  const shown = findings.slice(0, MOST_FINDINGS);
  const critical = shown.filter(({ severity }) => severity === 'critical').slice(0, MOST_NOTES);
  const rest = shown.filter((finding) => !critical.includes(finding));
  const blocks: Block[] = critical.map((finding) => ({
    kind: 'note',
    tone: 'warning',
    text: ACTIONS.noteOf(finding),
  }));
  if (rest.length > 0)
    blocks.push({
      kind: 'table',
      ...(findings.length > shown.length && {
        caption: ACTIONS.onlyFirst(shown.length, findings.length),
      }),
      columns: [{ label: ACTIONS.severity }, { label: ACTIONS.what }, { label: ACTIONS.todo }],
      rows: rest.map(({ severity, what, todo }) => [SEVERITY_NAMES[severity], what, todo]),
    });
  return { id: 'to-do', title: ACTIONS.title, blocks };
};
