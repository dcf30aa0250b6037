/** A process that serves a large model until it is killed: `node serve-language.ts RUNS FOLDER`. */
import { serve } from '../serve.ts';

const [runs, path] = process.argv.slice(2) as [string, string];
const { url, token } = await serve({
  runs,
  recipes: [],
  port: 0,
  languageModels: [{ name: 'bytes', path }],
  language: { slots: 1 },
});
console.log(JSON.stringify({ url, token }));
