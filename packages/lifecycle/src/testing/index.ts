export { checkOperation, checkOperations, checkOutput } from './check-operation.ts';
export {
  onBothDatabases,
  type Place,
  type PostgresServer,
  pgbouncerIsHere,
  postgresIsHere,
  startPostgres,
} from './databases.ts';
export { digits, digitsRun } from './digits.ts';
export { moods, moodsRun, textsOf } from './moods.ts';
export { makeRun } from './runs.ts';
export { words, wordsFile } from './words.ts';
