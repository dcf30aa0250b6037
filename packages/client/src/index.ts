export { ApiError } from './api-error.ts';
export { Client, type ClientOptions, createClient, type Route } from './client.ts';
export { type CallOptions, type Finished, type Job, Started } from './jobs.ts';
export type { Methods, Result } from './methods.ts';
export * from './operations.ts';
export type { UploadedDataset, UploadOptions } from './upload.ts';
