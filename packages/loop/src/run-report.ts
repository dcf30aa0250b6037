/** A finished run's report and model card, made from what its steps returned: report.json, report.html, card.md. */
import { join } from 'node:path';
import type { Language } from '@gradus/base';
import { writeWhole } from '@gradus/base/files';
import { renderCard, renderReport, reportJson } from '@gradus/report';
import type { Made, Recipe, StepOutputs } from './recipe.ts';

export const REPORT_FILE = 'report.json';
export const REPORT_PAGE = 'report.html';
export const CARD_FILE = 'card.md';

export async function writeReport<Options, Outputs extends StepOutputs>(
  { report, card }: Recipe<Options, Outputs>,
  made: Made<Options, Outputs>,
  directory: string,
  language?: Language,
): Promise<void> {
  const write = (name: string, content: string) => writeWhole(join(directory, name), content);
  if (card) write(CARD_FILE, renderCard(card(made)));
  if (!report) return;
  const whole = report(made);
  write(REPORT_FILE, reportJson(whole));
  write(REPORT_PAGE, await renderReport(whole, language));
}
