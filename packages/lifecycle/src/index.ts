export { formatOfOutput, type PredictedFile, predictFile } from './batch/predict-file.ts';
export { openDatabase } from './database/open.ts';
export type { Database } from './database/tables.ts';
export { type AllowedSources, allowedSource, requireAllowedAddresses } from './datasets/allowed.ts';
export { continueUpload, findUpload } from './datasets/uploads.ts';
export { Conflict, InvalidInput, NotFound } from './errors.ts';
export {
  type ExportOptions,
  type ExportResult,
  exportModel,
  TARGET_TITLES,
  TARGETS,
} from './export/export.ts';
export { addCorrections, type FeedbackResult, recordCorrections } from './iteration/feedback.ts';
export { Gates } from './iteration/gates.ts';
export { type Iteration, iterateModel } from './iteration/iterate.ts';
export { jobDirectory } from './jobs/directory.ts';
export { enqueueIterate } from './jobs/enqueue-iterate.ts';
export { hasEnded, jobEvents } from './jobs/events.ts';
export { cancel, enqueueOnce, findJob, type Job, listJobs, retry } from './jobs/queue.ts';
export {
  listSchedules,
  removeSchedule,
  requireScheduleName,
  type Schedule,
  SHORTEST,
  setSchedule,
} from './jobs/schedules.ts';
export type { Turn } from './jobs/worker.ts';
export { startWorkers, type WorkerProgram } from './jobs/workers.ts';
export { type Caller, hashOf, isSecret, newSecret, SCOPES, type Scope } from './keys/caller.ts';
export { callerOf, createKey, type Key, listKeys, revokeKey } from './keys/keys.ts';
export { logError } from './log.ts';
export { batchable, type ModelSignature, modelSignature, type TensorType, zeros } from './model-file.ts';
export { webhookSignature } from './monitoring/alerts/deliver.ts';
export {
  type Alert,
  addWebhook,
  listWebhooks,
  removeWebhook,
  type Webhook,
} from './monitoring/alerts/webhooks.ts';
export { describeTensors } from './monitoring/log/describe-tensors.ts';
export { idAt, newPredictionId } from './monitoring/log/prediction-id.ts';
export type { Prediction, PredictionLog } from './monitoring/log/prediction-log.ts';
export { forget } from './monitoring/log/retention.ts';
export { Metrics } from './monitoring/metrics.ts';
export { Monitoring } from './monitoring/monitoring.ts';
export { MonitoringOptions } from './monitoring/options.ts';
export { Outcome, type Recorded, recordOutcomes } from './monitoring/outcomes.ts';
export type { QualityWindow } from './monitoring/overview.ts';
export { monitoringReport } from './monitoring/report.ts';
export type { Watch } from './monitoring/watch.ts';
export type { TrafficTally } from './monitoring/watches/traffic-tally.ts';
export {
  DATATYPES,
  RequestError,
  readTensor,
  TensorJson,
  tensorToBytes,
  tensorToJson,
} from './open-inference/tensors.ts';
export { fitLines, fitsOf } from './operations/datasets.ts';
export { type Field, fieldsOf, type JsonSchema, jsonSchema } from './operations/field.ts';
export { jobLines } from './operations/jobs.ts';
export { VERSION } from './operations/machine.ts';
export type { CliHint, HttpHint, Line, Operation } from './operations/operation.ts';
export { profile, profileLines } from './operations/profile.ts';
export { readField, WrongValue } from './operations/read-field.ts';
export { requireReferences } from './operations/references.ts';
export { shownFile } from './operations/runs.ts';
export { startJob } from './operations/start-job.ts';
export { findOperation, OPERATIONS, operationsOf } from './operations/table.ts';
export { runWorker } from './operations/worker.ts';
export {
  addressOfRunFile,
  noDestination,
  OwnWorkspace,
  type Workspace,
} from './operations/workspace.ts';
export { recipeOf } from './recipes.ts';
export { aliasTarget, deleteAlias, promote, rollback } from './registry/aliases.ts';
export { type AuditEntry, auditOf, thisUser } from './registry/audit.ts';
export type { Comparison } from './registry/comparisons.ts';
export { lineageOf } from './registry/lineage.ts';
export { listModels, type ModelVersion, type RegisteredModel, showModel } from './registry/models.ts';
export { describeRun, register } from './registry/register.ts';
export {
  resolveModel,
  resolvePredictor,
  resolveRun,
  resolveServed,
  type Served,
} from './registry/resolve.ts';
export type { Signature, TensorSpec } from './registry/signature.ts';
export { setTag } from './registry/tags.ts';
export { assign, type Desired, setTraffic, shadowsOf, Traffic, trafficOf } from './registry/traffic.ts';
export { isModelReference, type ModelUri, parseModelUri, versionNumber } from './registry/uri.ts';
export type { GateResult } from './registry/weighed.ts';
