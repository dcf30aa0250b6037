/** A profile as a report: what to do first, then each kind of finding, then column by column. */
import type { Report } from '@gradus/report';
import type { Profile } from '../document.ts';
import { actions } from './sections/actions.ts';
import { associations } from './sections/associations.ts';
import { eachColumn } from './sections/columns.ts';
import { drift } from './sections/drift.ts';
import { duplicates } from './sections/duplicates.ts';
import { missing } from './sections/missing.ts';
import { overview } from './sections/overview.ts';
import { personal } from './sections/personal.ts';
import type { MakeSection } from './sections/section.ts';
import { target } from './sections/target.ts';
import { leadOf, titleOf } from './words.ts';

/** In reading order; a section with nothing to show is left out. */
const SECTIONS: readonly MakeSection[] = [
  overview,
  actions,
  personal,
  target,
  missing,
  duplicates,
  drift,
  associations,
  eachColumn,
];

export function profileReport(profile: Profile): Report {
  return {
    title: titleOf(profile.source.name),
    lead: leadOf(profile),
    sections: SECTIONS.flatMap((section) => section(profile) ?? []),
  };
}
