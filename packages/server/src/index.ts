export { isLoopback } from './http/hosts.ts';

export { type RunningServer, type ServeOptions, serve } from './serve.ts';
