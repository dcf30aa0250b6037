export { formatOfOutput, type PredictedFile, predictFile } from './batch/predict-file.ts';
export { openDatabase } from './database/open.ts';
export type { Database } from './database/tables.ts';
export { type FeedbackResult, recordFeedback } from './feedback.ts';
export { type Iteration, iterate } from './iterate.ts';
export { type GateResult, Gates } from './iteration/gates.ts';
export { enqueueIterate } from './jobs/enqueue-iterate.ts';
export { hasEnded } from './jobs/events.ts';
export { cancel, enqueueOnce, findJob, type Job, listJobs, retry } from './jobs/queue.ts';
export { JobRequest, jobOf } from './jobs/request.ts';
export {
  listSchedules,
  removeSchedule,
  requireScheduleName,
  type Schedule,
  setSchedule,
} from './jobs/schedules.ts';
export type { Turn } from './jobs/worker.ts';
export { runWorker } from './jobs/worker-process.ts';
export { addWebhook, listWebhooks, removeWebhook, type Webhook } from './monitoring/alerts.ts';
export { MonitoringOptions } from './monitoring/options.ts';
export { recordOutcomesOfFile } from './monitoring/outcomes.ts';
export { recipeOf } from './recipes.ts';
export { aliasTarget, deleteAlias, promote, rollback } from './registry/aliases.ts';
export { type AuditEntry, auditOf, thisUser } from './registry/audit.ts';
export type { Comparison } from './registry/comparisons.ts';
export { listModels, type ModelVersion, type RegisteredModel, showModel } from './registry/models.ts';
export { describeRun, register } from './registry/register.ts';
export { resolveModel, resolvePredictor, resolveRun } from './registry/resolve.ts';
export type { Signature, TensorSpec } from './registry/signature.ts';
export { setTag } from './registry/tags.ts';
export { type ModelUri, parseModelUri, versionNumber } from './registry/uri.ts';
export { createKey, type Key, listKeys, revokeKey } from './security/keys.ts';
export { type RunningServer, type ServeOptions, serve } from './serve.ts';
export { setTraffic, Traffic, trafficOf } from './traffic.ts';
