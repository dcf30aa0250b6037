/**
 * `npm run bench`: how fast the parts are, beside peers that do the same in the same run where they are installed.
 * PyTorch is looked for in the Python that GRADUS_PYTHON names, else in `python3`. Prints a table in Markdown.
 */
import { cpus } from 'node:os';
import { serving } from './serve/main.ts';
import { trainingSteps } from './train-step.ts';

export interface Measurement {
  readonly what: string;
  readonly gradus: string;
  /** Of Gradus to the peer: of milliseconds for steps, of rates for serving; absent where there is no peer to compare with. */
  readonly peer?: string;
  readonly ratio?: number;
}

const GROUPS = { train: trainingSteps, serve: serving };

if (process.argv[1] === import.meta.filename) {
  const asked = process.argv[2];
  const json = process.argv.includes('--json');
  const measures = asked && asked in GROUPS ? [GROUPS[asked as keyof typeof GROUPS]] : Object.values(GROUPS);
  if (!json) {
    console.log(`${cpus().length} × ${cpus()[0]?.model}\n`);
    console.log('| what | Gradus | peer | Gradus / peer |\n| --- | --- | --- | --- |');
  }
  const all: Measurement[] = [];
  for (const measure of measures) {
    for await (const measurement of measure()) {
      all.push(measurement);
      const { what, gradus, peer = 'not installed', ratio } = measurement;
      if (!json) console.log(`| ${what} | ${gradus} | ${peer} | ${ratio?.toFixed(2) ?? '–'} |`);
    }
  }
  if (json) console.log(JSON.stringify(all, undefined, 2));
}
