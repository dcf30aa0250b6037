import { minute } from '@gradus/base';
import type { Section } from '@gradus/report';
import { alarmText } from '../../alarm-text.ts';
import type { Overview } from '../../overview.ts';
import { ALARMS, TIME } from '../words.ts';

const MOST_ALARMS = 20;

export const alarms = ({ alarms }: Overview): Section => ({
  id: 'alarms',
  title: ALARMS.title,
  blocks: [
    alarms.length === 0
      ? { kind: 'note', tone: 'good', text: ALARMS.none }
      : {
          kind: 'table',
          columns: [{ label: TIME }, { label: ALARMS.alarm }],
          rows: alarms.slice(0, MOST_ALARMS).map((window) => [minute(window.endedAt), alarmText(window)]),
        },
  ],
});
