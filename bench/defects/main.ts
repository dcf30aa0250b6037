/**
 * Photographs of magnetic tiles, divided by piece: how well defects are told from good tiles that nothing was learnt from, by good
 * tiles alone and with known defects; how long it takes to learn; and how long one photograph takes on one thread. Described by
 * MobileNetV2, and by statistics.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { Random } from '@gradus/base';
import { writeOnnx } from '@gradus/engine';
import {
  anomalyBundle,
  anomalyGraph,
  evaluateAnomaly,
  fitAnomaly,
  type ImageEncoder,
  openAnomaly,
  type PhotographFile,
  readEncoder,
  readPhotographs,
  STATISTICS,
} from '@gradus/tasks';
import { chosen, type Measurement } from '../measurement.ts';

const DATA = process.env.GRADUS_DATA ?? join(import.meta.dirname, '../../../shared/data');
const TILES = join(DATA, 'defects-magnetic-tile');
const NETWORK = join(DATA, 'weights-mobilenet-v2-imagenet/mobilenet_v2.onnx');
const FOLDS = 5;
/** Divisions that are tried, of the five. */
const TRIED = Number(process.env.GRADUS_FOLDS ?? FOLDS);
const FALSE_REJECTS = 0.05;

const PARTS: Readonly<Record<string, () => ImageEncoder>> = {
  network: () => readEncoder(NETWORK).encoder,
  statistics: () => STATISTICS,
};

export async function* defects(): AsyncGenerator<Measurement> {
  if (!existsSync(TILES))
    throw new Error(`There are no photographs in ${TILES}: name their folder in GRADUS_DATA.`);
  const groups = JSON.parse(readFileSync(join(TILES, 'groups.json'), 'utf8')) as Record<string, number>;
  for (const [name, encoder] of chosen(PARTS)) {
    const own = encoder();
    const { photographs } = await readPhotographs(TILES, { encoder: own, groups });
    for (const hasLabels of [false, true]) yield await measured(name, own, photographs, hasLabels);
  }
}

async function measured(
  name: string,
  encoder: ImageEncoder,
  photographs: readonly PhotographFile[],
  hasLabels: boolean,
): Promise<Measurement> {
  const pieces = new Random(0).permutation([...new Set(photographs.map(({ group }) => group))].length);
  const foldOf = new Map(
    [...new Set(photographs.map(({ group }) => group))].map((piece, i) => [piece, pieces[i]! % FOLDS]),
  );
  const values: number[] = [];
  const baselines: number[] = [];
  let [seconds, milliseconds, rejected, good, missed, bad] = [0, 0, 0, 0, 0, 0];
  for (let fold = 0; fold < TRIED; fold++) {
    const train = photographs.filter(
      ({ group, isDefect }) => foldOf.get(group) !== fold && (hasLabels || !isDefect),
    );
    const test = photographs.filter(({ group }) => foldOf.get(group) === fold);
    const begun = performance.now();
    const { model } = await fitAnomaly(train, {
      encoder,
      falseRejects: FALSE_REJECTS,
      random: new Random(1),
    });
    seconds += (performance.now() - begun) / 1000 / TRIED;
    const opened = await openAnomaly(anomalyBundle(model), writeOnnx(anomalyGraph(model)), { threads: 1 });
    const answers = await opened.answer(test.map(({ pixels }) => pixels));
    const one = performance.now();
    for (const { pixels } of test.slice(0, 20)) await opened.answer([pixels]);
    milliseconds += (performance.now() - one) / 20 / TRIED;
    await opened.close();
    const evaluation = evaluateAnomaly(
      test.map((photograph, i) => ({
        ...photograph,
        score: answers[i]!.score,
        isRejected: answers[i]!.verdict === 'defect',
      })),
      train.filter(({ isDefect }) => !isDefect).map(({ pixels }) => pixels),
      new Random(2),
    );
    values.push(evaluation.auroc!.value);
    baselines.push(evaluation.baseline!);
    rejected += evaluation.falseRejects.count;
    good += evaluation.falseRejects.of;
    missed += evaluation.missed!.count;
    bad += evaluation.missed!.of;
  }
  const mean = (of: readonly number[]) => of.reduce((sum, value) => sum + value, 0) / of.length;
  return {
    what: `magnetic tiles by ${name}, ${hasLabels ? 'good ones and defects' : 'good ones alone'}, ${TRIED} of ${FOLDS} divisions by piece`,
    gradus: `AUROC ${mean(values).toFixed(3)} (${values.map((value) => value.toFixed(3)).join(', ')}); at ${100 * FALSE_REJECTS}% false rejects asked for: ${rejected} of ${good} good rejected, ${missed} of ${bad} defects missed; learnt in ${seconds.toFixed(0)} s, one photograph ${milliseconds.toFixed(1)} ms on one thread`,
    peer: `brightness alone ${mean(baselines).toFixed(3)}`,
  };
}
