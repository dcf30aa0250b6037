/**
 * The peer of bench/trees in JavaScript: seconds that ml-xgboost trains for, on one thread, and the AUC. It takes no NaN: missing
 * numbers are far below all others.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { performance } from 'node:perf_hooks';

const [folder, width] = [process.argv[2], Number(process.argv[3])];
const require = createRequire(`${process.env.GRADUS_PEERS}/`);
const XGBoost = await require('ml-xgboost');

function table(name) {
  const labels = [...readFileSync(`${folder}/${name}.u8`)];
  const bytes = readFileSync(`${folder}/${name}.f32`);
  const all = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  const at = (row, column) => {
    const value = all[column * labels.length + row];
    return Number.isNaN(value) ? -1e6 : value;
  };
  return [labels.map((_, row) => Array.from({ length: width }, (_, column) => at(row, column))), labels];
}

const [[x, y], [held, truth]] = [table('train'), table('held')];
const booster = new XGBoost({
  booster: 'gbtree',
  objective: 'binary:logistic',
  max_depth: 5,
  eta: 0.1,
  silent: 1,
  iterations: 100,
});
const { user, system } = process.cpuUsage();
const begun = performance.now();
booster.train(x, y);
const used = process.cpuUsage();
const seconds =
  process.argv[5] === 'cpu'
    ? (used.user + used.system - user - system) / 1e6
    : (performance.now() - begun) / 1000;
const scores = booster.predict(held);
const order = truth.map((_, row) => row).sort((a, b) => scores[a] - scores[b]);
let [ranks, positive] = [0, 0];
for (const [rank, row] of order.entries()) {
  if (truth[row] !== 1) continue;
  ranks += rank + 1;
  positive++;
}
const auc = (ranks - (positive * (positive + 1)) / 2) / (positive * (truth.length - positive));
const { version } = require('ml-xgboost/package.json');
console.log(JSON.stringify({ seconds, auc, version: `ml-xgboost ${version}, depth 5` }));
