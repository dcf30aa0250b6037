export { isLoopback } from './http/guards.ts';

export { type RunningServer, type ServeOptions, serve } from './serve.ts';
