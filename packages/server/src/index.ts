export { openDatabase } from './database/open.ts';
export { type FeedbackResult, recordFeedback } from './feedback.ts';
export { type Iteration, iterate } from './iterate.ts';
export { createKey, type Key, listKeys, revokeKey } from './security/keys.ts';
export { type RunningServer, type ServeOptions, serve } from './serve.ts';
