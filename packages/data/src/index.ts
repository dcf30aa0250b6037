export {
  type DuckDb,
  type DuckDbBatch,
  type DuckDbOptions,
  type DuckDbRow,
  openDuckDb,
  sqlName,
} from './duckdb/duckdb.ts';
export type { DuckDbColumn, DuckDbValue } from './duckdb/protocol.ts';
export { findDuplicates } from './duplicates.ts';
export { CIFAR_CLASSES, readCifarBatch } from './images/cifar.ts';
export { type FolderImages, type FolderOptions, readImageFolder } from './images/folder.ts';
export { type Idx, readIdx, readIdxImages } from './images/idx.ts';
export { type Images, join as joinImages, pick as pickImages } from './images/images.ts';
export { imageSheet } from './images/sheet.ts';
export { type Split, type SplitOptions, stratifiedFolds, stratifiedSplit } from './split.ts';
export { type Label, parseLabel, parseRating } from './table/ratings.ts';
export { type ReadOptions, readTable } from './table/read.ts';
export {
  findRoles,
  ROLES,
  type Role,
  type RoleChoice,
  type RoleOverrides,
  type Roles,
} from './table/roles.ts';
export type { Format, RowSetAside, SetAside, Table } from './table/table.ts';
export { type ParsedTimes, parseTimes } from './table/times.ts';
export { splitClauses } from './text/clauses.ts';
export { cleanText } from './text/clean.ts';
export { languageOf, type TextLanguage } from './text/language.ts';
export { charNgrams, wordNgrams } from './text/ngrams.ts';
export { isStopWord, STOP_WORDS } from './text/stop-words.ts';
export { fitTfidf, type Tfidf, type TfidfOptions, tfidf } from './text/tfidf.ts';
export {
  encoder,
  fitVocabulary,
  PADDING,
  UNKNOWN,
  type Vocabulary,
  type VocabularyOptions,
  vocabularySize,
} from './text/vocabulary.ts';
export { characterTokens, words } from './text/words.ts';
