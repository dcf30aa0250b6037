import type { Section } from '@gradus/report';
import type { Profile } from '../../document.ts';

/** @returns undefined where the profile gives the section nothing to show */
export type MakeSection = (profile: Profile) => Section | undefined;

/** Limits of tables and charts, so that a table of thousands of columns makes a page that opens. */
export const MOST_ROWS = 300;
export const MOST_BARS = 25;
