/** A network with embeddings as a candidate of a table. */
import type { Candidate } from './candidate.ts';
import { fitMlp, type MlpModel, mlpGraph, mlpScores } from './mlp.ts';
import type { MlpConfig } from './mlp-config.ts';

/**
 * It goes through all its epochs: its steps become small towards the end, and an epoch that is chosen by few rows flatters what is
 * chosen.
 */
export const networkCandidate: Candidate<MlpConfig, MlpModel> = {
  fit: async ({ encoded, target, weights }, { config, random, signal }) => ({
    state: await fitMlp(encoded.dense, target, {
      config,
      random,
      ...(weights && { weights }),
      ...(signal && { signal }),
    }),
  }),
  scores: (model, { dense }) => mlpScores(model, dense),
  graph: (model, { dense, codes }) =>
    mlpGraph(model, { ...(dense && { numbers: dense }), ...(codes && { codes }) }),
};
