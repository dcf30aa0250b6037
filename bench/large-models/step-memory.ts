/** A process of its own that takes two steps of adapters, and says how much memory it took at most: FOLDER TOKENS RECOMPUTE. */
import { adaptedWeights, load, tokenTrainer, weightsIn } from '@gradus/lm';

const [folder, tokens, recompute] = process.argv.slice(2) as [string, string, string];
const length = Number(tokens);
const model = await load(folder);
const trained = adaptedWeights(model.config, weightsIn(model.weights, 32), { rank: 16, alpha: 32 }, 0);
const trainer = tokenTrainer(model.config, trained, {
  learningRate: 2e-4,
  weightDecay: 0,
  accumulate: 1,
  seed: 0,
  threads: 1,
  recompute: recompute === 'true',
});
const whole = (at: (i: number) => number) => ({
  dtype: 'int64' as const,
  dims: [1, length],
  data: BigInt64Array.from({ length }, (_, i) => BigInt(at(i))),
});
const batch = {
  ids: whole((i) => 300 + ((i * 7919) % 40_000)),
  labels: whole((i) => 300 + (((i + 1) * 7919) % 40_000)),
  positions: whole((i) => i),
  segments: whole(() => 0),
};
await trainer.step(batch);
const began = process.cpuUsage();
const { loss } = await trainer.step(batch);
const { user, system } = process.cpuUsage(began);
await trainer.close();
model.close();
// maxRSS is in kilobytes.
console.log(
  JSON.stringify({ peak: process.resourceUsage().maxRSS * 1024, seconds: (user + system) / 1e6, loss }),
);
