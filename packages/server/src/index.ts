export { openDatabase } from './database/open.ts';
export type { Database } from './database/tables.ts';
export {
  type ExportOptions,
  type ExportResult,
  exportModel,
  TARGET_TITLES,
  TARGETS,
} from './export/export.ts';
export { type FeedbackResult, recordFeedback } from './feedback.ts';
export { isLoopback } from './http/guards.ts';
export { type Iteration, iterate } from './iterate.ts';
export { aliasTarget, deleteAlias, promote, rollback } from './registry/aliases.ts';
export { type AuditEntry, auditOf, thisUser } from './registry/audit.ts';
export { listModels, type ModelVersion, type RegisteredModel, showModel } from './registry/models.ts';
export { describeRun, register } from './registry/register.ts';
export { resolveRun } from './registry/resolve.ts';
export type { Signature, TensorSpec } from './registry/signature.ts';
export { setTag } from './registry/tags.ts';
export { type ModelUri, parseModelUri, versionNumber } from './registry/uri.ts';
export { createKey, type Key, listKeys, revokeKey } from './security/keys.ts';
export { type RunningServer, type ServeOptions, serve } from './serve.ts';
export { setTraffic, Traffic, trafficOf } from './traffic.ts';
