import { type Block, chartBlock, type HeatmapChart, type Section, type Text } from '@gradus/report';
import type { Overview } from '../../overview.ts';
import type { WatchWindow } from '../../window.ts';
import { DRIFT, NOTHING } from '../words.ts';

const MOST_FEATURES = 15;
const MOST_WINDOWS = 60;
/** p-values below 10 to the minus this are drawn as if they were it. */
const LARGEST_EXPONENT = 20;

export function drift({ drift: windows }: Overview): Section {
  const [latest] = windows;
  if (!latest)
    return { id: 'drift', title: DRIFT.title, blocks: [{ kind: 'note', tone: 'info', text: DRIFT.none }] };
  const ofVersion = windows.filter(({ version }) => version === latest.version).toReversed();
  const blocks: Block[] = [{ kind: 'text', text: DRIFT.about(latest.report) }];
  if (latest.report.skipped) blocks.push({ kind: 'note', tone: 'info', text: DRIFT.skipped });
  blocks.push(heatmap(ofVersion, latest), featureTable(latest));
  return { id: 'drift', title: DRIFT.title, blocks };
}

function featureTable(window: WatchWindow<'drift'>): Block {
  return {
    kind: 'table',
    caption: DRIFT.window(window),
    columns: [
      { label: DRIFT.feature },
      { label: DRIFT.pValue, align: 'right' },
      { label: DRIFT.alarm },
      { label: DRIFT.measure },
      { label: DRIFT.distance, align: 'right' },
      { label: DRIFT.psi, align: 'right' },
    ],
    rows: window.report.features.map(({ feature, pValue, drifted, distance, psi }): Text[] => [
      feature,
      pValue < 1e-4 ? pValue.toExponential(1) : pValue.toFixed(4),
      drifted ? DRIFT.yes : NOTHING,
      distance?.method ?? NOTHING,
      distance ? distance.score.toPrecision(3) : NOTHING,
      psi === null ? NOTHING : psi.toFixed(3),
    ]),
  };
}

const exponentOf = (p: number): number =>
  Math.min(LARGEST_EXPONENT, -Math.log10(Math.max(p, 10 ** -LARGEST_EXPONENT)));

/** How improbable each feature of each window is, in orders of magnitude. */
function heatmap(windows: readonly WatchWindow<'drift'>[], latest: WatchWindow<'drift'>): Block {
  const { features, threshold } = latest.report;
  const names = features.slice(0, MOST_FEATURES).map(({ feature }) => feature);
  const shown = windows.slice(-MOST_WINDOWS);
  const cells = shown.flatMap(({ report }, x) =>
    names.flatMap((name, y): HeatmapChart['cells'][number][] => {
      const tested = report.features.find(({ feature }) => feature === name);
      return tested ? [[x, y, exponentOf(tested.pValue)]] : [];
    }),
  );
  const limit = -Math.log10(threshold);
  return chartBlock(DRIFT.chart(limit), {
    kind: 'heatmap',
    columns: shown.map(({ window }) => String(window)),
    rows: names,
    cells,
    scale: { kind: 'levels', bounds: [limit / 2, limit] },
  });
}
