/** The monitoring page: alarms, traffic, drift, quality and notifications of the last days, as a report. */
import type { Localized } from '@gradus/base';
import type { Report, Section } from '@gradus/report';
import type { Overview } from '../overview.ts';
import { alarms } from './sections/alarms.ts';
import { drift } from './sections/drift.ts';
import { notifications } from './sections/notifications.ts';
import { quality } from './sections/quality.ts';
import { traffic } from './sections/traffic.ts';
import { leadOf, titleOf } from './words.ts';

/** In reading order. */
const SECTIONS: readonly ((overview: Overview) => Section)[] = [
  alarms,
  traffic,
  drift,
  quality,
  notifications,
];

/** @param title The model's purpose. */
export function monitoringReport(title: Localized, overview: Overview, days: number): Report {
  return {
    title: titleOf(overview.model),
    lead: leadOf(title, overview, days),
    sections: SECTIONS.map((section) => section(overview)),
  };
}
