export { DatabaseHealth } from './database/health.ts';
export { openDatabase } from './database/open.ts';
export { DatabaseBusy } from './database/sqlite-driver.ts';
export type { Database } from './database/tables.ts';
export { DatabaseUnavailable } from './database/unavailable.ts';
export { type AllowedSources, allowedSource, requireAllowedAddresses } from './datasets/allowed.ts';
export { copyInside, isInside } from './datasets/inside.ts';
export { datasetPath, isDatasetAddress, safeFileName } from './datasets/store.ts';
export { continueUpload, findUpload } from './datasets/uploads.ts';
export { Conflict, InvalidInput, NotFound } from './errors.ts';
export { exportModel } from './export/export.ts';
export {
  type Checked,
  correctionChecker,
  correctionParser,
  correctionsOfFile,
  recordCorrections,
} from './iteration/feedback.ts';
export { jobDirectory, makeJobDirectory } from './jobs/directory.ts';
export { hasEnded, jobEvents } from './jobs/events.ts';
export { cancel, enqueue, findJob, type Job, listJobs, retry } from './jobs/queue.ts';
export { SHORTEST } from './jobs/schedules.ts';
export type { Handler, JobContext, Turn } from './jobs/worker.ts';
export { startWorkers, type WorkerProgram } from './jobs/workers.ts';
export { type Caller, hashOf, isSecret, newSecret, SCOPES, type Scope } from './keys/caller.ts';
export { callerOf, createKey, revokeKey } from './keys/keys.ts';
export { logError } from './log.ts';
export { batchable, type ModelSignature, modelSignature, type TensorType, zeros } from './model-file.ts';
export { webhookSignature } from './monitoring/alerts/deliver.ts';
export { type Alert, addWebhook } from './monitoring/alerts/webhooks.ts';
export { describeTensors } from './monitoring/log/describe-tensors.ts';
export { loggable, previewOf } from './monitoring/log/loggable.ts';
export { idAt, newPredictionId } from './monitoring/log/prediction-id.ts';
export type { Prediction, PredictionLog } from './monitoring/log/prediction-log.ts';
export { forget } from './monitoring/log/retention.ts';
export { Metrics } from './monitoring/metrics.ts';
export { Monitoring } from './monitoring/monitoring.ts';
export { MonitoringOptions } from './monitoring/options.ts';
export type { QualityWindow } from './monitoring/overview.ts';
export { monitoringReport } from './monitoring/report/report.ts';
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
export type { CliHint, HttpHint, Line, Operation } from './operations/operation.ts';
export { profile, profileLines } from './operations/profile.ts';
export { readField, WrongValue } from './operations/read-field.ts';
export { requireReferences } from './operations/references.ts';
export { shownFile } from './operations/runs.ts';
export { startJob } from './operations/start-job.ts';
export { findOperation, OPERATIONS, operationsOf } from './operations/table.ts';
export { runWorker } from './operations/worker.ts';
export { addressOfRunFile, noDestination, OwnWorkspace, type Workspace } from './operations/workspace.ts';
export { recipeOf } from './recipes.ts';
export { aliasTarget, promote, rollback } from './registry/aliases.ts';
export { auditOf, thisUser } from './registry/audit.ts';
export { listModels } from './registry/models.ts';
export { describeRun, register } from './registry/register.ts';
export { resolveServed, type Served } from './registry/resolve.ts';
export { assign, type Desired, setTraffic, shadowsOf, Traffic } from './registry/traffic.ts';
export { isModelReference } from './registry/uri.ts';
