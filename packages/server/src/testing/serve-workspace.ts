/** A process that serves a workspace until it is killed: `node serve-workspace.ts RUNS`. */
import { moods } from '@gradus/lifecycle/testing';
import { serve } from '../serve.ts';

const { url, token } = await serve({ runs: process.argv[2]!, recipes: [moods], port: 0 });
console.log(JSON.stringify({ url, token }));
