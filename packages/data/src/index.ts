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
