import { bytes, count, percent } from '@gradus/base';
import type { Block } from '@gradus/report';
import type { Severity } from '../../vocabulary.ts';
import { OVERVIEW } from '../words.ts';
import type { MakeSection } from './section.ts';

export const overview: MakeSection = ({ source, rows, columns, duplicates, findings, columnsLeftOut }) => {
  const cells = columns.reduce((sum, { rows }) => sum + rows, 0);
  const missing = columns.reduce((sum, { missing }) => sum + missing.count, 0);
  const of = (severity: Severity) => findings.filter((finding) => finding.severity === severity).length;
  const types = [...Map.groupBy(columns, ({ type }) => type)]
    .map(([type, { length }]) => ({ type, columns: length }))
    .sort((a, b) => b.columns - a.columns);
  const duplicateShare = percent(duplicates.share);
  const blocks: Block[] = [
    {
      kind: 'figures',
      items: [
        {
          label: OVERVIEW.rows,
          value: count(rows.count),
          detail: OVERVIEW.setAside(rows.setAside.count),
        },
        {
          label: OVERVIEW.columns,
          value: count(columns.length + columnsLeftOut),
          detail: OVERVIEW.types(types),
        },
        { label: OVERVIEW.missing, value: percent(missing / Math.max(1, cells)) },
        {
          label: OVERVIEW.duplicates,
          value: `${duplicates.exact ? '' : '≈ '}${count(duplicates.rows)}`,
          detail: { en: duplicateShare, zh: duplicateShare },
        },
        {
          label: OVERVIEW.findings,
          value: count(findings.length),
          detail: OVERVIEW.severities(of('critical'), of('warning')),
        },
        { label: OVERVIEW.file, value: bytes(source.bytes), detail: OVERVIEW.form(source) },
      ],
    },
  ];
  if (findings.length === 0) blocks.push({ kind: 'note', tone: 'good', text: OVERVIEW.nothing });
  return { id: 'overview', title: OVERVIEW.title, blocks };
};
