/** A file's analysis without the networks: clauses are judged by what words say, as in a whole run, and the file's own labels. In seconds. */
import { Random } from '@gradus/base';
import { findDuplicates } from '@gradus/data';
import type { RunContext } from '@gradus/loop';
import { fitFeatures } from '@gradus/tasks';
import { analyseDemand } from '../analysis/analyse.ts';
import type { DemandAnalysis } from '../analysis/findings.ts';
import { learnEvidence } from '../clause-sentiment/evidence.ts';
import { sentimentOfClauses } from '../clause-sentiment/tell.ts';
import { type FoundThemes, findThemes } from '../needs/find-themes.ts';
import { needName } from '../needs/need-model.ts';
import type { DemandOptions } from '../options.ts';
import { type Prepared, prepare } from '../prepare.ts';
import { process } from '../process.ts';
import type { Clause, Review } from '../review.ts';

export interface AnalysedFile {
  readonly reviews: readonly Review[];
  readonly clauses: readonly Clause[];
  readonly found: FoundThemes;
  readonly analysis: DemandAnalysis;
}

/** As a run reads it: copies and adverts set aside. */
export async function analyseFile(path: string): Promise<AnalysedFile> {
  const run = runOn({ data: { path, address: path } });
  return analysed(run, await prepare({ run }));
}

/** All of the reviews, as they stand. */
export function analyseReviews(reviews: readonly Review[]): Promise<AnalysedFile> {
  return analysed(runOn({}), { reviews, duplicates: findDuplicates(reviews.map(({ text }) => text)) });
}

/** What the steps need of a run. */
const runOn = (sources: Record<string, unknown>): RunContext<DemandOptions> =>
  ({
    random: new Random(0),
    signal: new AbortController().signal,
    sources,
    options: {},
    corrections: [],
    recent: [],
    earlier: [],
    progress: () => {},
  }) as unknown as RunContext<DemandOptions>;

async function analysed(
  run: RunContext<DemandOptions>,
  prepared: Pick<Prepared, 'reviews' | 'duplicates'>,
): Promise<AnalysedFile> {
  const { reviews } = prepared;
  const { random } = run;
  const { kind, clauses, learning, cautions } = process({ run, prepare: prepared as Prepared });
  const found = findThemes(reviews, clauses, { kind, random });
  const features = learning && fitFeatures(learning.texts).features;
  const clauseSentiment =
    learning &&
    features &&
    sentimentOfClauses({
      reviews,
      clauses,
      statements: found.statements,
      learning,
      features,
      evidence: learnEvidence(features, learning, { random: random.fork('clauses') }),
      reviewSatisfaction: reviews.map(({ label }) => label ?? 0.5),
    });
  const analysis = await analyseDemand(
    {
      reviews,
      clauses,
      themeOf: found.themeOf,
      themes: found.model.clusters.map((cluster) => {
        const label = needName(cluster.id);
        return { ...cluster, ...(label && { label }) };
      }),
      statements: found.statements,
      unnamed: found.unnamed,
      asks: kind.asks,
      cautions,
      ...(clauseSentiment && {
        clauseSentiment,
        reviewSatisfaction: reviews.map(({ label }) => label ?? 0.5),
      }),
    },
    random.fork('analysis'),
  );
  return { reviews, clauses, found, analysis };
}
