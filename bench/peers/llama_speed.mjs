/** Tokens a second of node-llama-cpp, from the folder that GRADUS_PEERS names: `llama_speed.mjs FILE READ WRITTEN THREADS cpu|wall`. */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const require = createRequire(`${process.env.GRADUS_PEERS}/`);
const { getLlama } = await import(pathToFileURL(require.resolve('node-llama-cpp')).href);
const [file, read, written, threads, kind] = process.argv.slice(2);
const clock = () => {
  if (kind !== 'cpu') return performance.now() / 1000;
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
const llama = await getLlama({ gpu: false, build: 'never', logLevel: 'error', maxThreads: Number(threads) });
const model = await llama.loadModel({ modelPath: file });
const context = await model.createContext({ contextSize: 512, threads: Number(threads) });
const sequence = context.getSequence();
const ids = (count) => Array.from({ length: count }, (_, i) => 300 + ((i * 7919) % 40000));
await sequence.evaluateWithoutGeneratingNewTokens(ids(Number(read)).reverse());
await sequence.clearHistory();
let begun = clock();
await sequence.evaluateWithoutGeneratingNewTokens(ids(Number(read)));
const reading = clock() - begun;
begun = clock();
let count = 0;
for await (const _ of sequence.evaluate([301], { temperature: 0, yieldEogToken: true }))
  if (++count >= Number(written)) break;
console.log(JSON.stringify({ read: Number(read) / reading, written: count / (clock() - begun) }));
process.exit(0);
