/**
 * Language models in a page: `import { generate, load } from '@gradus/lm'` means this where a bundler builds for browsers. They run on
 * onnxruntime-web, whose files the page serves (see @gradus/engine/web), and are read from a folder on a server.
 */
export { MESSAGE, type Message } from '../chat/message.ts';
export type { LanguageModel } from '../model/language-model.ts';
export { DecoderSession, type SessionOptions } from '../run/decoder-session.ts';
export { type GenerateOptions, generate } from '../run/generate.ts';
export { GENERATE, type GeneratedToken, type LikelyToken } from '../run/generation.ts';
export { ADAPT, type AdaptExample, type Adapted, type AdaptOptions, adapt } from '../tune/adapt.ts';
export { ChatTemplate } from './chat-template.ts';
export { load } from './load.ts';
