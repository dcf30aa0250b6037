/** Large models as files: read, run, adapt, convert. */
export { baseOfAdapter, isAdapter } from './adapters/adapter-files.ts';
export { type BatchRequest, QueueFull, Scheduler, type SchedulerOptions } from './batching/scheduler.ts';
export { ChatTemplate } from './chat/chat-template.ts';
export { type ChatText, chatText } from './chat/chat-text.ts';
export { Conversation, type ConversationOptions } from './chat/conversation.ts';
export { MESSAGE, type Message } from './chat/message.ts';
export { type ToolCall, ToolCallReader } from './chat/tool-calls.ts';
export {
  type ChatAnswer,
  type ChatClient,
  type ChatClientOptions,
  ChatError,
  type ChatRequest,
  KEY_VARIABLE,
} from './client/chat-client.ts';
export { type AnswerCounts, KeptAnswers } from './client/kept-answers.ts';
export { openChatClient } from './client/open.ts';
export type { Constraint, ConstraintState } from './constrain/constraint.ts';
export { type ConstrainedModel, jsonSchemaConstraint, patternConstraint } from './constrain/json-schema.ts';
export {
  type ParsedCall,
  parseToolCalls,
  TOOL,
  type Tool,
  type ToolAnswer,
} from './constrain/parsed-calls.ts';
export { type ToolChoice, toolCallConstraint } from './constrain/tool-call-constraint.ts';
export { CONVERT, type ConvertOptions, convert } from './convert/convert.ts';
export {
  type Compared,
  DISTIL,
  type Distilled,
  type DistilOptions,
  distil,
  type Teacher,
} from './distil/distil.ts';
export { type AnyClassifier, type AnyEmbedder, openClassifier, openEmbedder } from './distil/open.ts';
export {
  type StaticEmbeddingsOptions,
  staticEmbeddings,
} from './distil/static-embeddings.ts';
export { StaticModel } from './distil/static-model.ts';
export type { TokenTable } from './distil/token-table.ts';
export { Embedder, type EmbedderOptions, type Embeddings, type EmbedOptions } from './embed/embed.ts';
export { writeNpy } from './embed/npy.ts';
export { isOnnxEncoder, OnnxEmbedder } from './embed/onnx-embedder.ts';
export {
  isCrossEncoder,
  openReranker,
  type Ranking,
  type Reranker,
  type RerankerOptions,
  type RerankOptions,
} from './embed/rerank.ts';
export {
  ENGLISH_ENCODER,
  openTextEncoder,
  type TextEncoder,
  textEncoderDigest,
} from './embed/text-encoder.ts';
export { YesOrNo } from './embed/yes-or-no.ts';
export type { DecoderConfig } from './families/decoder-config.ts';
export { DECODER_FAMILIES, decoderConfig } from './families/families.ts';
export { type RunBits, weightsIn } from './graph/quantized-weights.ts';
export type { ImageInput, ImageRunOptions } from './images/batches.ts';
export { ImageClassifier, type ImageModelOptions, isImageClassifier } from './images/image-classifier.ts';
export type { ImageGenerator } from './images/image-generator.ts';
export { ImageTextModel, isImageTextModel } from './images/image-text-model.ts';
export { openImageGenerator } from './images/open-generator.ts';
export { JUDGE, type Judgement, type JudgeOptions, judge } from './judge/judge.ts';
export { type Doubt, type Estimate, LEAST_LABELS, type Verdict } from './judge/measures.ts';
export { type Judge, modelJudge } from './judge/model-judge.ts';
export { remoteJudge } from './judge/remote-judge.ts';
export { isEmbeddingModel } from './model/embedding-model.ts';
export { type EncoderModel, isEncoder } from './model/encoder-model.ts';
export type { LanguageModel, RunnableModel } from './model/language-model.ts';
export { load, loadRunnable } from './model/load.ts';
export { type AnyModel, loadAny } from './model/load-any.ts';
export { DecoderSession, requireShort, type SessionOptions } from './run/decoder-session.ts';
export { type GenerateOptions, generate } from './run/generate.ts';
export { GENERATE, type GeneratedToken, type LikelyToken } from './run/generation.ts';
export { keptRounding, ROUNDING_FILE } from './run/kept-rounding.ts';
export { type Perplexity, type PerplexityOptions, perplexity } from './run/perplexity.ts';
export { MOST_GROWTH, measureRounding, type Rounding } from './run/rounding.ts';
export {
  isSpeechModel,
  SpeechModel,
  type SpeechOptions,
  type SpeechSegment,
  type TranscribeOptions,
  type Transcript,
} from './sound/speech-model.ts';
export type { SoundFile } from './sound/speech-wave.ts';
export { Classifier, type ClassifierOptions } from './texts/classifier.ts';
export { ADAPT, type AdaptExample, type Adapted, type AdaptOptions, adapt } from './tune/adapt.ts';
export type { Held, HeldClasses, HeldOut, HeldPairs, HeldPreferences } from './tune/held.ts';
export { lossesOf } from './tune/held-out.ts';
export { type NewModel, newModel } from './tune/new-model.ts';
export {
  type Memorised,
  TUNE,
  type TuneKind,
  type TuneOptions,
  type TunePlan,
  type TuneProgress,
  type TuneResult,
} from './tune/options.ts';
export { adaptedWeights, allWeights, type LoraConfig, type TrainedWeights } from './tune/trained-weights.ts';
export type { TrainingOptions } from './tune/trainer.ts';
export { tune } from './tune/tune.ts';
export { type TokenBatch, tokenTrainer } from './tune/tuning.ts';
