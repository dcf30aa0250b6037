/** A file's analysis without the networks: clauses are judged by what words say, as in a whole run, and the file's own labels. In seconds. */
import { Random } from '@gradus/base';
import type { RunContext } from '@gradus/loop';
import { fitFeatures } from '@gradus/tasks';
import { analyseDemand } from '../analysis/analyse.ts';
import type { DemandAnalysis } from '../analysis/findings.ts';
import { learnEvidence } from '../clause-sentiment/evidence.ts';
import { sentimentOfClauses } from '../clause-sentiment/tell.ts';
import { type FoundThemes, findThemes } from '../needs/find-themes.ts';
import { needName } from '../needs/need-model.ts';
import type { DemandOptions } from '../options.ts';
import { prepare } from '../prepare.ts';
import { process } from '../process.ts';
import type { Clause, Review } from '../review.ts';

export interface AnalysedFile {
  readonly reviews: readonly Review[];
  readonly clauses: readonly Clause[];
  readonly found: FoundThemes;
  readonly analysis: DemandAnalysis;
}

export async function analyseFile(path: string, options: Partial<DemandOptions> = {}): Promise<AnalysedFile> {
  const random = new Random(0);
  const run = {
    random,
    signal: new AbortController().signal,
    sources: { data: { path, address: path } },
    options,
    corrections: [],
    recent: [],
    earlier: [],
    progress: () => {},
  } as unknown as RunContext<DemandOptions>;
  const prepared = await prepare({ run });
  const { reviews } = prepared;
  const { clauses, learning } = process({ run, prepare: prepared });
  const found = findThemes(reviews, clauses, { random });
  const features = learning && fitFeatures(learning.texts);
  const clauseSentiment =
    learning &&
    features &&
    sentimentOfClauses({
      reviews,
      clauses,
      learning,
      features,
      evidence: learnEvidence(features, learning, random.fork('clauses')),
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
      ...(clauseSentiment && {
        clauseSentiment,
        reviewSatisfaction: reviews.map(({ label }) => label ?? 0.5),
      }),
    },
    random.fork('analysis'),
  );
  return { reviews, clauses, found, analysis };
}
