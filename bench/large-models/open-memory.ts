/** Opens a model in 4 bits with rounding and writes a few tokens: prints the seconds until it was open, and the memory that the process has then. */
import { DecoderSession, load } from '@gradus/lm';

const [path, threads] = process.argv.slice(2) as [string, string];
const began = performance.now();
const before = process.cpuUsage();
const model = await load(path);
const session = await DecoderSession.open(model, {
  places: 512,
  bits: 4,
  rounds: true,
  threads: Number(threads),
});
const { user, system } = process.cpuUsage(before);
const seconds = (performance.now() - began) / 1000;
await session.see([5, 6, 7]);
for (let id = 8; id < 16; id++) await session.next(id);
// maxRSS is in kilobytes.
console.log(
  JSON.stringify({
    seconds,
    cpu: (user + system) / 1e6,
    memory: process.memoryUsage().rss,
    most: 1024 * process.resourceUsage().maxRSS,
  }),
);
process.exit(0);
