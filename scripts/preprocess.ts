/**
 * Makes packages/tasks/src/table/hand-over/preprocess.mjs, which needs no Gradus, out of preprocess.ts beside it and all that it imports:
 * `npm run generate`. A test (preprocess.test.ts) sees that it is current.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

const FOLDER = '../packages/tasks/src/table/hand-over';
const HEADER = `// Rows of a table as inputs of model.onnx, for whoever runs it without Gradus: any Node from 18 on, and columns.json and
// texts.json beside this file. It is what Gradus itself reads cells with, put into one file. In another language, do the same:
//
//     tensorsOf(lines)      lines of JSON, a row each: {"COLUMN": VALUE, …}
//     tensorsOfRows(rows)   rows as objects; values may also be the texts of a CSV file's cells
//
// Both give inputs in the JSON form of the Open Inference Protocol; null is a number that is missing (NaN).
// Made by scripts/preprocess.ts out of Gradus' sources; change those.
`;

/** Modules of which nothing is used are left out: those of ours that are used here only declare. Others' stay outside. */
const onlyWhatIsUsed: Plugin = {
  name: 'only what is used',
  setup: ({ onResolve, resolve }) => {
    onResolve({ filter: /./ }, async ({ path, pluginData, ...from }) => {
      if (pluginData === onlyWhatIsUsed || from.kind === 'entry-point') return undefined;
      if (!/^(?:[./]|@gradus\/)/.test(path)) return { path, external: true, sideEffects: false };
      return { ...(await resolve(path, { ...from, pluginData: onlyWhatIsUsed })), sideEffects: false };
    });
  },
};

/** @returns the file, and what is to be in it */
export async function preprocessProgram(): Promise<{ readonly path: string; readonly source: string }> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`${FOLDER}/preprocess.ts`, import.meta.url))],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node18',
    charset: 'utf8',
    banner: { js: HEADER },
    plugins: [onlyWhatIsUsed],
    logLevel: 'error',
  });
  return {
    path: fileURLToPath(new URL(`${FOLDER}/preprocess.mjs`, import.meta.url)),
    source: outputFiles[0]!.text,
  };
}

if (import.meta.main) {
  const { path, source } = await preprocessProgram();
  writeFileSync(path, source);
}
