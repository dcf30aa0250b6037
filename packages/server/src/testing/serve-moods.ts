/** A process that serves the moods of a directory until it is killed: `node serve-moods.ts RUNS RUN [DATABASE_URL]`. */

import { moods } from '@gradus/lifecycle/testing';
import { serve } from '../serve.ts';

const [runs, model, database] = process.argv.slice(2);
const { url, token } = await serve({
  model: model!,
  runs: runs!,
  recipes: [moods],
  port: 0,
  ...(database && { database }),
});
console.log(JSON.stringify({ url, token }));
