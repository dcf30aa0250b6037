export { type FeedbackResult, recordFeedback } from './feedback.ts';
export { type Iteration, iterate } from './iterate.ts';
export { type RunningServer, type ServeOptions, serve } from './serve.ts';
