export { findDuplicates } from './duplicates.ts';
export { type Split, type SplitOptions, stratifiedFolds, stratifiedSplit } from './split.ts';
export { type Label, parseLabel, parseRating } from './table/ratings.ts';
export { type ReadOptions, readTable, type SetAside, type Table } from './table/read.ts';
export {
  findRoles,
  ROLES,
  type Role,
  type RoleChoice,
  type RoleOverrides,
  type Roles,
} from './table/roles.ts';
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
