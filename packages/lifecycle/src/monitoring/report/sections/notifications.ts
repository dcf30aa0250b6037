import { minute } from '@gradus/base';
import type { Block, Section } from '@gradus/report';
import type { Overview } from '../../overview.ts';
import { NOTHING, NOTIFICATIONS, TIME } from '../words.ts';

export function notifications({ alerts }: Overview): Section {
  const { delivered, waiting, failed, latest } = alerts;
  const blocks: readonly Block[] =
    latest.length === 0
      ? [{ kind: 'note', tone: 'info', text: NOTIFICATIONS.none }]
      : [
          { kind: 'text', text: NOTIFICATIONS.counts(delivered, waiting, failed) },
          {
            kind: 'table',
            columns: [
              { label: TIME },
              { label: NOTIFICATIONS.recipient },
              { label: NOTIFICATIONS.event },
              { label: NOTIFICATIONS.state },
              { label: NOTIFICATIONS.attempts, align: 'right' },
              { label: NOTIFICATIONS.error },
            ],
            rows: latest.map(({ at, url, event, state, attempts, error }) => [
              minute(at),
              url,
              NOTIFICATIONS.events[event] ?? event,
              NOTIFICATIONS.states[state],
              String(attempts),
              error ?? NOTHING,
            ]),
          },
        ];
  return { id: 'alerts', title: NOTIFICATIONS.title, blocks };
}
