export {
  type RotateOptions,
  rotate,
  type ScaleOptions,
  scale,
} from './augment/images/affine.ts';
export { type BlurOptions, blur } from './augment/images/blur.ts';
export { type ColourOptions, colour } from './augment/images/colour.ts';
export { type CropOptions, crop } from './augment/images/crop.ts';
export { type CutoutOptions, cutout } from './augment/images/cutout.ts';
export { type FlipOptions, flip } from './augment/images/flip.ts';
export { type Mixed, type MixupOptions, mixup } from './augment/images/mixup.ts';
export {
  type AugmentOptions,
  augmentImages,
  type ImageStep,
  type Picture,
} from './augment/images/picture.ts';
export { type RandAugmentOptions, randAugment } from './augment/images/rand-augment.ts';
export { randomOf } from './augment/seeding.ts';
export {
  jitter,
  magnitudeWarp,
  type SeriesStep,
  type Steps,
  timeWarp,
  type WarpOptions,
  windowSlice,
} from './augment/series/series.ts';
export { type SpecAugmentOptions, type Spectrogram, specAugment } from './augment/sound/spec-augment.ts';
export { noise, type SoundStep, shift } from './augment/sound/wave.ts';
export { type Embedding, nearestWords, type SynonymOptions, synonyms } from './augment/text/synonyms.ts';
export { augmentText, joinWords, type TextStep, wordDropout, wordSwap } from './augment/text/words.ts';
export type { Batch } from './batch.ts';
export type { StepSpec } from './batches/image-steps.ts';
export { type ImageBatchesOptions, imageBatches, imageFileBatches } from './batches/images.ts';
export {
  BatchLoader,
  type BatchSource,
  type LoadedBatch,
  type LoaderOptions,
} from './batches/loader.ts';
export type { BatchMaker, Chance, OpenBatches } from './batches/maker.ts';
export { type CalendarOptions, calendarOf } from './calendar/calendar.ts';
export { lastDecreedYear } from './calendar/china.ts';
export { type CalendarColumn, calendarColumns } from './calendar/columns.ts';
export type { CalendarEvent, EventKind } from './calendar/event.ts';
export { type OwnEvents, ownEvents } from './calendar/own-events.ts';
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
export { readBytes, reasonOf } from './files.ts';
export { isImageArchive, type UnpackedImages, unpackImages } from './images/archive.ts';
export { CIFAR_CLASSES, readCifarBatch } from './images/cifar.ts';
export { type DecodeOptions, decodeImage, decodeImageBytes } from './images/decode.ts';
export {
  type FolderImages,
  type FolderOptions,
  type ImageFile,
  isImageName,
  listImages,
  readImageFolder,
} from './images/folder.ts';
export { type HeatMap, heatPicture } from './images/heat.ts';
export { type Idx, readIdx, readIdxImages } from './images/idx.ts';
export { type Images, join as joinImages, pick as pickImages } from './images/images.ts';
export { fileInside } from './images/inside.ts';
export { decodePixels, type Pixels, type ResizeFilter, resizePixels } from './images/pixels.ts';
export { decodeRgba, encodePng, type Rgba, resizeRgba } from './images/rgba.ts';
export { imageSheet } from './images/sheet.ts';
export { type ImageTableOptions, readImageTable } from './images/table.ts';
export { type PersonalColumn, personalColumn } from './personal/column.ts';
export { findPersonal, type PersonalOptions } from './personal/detect.ts';
export { KIND_NAMES, PERSONAL_KINDS, type PersonalKind, type PersonalSpan } from './personal/kinds.ts';
export { applyRedaction, fitRedaction, type RedactionPlan } from './personal/plan.ts';
export { PSEUDONYM_KEY, pseudonyms } from './personal/pseudonyms.ts';
export { type RedactOptions, type Replace, redact, redactText, tag } from './personal/redact.ts';
export { type RedactedFile, type RedactFileOptions, redactFile } from './personal/redact-file.ts';
export {
  COLUMN_ROLES,
  type ColumnRole,
  type ColumnType,
  MISSING_TIME,
  RAW_KINDS,
  type RawKind,
} from './process/block.ts';
export { type FoldOptions, fold, pipelineGraph } from './process/fold.ts';
export {
  type ColumnDeclaration,
  describePipeline,
  type FitOptions,
  type FittedPipeline,
  featureNames,
  fitPipeline,
  fitTransform,
  graphInputs,
  invert,
  type Pipeline,
  pipeline,
  transform,
} from './process/pipeline.ts';
export { type ColumnData, type Columns, rawTensors } from './process/raw.ts';
export { pickRows } from './process/run.ts';
export type { ColumnChoice, FittedStep, Step } from './process/step.ts';
export * as steps from './process/steps/declared.ts';
export { type MelOptions, melPower } from './process/steps/log-mel.ts';
export { tokenizerOf } from './process/steps/tokens.ts';
export { readPipeline, writePipeline } from './process/stored.ts';
export { type TableColumns, tableColumns, type UnreadCells } from './process/table-columns.ts';
export { associations } from './profile/association.ts';
export type {
  Association,
  Associations,
  ColumnDrift,
  ColumnProfile,
  Drift,
  Duplicates,
  Finding,
  Histogram,
  NumberProfile,
  Predictor,
  Profile,
  TargetProfile,
  ValueCount,
} from './profile/document.ts';
export { categoryFeature, type Feature } from './profile/feature.ts';
export type { FindingCode, FindingData } from './profile/finding.ts';
export { isDisguisedMissing } from './profile/missing.ts';
export { type ProfileOptions, profileTable } from './profile/profile.ts';
export { profileReport } from './profile/report/report.ts';
export { EARLIEST_DATE, isTimeName, type TypedCells, typeOf } from './profile/types.ts';
export {
  type ColumnType as ProfiledType,
  type Measure,
  SEVERITIES,
  type Severity,
  TYPE_NAMES,
} from './profile/vocabulary.ts';
export { type Frequency, frequencyName, type Unit } from './series/frequency.ts';
export { type Gap, readSeries, type Series, type SeriesColumns } from './series/read.ts';
export { seriesTimes } from './series/times.ts';
export { type Part, seriesWindows, splitByTime, type WindowOptions, type Windows } from './series/windows.ts';
export { type DecodeLimits, SoundDecoder } from './sound/decode.ts';
export {
  readSoundFolder,
  readSoundTable,
  type Sounds,
  type SoundsOptions,
  type SoundTableOptions,
} from './sound/folder.ts';
export { type RecordingQuality, recordingQuality } from './sound/recording-quality.ts';
export { resample } from './sound/resample.ts';
export { mono, type Sound } from './sound/sound.ts';
export { readWav } from './sound/wav.ts';
export { decodeText } from './sources/decode-text.ts';
export { fingerprintFiles, type SourceFile } from './sources/fingerprint.ts';
export { type LeftOut, listFolder } from './sources/list-files.ts';
export { type LocalCopy, localCopy } from './sources/local-copy.ts';
export { type ReadOptions, readTable } from './sources/read.ts';
export {
  type ResolvedSource,
  type ResolveOptions,
  resolveSource,
  SOURCE_KINDS,
  type SourceKind,
} from './sources/resolve.ts';
export { readEveryRow, type StreamedBatch, type StreamedRow, streamTable } from './sources/stream.ts';
export { type Fold, type NestedFold, type NestedOptions, nestedFolds } from './split/nested.ts';
export { findStraddling, requireSeparate, type Straddling } from './split/straddling.ts';
export { type Split, type SplitOptions, stratifiedFolds, stratifiedSplit } from './split/stratified.ts';
export { type TimeSplitOptions, timeFolds, timeSplit } from './split/time.ts';
export { closestName } from './table/closest-name.ts';
export { csvCell, csvText, harmless, unharmed } from './table/csv-text.ts';
export { halfWidth } from './table/half-width.ts';
export { type Label, type LabelColumn, parseLabel, readLabels } from './table/labels.ts';
export { type DecimalMark, type ParsedNumbers, parseNumbers } from './table/numbers.ts';
export { type OddValue, type RatingColumn, readRatings, type Scale } from './table/rating-scale.ts';
export { parseRating, type Rating } from './table/ratings.ts';
export {
  findRoles,
  noSuchColumn,
  ROLES,
  type Role,
  type RoleChoice,
  type RoleOverrides,
  type Roles,
} from './table/roles.ts';
export type { FileSetAside, Format, RowSetAside, SetAside, Table } from './table/table.ts';
export { type DayOrder, type ParsedTimes, parseTimes } from './table/times.ts';
export { BYTE_ORDER_MARK, csvLine } from './table/write-csv.ts';
export { yesOrNo } from './table/yes-or-no.ts';
export { splitClauses } from './text/clauses.ts';
export { cleanText } from './text/clean.ts';
export { isDefaultText } from './text/default-texts.ts';
export { termInputs, tokenInputs } from './text/inputs.ts';
export { LANGUAGE_NAMES, languageOf, type TextLanguage } from './text/language.ts';
export { charNgrams, wordNgrams } from './text/ngrams.ts';
export { isNoAnswer } from './text/no-answer.ts';
export { simplifiedChinese } from './text/simplified.ts';
export {
  isCharacterText,
  isMixedText,
  speechTokens,
  writtenCharacters,
  writtenWords,
} from './text/speech/speech-tokens.ts';
export { type Confusion, errorCount, type WordErrors, wordErrors } from './text/speech/word-errors.ts';
export { isStopWord, STOP_WORDS } from './text/stop-words.ts';
export {
  chineseTaggedWords,
  englishTaggedWords,
  type PartOfSpeech,
  type TaggedWord,
} from './text/tagged-words.ts';
export { type TermFeatures, type TermOptions, termFeatures } from './text/term-features.ts';
export { fitTfidf, type Tfidf, type TfidfOptions, tfidf } from './text/tfidf.ts';
export { type BertOptions, bertTokenizer } from './text/tokenizers/bert.ts';
export type { Encoding } from './text/tokenizers/encoding.ts';
export { GPT2_PATTERN, GPT4_PATTERN } from './text/tokenizers/pre-tokenizers.ts';
export { readTokenizer } from './text/tokenizers/read.ts';
export {
  type EncodedBatch,
  type EncodeOptions,
  type TextOrPair,
  Tokenizer,
  type TokenizerFile,
} from './text/tokenizers/tokenizer.ts';
export { readTexts } from './text/tokenizers/training/files.ts';
export {
  type TrainBpeOptions,
  type TrainBpeProgress,
  trainBpe,
} from './text/tokenizers/training/train-bpe.ts';
export { type WordCut, wordTokenizer } from './text/tokenizers/words.ts';
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
