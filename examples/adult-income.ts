/**
 * Who earns more than 50,000 dollars, from a table of the 1994 census (Kohavi, 1996): numbers and texts, some missing. The
 * processing is declared in steps, fitted on training rows, and ends up inside the model file, which takes the columns as
 * the table has them.
 *
 *     npx node examples/adult-income.ts --data FOLDER
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { percent, Random } from '@gradus/base';
import {
  type Columns,
  describePipeline,
  featureNames,
  fitTransform,
  fold,
  pickRows,
  pipeline,
  rawTensors,
  readTable,
  steps,
  stratifiedSplit,
  type Table,
  tableColumns,
  transform,
} from '@gradus/data';
import { type HostTensor, input, writeOnnx } from '@gradus/engine';
import { compile } from '@gradus/engine/node';
import { adam, crossEntropy, type Dataset, fit, mlp } from '@gradus/nn';
import { accuracy, rocAuc, wilsonInterval } from '@gradus/stats';
import { argumentsFor, example } from './lib/arguments.ts';
import { lossChart } from './lib/plots.ts';

const COLUMNS = {
  age: 'number',
  workclass: 'text',
  weight: 'number',
  education: 'text',
  'education years': 'number',
  'marital status': 'text',
  occupation: 'text',
  relationship: 'text',
  race: 'text',
  sex: 'text',
  'capital gain': 'number',
  'capital loss': 'number',
  'hours per week': 'number',
  country: 'text',
  income: { kind: 'text', role: 'target' },
} as const;

const PROCESSING = pipeline(COLUMNS, [
  // The census's weight of a row says nothing of the person.
  steps.drop({ columns: ['weight', 'education'] }),
  steps.log({ columns: ['capital gain', 'capital loss'] }),
  steps.target({ columns: ['country', 'occupation'] }),
  steps.standardize(),
  steps.oneHot({ minCount: 20 }),
  steps.join(),
  steps.ordinal({ columns: ['income'], as: 'class' }),
]);

/** What the model file takes: all but the target. */
const RAW = PROCESSING.columns.filter(({ role }) => role === 'feature');

await example(async () => {
  const { data, out, epochs, limit } = await argumentsFor(
    'adult-income',
    { epochs: 10, out: 'out/adult-income' },
    {},
  );
  const train = columnsOf(await readTable(join(data, 'adult-train.csv'), { maxRows: Math.min(limit, 1e6) }));
  const test = columnsOf(await readTable(join(data, 'adult-test.csv')));
  const random = new Random('adult-income');
  const income = train.income as readonly string[];
  const split = stratifiedSplit(
    Int32Array.from(income, (label) => Number(label === '>50K')),
    { test: 0, validation: 0.1 },
    random,
  );

  const { fitted, columns } = await fitTransform(PROCESSING, train, { rows: split.train, random });
  console.log(describePipeline(fitted).en);
  console.log(`${featureNames(fitted).length} features of ${split.train.length} training rows`);
  const all = await transform(fitted, train);

  const model = mlp([64, 32], 2, { dropout: 0.2 });
  const { epochs: curve } = await fit(model, dataset(columns), {
    loss: ({ features, income }) => crossEntropy(model.forward(features!), income!),
    optimizer: adam(),
    epochs,
    batchSize: 128,
    validation: dataset(all, split.validation),
    patience: 3,
    random,
    onEpoch: ({ epoch, loss, validationLoss }) =>
      console.log(
        `Epoch ${epoch}/${epochs} - loss: ${loss.toFixed(4)} - validation: ${validationLoss!.toFixed(4)}`,
      ),
  });

  const features = input('features', ['batch', featureNames(fitted).length]);
  const logits = model.forward(features);
  const probability = logits.softmax().slice([1], [2], [1]).squeeze(1);
  const bytes = writeOnnx(
    fold(
      fitted,
      { name: 'income', inputs: { features }, outputs: { probability, income: logits.argmax(1) } },
      { invert: { income: 'income' } },
    ),
  );
  writeFileSync(join(out, 'model.onnx'), bytes);
  writeFileSync(
    join(out, 'loss.svg'),
    await lossChart({
      training: curve.map(({ loss }) => loss),
      validation: curve.map(({ validationLoss }) => validationLoss!),
    }),
  );

  // The file alone, on the columns of the test table as they are; and the model on what the pipeline makes of them.
  const { probability: told } = await run(
    readFileSync(join(out, 'model.onnx')),
    Object.fromEntries(rawTensors(RAW, test).tensors),
  );
  const { features: seen } = await transform(fitted, test);
  const { probability: trained } = await run(
    writeOnnx({ name: 'model', inputs: { features }, outputs: { probability } }),
    { features: seen! },
  );
  const apart = told!.map((share, i) => Math.abs(share - trained![i]!)).reduce((a, b) => Math.max(a, b));
  console.log(
    `The file on raw columns and the model on processed ones differ by ${apart.toExponential(1)} at most`,
  );

  const truth = Int32Array.from(test.income as readonly string[], (label) => Number(label === '>50K'));
  const right = accuracy(
    truth,
    told!.map((share) => Number(share > 0.5)),
  );
  const [low, high] = wilsonInterval(right * truth.length, truth.length);
  const commoner = 1 - truth.reduce((a, b) => a + b) / truth.length;
  console.log(
    `Test accuracy: ${percent(right)} of ${truth.length} rows (95% interval ${percent(low)} to ${percent(high)}), AUC ${rocAuc(truth, told!).toFixed(3)}; always the commoner class: ${percent(commoner)}`,
  );
  console.log(`Wrote loss.svg and model.onnx (raw columns in, probability and income out) to ${out}`);
});

/** The table has no header; it writes ? for missing, and ends labels of the test rows with a dot. */
function columnsOf(table: Table): Columns {
  const rows = table.rows.map((row) => row.map((cell) => cell.trim().replace(/^\?$|\.$/, '')));
  const { columns, unread } = tableColumns(
    { ...table, columns: Object.keys(COLUMNS), rows },
    PROCESSING.columns,
  );
  for (const { column, count } of unread) console.log(`${count} cells of "${column}" are no numbers`);
  return columns;
}

async function run(
  model: Uint8Array,
  feeds: Record<string, HostTensor>,
): Promise<Record<string, Float32Array>> {
  const compiled = await compile(model);
  const results = await compiled.run(feeds);
  await compiled.close();
  return Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, data as Float32Array]));
}

function dataset(columns: Readonly<Record<string, HostTensor>>, rows?: Int32Array): Dataset {
  return {
    size: rows?.length ?? columns.features!.dims[0]!,
    batch: (at) => {
      const chosen = rows ? at.map((row) => rows[row]!) : at;
      const { features, income } = columns;
      return {
        features: pickRows(features!, chosen),
        income: pickRows({ ...income!, dims: [income!.dims[0]!] }, chosen),
      };
    },
  };
}
