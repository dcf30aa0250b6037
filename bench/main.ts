/**
 * `npm run bench [-- GROUP [--only PART,PART]] [--json]`: how fast the parts are, beside peers that do the same in the same run
 * where they are installed. PyTorch is looked for in the Python that GRADUS_PYTHON names, else in `python3`. Prints a table in
 * Markdown.
 */
import { cpus } from 'node:os';
import { dataParts } from './data/main.ts';
import { defects } from './defects/main.ts';
import { demandAnalysis } from './demand/main.ts';
import { designs } from './design/main.ts';
import { forecasts } from './forecast/main.ts';
import { largeModels } from './large-models/main.ts';
import type { Measurement } from './measurement.ts';
import { qualityParts } from './quality/main.ts';
import { clauseSentiment } from './sentiment/main.ts';
import { serving } from './serve/main.ts';
import { strategies } from './strategy/main.ts';
import { tables } from './tables/main.ts';
import { trainingSteps } from './train-step.ts';
import { trees } from './trees/main.ts';

const GROUPS = {
  train: trainingSteps,
  data: dataParts,
  defects,
  serve: serving,
  trees,
  tables,
  sentiment: clauseSentiment,
  lm: largeModels,
  quality: qualityParts,
  forecast: forecasts,
  strategy: strategies,
  demand: demandAnalysis,
  design: designs,
};

const asked = process.argv[2];
const json = process.argv.includes('--json');
const groups = asked && asked in GROUPS ? [GROUPS[asked as keyof typeof GROUPS]] : Object.values(GROUPS);
if (!json) {
  console.log(`${cpus().length} × ${cpus()[0]?.model}\n`);
  console.log('| what | Gradus | peer | Gradus / peer |\n| --- | --- | --- | --- |');
}
const all: Measurement[] = [];
for (const group of groups) {
  for await (const measurement of group()) {
    all.push(measurement);
    const { what, gradus, peer = 'not installed', ratio } = measurement;
    if (!json) console.log(`| ${what} | ${gradus} | ${peer} | ${ratio?.toFixed(2) ?? '–'} |`);
  }
}
if (json) console.log(JSON.stringify(all, undefined, 2));
