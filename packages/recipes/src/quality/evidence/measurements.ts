/**
 * Tables of measurements: control charts say whether a process is stable, capability whether it keeps its tolerance, a gauge study
 * whether the measurement can be believed, and a process model watches many measurements together. Which of these a table is follows
 * from its columns: counts with sample sizes, parts with operators, values with tolerances or samples, many values in control.
 */
import type { Localized } from '@gradus/base';
import type { Standard } from '../standard/standard.ts';
import { attributeEvidence, isAttributeTable } from './attributes.ts';
import { capabilityEvidence, hasTolerances } from './characteristics.ts';
import type { Evidence, EvidenceSettings, EvidenceTable } from './evidence.ts';
import { gaugeEvidence, isGaugeStudy } from './gauge-study.ts';
import type { Joined } from './join.ts';
import { measurementColumns } from './measurement-columns.ts';
import { isProcessTable, processEvidence } from './process-watch.ts';
import { inTimeOrder } from './time-order.ts';

/** A table without tolerances is one of measurements where it has a column of samples, or few columns that are all numbers. */
export function isMeasurements(table: EvidenceTable, standard: Standard | undefined): boolean {
  const columns = measurementColumns(table, standard?.columns);
  return (
    isGaugeStudy(table, columns) ||
    isAttributeTable(table, columns) ||
    hasTolerances(table, columns, standard) ||
    isProcessTable(table, columns) ||
    columns.sample !== undefined
  );
}

type Reader = (table: EvidenceTable, settings: EvidenceSettings) => Evidence;

export function measurementEvidence(
  { table: given, leftOut, notes: joinedNotes }: Joined,
  settings: EvidenceSettings,
): Evidence {
  const { table, notes } = inTimeOrder(given, measurementColumns(given, settings.standard.columns).time);
  const columns = measurementColumns(table, settings.standard.columns);
  const read: Reader =
    settings.fitted !== undefined || isProcessTable(table, columns)
      ? processEvidence
      : isGaugeStudy(table, columns)
        ? gaugeEvidence
        : isAttributeTable(table, columns)
          ? attributeEvidence
          : capabilityEvidence;
  const found = read(table, settings);
  const all: readonly Localized[] = [...joinedNotes, ...notes, ...found.notes];
  return { ...found, leftOut: [...leftOut, ...found.leftOut], notes: all };
}
