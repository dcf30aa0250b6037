/**
 * `npm run bench`: how fast the parts are, beside peers that do the same in the same run where they are installed.
 * PyTorch is looked for in the Python that GRADUS_PYTHON names, else in `python3`. Prints a table in Markdown.
 */
import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { serving } from './serve.ts';
import { trainingSteps } from './train-step.ts';

export interface Measurement {
  readonly what: string;
  readonly gradus: string;
  /** Milliseconds of Gradus / of the peer; absent where there is no peer to compare with. */
  readonly peer?: string;
  readonly ratio?: number;
}

const python = process.env.GRADUS_PYTHON ?? 'python3';

/** What a peer's program prints as JSON, or undefined where the peer is not installed. */
export function peer<T>(script: string, ...args: readonly string[]): T | undefined {
  const file = new URL(`peers/${script}`, import.meta.url).pathname;
  const { status, stdout } = spawnSync(python, [file, ...args], { encoding: 'utf8' });
  return status === 0 ? (JSON.parse(stdout) as T) : undefined;
}

if (process.argv[1] === import.meta.filename) {
  console.log(`${cpus().length} × ${cpus()[0]?.model}\n`);
  console.log('| what | Gradus | peer | Gradus / peer |\n| --- | --- | --- | --- |');
  for (const measure of [trainingSteps, serving]) {
    for await (const { what, gradus, peer, ratio } of measure()) {
      console.log(`| ${what} | ${gradus} | ${peer ?? 'not installed'} | ${ratio?.toFixed(2) ?? '–'} |`);
    }
  }
}
