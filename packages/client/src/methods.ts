/**
 * A method for each operation. Made by scripts/client.ts from the operations' declarations (packages/lifecycle/src/operations); change those, and run it
 * again.
 */

import type { CallOptions, Started } from './jobs.ts';
import type {
  AlertsAddInput,
  AlertsListInput,
  AlertsRemoveInput,
  AlertsTestInput,
  AliasesListInput,
  AliasesRemoveInput,
  AuditInput,
  CompareInput,
  DatasetsCreateInput,
  DatasetsDeleteInput,
  DatasetsFitsInput,
  DatasetsListInput,
  DatasetsProfileInput,
  DatasetsRowsInput,
  DatasetsShowInput,
  DoctorInput,
  ExportInput,
  IterateInput,
  JobName,
  JobsAddInput,
  JobsCancelInput,
  JobsListInput,
  JobsRetryInput,
  JobsShowInput,
  KeysCreateInput,
  KeysListInput,
  KeysRevokeInput,
  LabelInput,
  ModelsFeedbackInput,
  ModelsListInput,
  ModelsPredictInput,
  ModelsPromoteInput,
  ModelsRegisterInput,
  ModelsRollbackInput,
  ModelsShowInput,
  MonitoringDriftInput,
  MonitoringQualityInput,
  MonitoringShowInput,
  OperationName,
  Operations,
  OutcomesAddInput,
  PredictInput,
  ProfileInput,
  RecipesDemandInput,
  RecipesDesignInput,
  RecipesForecastInput,
  RecipesLearnInput,
  RecipesQualityInput,
  RedactInput,
  RunsListInput,
  RunsMetricsInput,
  RunsReportInput,
  RunsShowInput,
  SchedulesIterateInput,
  SchedulesListInput,
  SchedulesRemoveInput,
  SchedulesSetInput,
  SchedulesShowInput,
  TagsRemoveInput,
  TagsSetInput,
  TrafficSetInput,
  TrafficShowInput,
  TrainInput,
  UploadsCreateInput,
  UploadsDeleteInput,
  UploadsShowInput,
  VersionInput,
} from './operations.ts';

/** Of an operation that takes long, the job that does it. */
export type Result<Name extends OperationName> = Name extends JobName
  ? Started<Operations[Name]['output']>
  : Operations[Name]['output'];

export interface Caller {
  call<Name extends OperationName>(
    name: Name,
    input: Operations[Name]['input'],
    options?: CallOptions,
  ): Promise<Result<Name>>;
}

export const methodsOf = (client: Caller) => ({
  recipes: {
    /** Demand analysis of reviews */
    demand: (input: RecipesDemandInput, options?: CallOptions) =>
      client.call('recipes.demand', input, options),
    /** Learning from a table */
    learn: (input: RecipesLearnInput, options?: CallOptions) => client.call('recipes.learn', input, options),
    /** Quality assessment */
    quality: (input: RecipesQualityInput, options?: CallOptions) =>
      client.call('recipes.quality', input, options),
    /** Sales forecast */
    forecast: (input: RecipesForecastInput, options?: CallOptions) =>
      client.call('recipes.forecast', input, options),
    /** Product design */
    design: (input: RecipesDesignInput, options?: CallOptions) =>
      client.call('recipes.design', input, options),
  },
  /** look a table over: types, gaps, duplicates, leaks, drift, personal data, and what to do about each */
  profile: (input: ProfileInput, options?: CallOptions) => client.call('profile', input, options),
  /** write a table again without its personal data: tags such as [PHONE], or, with a key of your own in GRADUS_PSEUDONYM_KEY, a pseudonym that is the same for the same person */
  redact: (input: RedactInput, options?: CallOptions) => client.call('redact', input, options),
  /** propose the rows whose labels would help most; read the answers back with --answers */
  label: (input: LabelInput, options?: CallOptions) => client.call('label', input, options),
  /** run a recipe on data */
  train: (input: TrainInput, options?: CallOptions) => client.call('train', input, options),
  /** retrain with the corrections and with rows added to the file; the new model takes over only if it is better */
  iterate: (input: IterateInput, options?: CallOptions) => client.call('iterate', input, options),
  /** compare a retrained run with the one it was retrained from, on the same held-out rows */
  compare: (input: CompareInput, options?: CallOptions) => client.call('compare', input, options),
  /** predict each row of a file, with the champion of a run or the version that a URI names; stopped, the same command goes on */
  predict: (input: PredictInput, options?: CallOptions) => client.call('predict', input, options),
  models: {
    /** a model's answer to one request */
    predict: (input: ModelsPredictInput, options?: CallOptions) =>
      client.call('models.predict', input, options),
    /** record corrections: what the model should have answered; each may name the prediction it corrects */
    feedback: (input: ModelsFeedbackInput, options?: CallOptions) =>
      client.call('models.feedback', input, options),
    /** list the registered models, and who is champion */
    list: (input: ModelsListInput = {}, options?: CallOptions) => client.call('models.list', input, options),
    /** show a model: versions, where each comes from, what it takes and gives, its card */
    show: (input: ModelsShowInput, options?: CallOptions) => client.call('models.show', input, options),
    /** register a run as the next version of a model */
    register: (input: ModelsRegisterInput, options?: CallOptions) =>
      client.call('models.register', input, options),
    /** make a version the champion; a running server changes over within a second */
    promote: (input: ModelsPromoteInput, options?: CallOptions) =>
      client.call('models.promote', input, options),
    /** give the champion’s place back to the version that had it before */
    rollback: (input: ModelsRollbackInput, options?: CallOptions) =>
      client.call('models.rollback', input, options),
  },
  outcomes: {
    /** record what came of predictions; the header x-gradus-prediction of an answer, and its field "prediction", say the id */
    add: (input: OutcomesAddInput, options?: CallOptions) => client.call('outcomes.add', input, options),
  },
  runs: {
    /** list the finished runs */
    list: (input: RunsListInput = {}, options?: CallOptions) => client.call('runs.list', input, options),
    /** show what a run found */
    show: (input: RunsShowInput, options?: CallOptions) => client.call('runs.show', input, options),
    /** the report of a run, as data */
    report: (input: RunsReportInput, options?: CallOptions) => client.call('runs.report', input, options),
    /** what was measured while a run was made, step by step */
    metrics: (input: RunsMetricsInput, options?: CallOptions) => client.call('runs.metrics', input, options),
  },
  traffic: {
    /** how a model's requests are shared among its versions */
    show: (input: TrafficShowInput, options?: CallOptions) => client.call('traffic.show', input, options),
    /** share the requests among versions, as VERSION=PERCENT (an alias or a number); without shares, show it. A user named in the header x-user-id keeps their version */
    set: (input: TrafficSetInput, options?: CallOptions) => client.call('traffic.set', input, options),
  },
  aliases: {
    /** list a model's aliases, and the version of each */
    list: (input: AliasesListInput, options?: CallOptions) => client.call('aliases.list', input, options),
    /** take an alias away from a model */
    remove: (input: AliasesRemoveInput, options?: CallOptions) =>
      client.call('aliases.remove', input, options),
  },
  tags: {
    /** note something about a version */
    set: (input: TagsSetInput, options?: CallOptions) => client.call('tags.set', input, options),
    /** take a note away from a version */
    remove: (input: TagsRemoveInput, options?: CallOptions) => client.call('tags.remove', input, options),
  },
  /** list the latest changes of the registry: when, who, what, before and after */
  audit: (input: AuditInput, options?: CallOptions) => client.call('audit', input, options),
  /** hand a model over to another engine as files it serves as they are: a run, a registered model’s name (its champion, with the versions before it), or a URI */
  export: (input: ExportInput, options?: CallOptions) => client.call('export', input, options),
  datasets: {
    /** list the datasets of the workspace */
    list: (input: DatasetsListInput = {}, options?: CallOptions) =>
      client.call('datasets.list', input, options),
    /** bring a file into the workspace, as a new dataset or a new version of one; it is dataset:NAME from then on */
    create: (input: DatasetsCreateInput, options?: CallOptions) =>
      client.call('datasets.create', input, options),
    /** show a dataset and its versions */
    show: (input: DatasetsShowInput, options?: CallOptions) => client.call('datasets.show', input, options),
    /** show rows of a dataset */
    rows: (input: DatasetsRowsInput, options?: CallOptions) => client.call('datasets.rows', input, options),
    /** look a dataset over, as gradus profile does a file */
    profile: (input: DatasetsProfileInput, options?: CallOptions) =>
      client.call('datasets.profile', input, options),
    /** which recipes fit a dataset, best first, and why */
    fits: (input: DatasetsFitsInput, options?: CallOptions) => client.call('datasets.fits', input, options),
    /** delete a dataset with all its versions; runs made from it stay, but cannot be made again */
    delete: (input: DatasetsDeleteInput, options?: CallOptions) =>
      client.call('datasets.delete', input, options),
  },
  uploads: {
    /** begin an upload, of any size: PATCH its address with the bytes and the header Upload-Offset; broken off, GET says how far it is, and it goes on from there */
    create: (input: UploadsCreateInput, options?: CallOptions) =>
      client.call('uploads.create', input, options),
    /** how far an upload is */
    show: (input: UploadsShowInput, options?: CallOptions) => client.call('uploads.show', input, options),
    /** give an upload up */
    delete: (input: UploadsDeleteInput, options?: CallOptions) =>
      client.call('uploads.delete', input, options),
  },
  jobs: {
    /** list the latest jobs */
    list: (input: JobsListInput = {}, options?: CallOptions) => client.call('jobs.list', input, options),
    /** a new job: train, iterate, predict, profile, redact, label, compare, export, datasets.profile, datasets.fits, recipes.demand, recipes.learn, recipes.quality, recipes.forecast, recipes.design. A model is improved by one job at a time */
    add: (input: JobsAddInput, options?: CallOptions) => client.call('jobs.add', input, options),
    /** show a job: its state, how far it is, its result, or why it failed */
    show: (input: JobsShowInput, options?: CallOptions) => client.call('jobs.show', input, options),
    /** stop a job */
    cancel: (input: JobsCancelInput, options?: CallOptions) => client.call('jobs.cancel', input, options),
    /** do a job again that failed or was cancelled */
    retry: (input: JobsRetryInput, options?: CallOptions) => client.call('jobs.retry', input, options),
  },
  schedules: {
    /** list all schedules, and when each runs next */
    list: (input: SchedulesListInput = {}, options?: CallOptions) =>
      client.call('schedules.list', input, options),
    /** improve a model every so often */
    iterate: (input: SchedulesIterateInput, options?: CallOptions) =>
      client.call('schedules.iterate', input, options),
    /** show a schedule */
    show: (input: SchedulesShowInput, options?: CallOptions) => client.call('schedules.show', input, options),
    /** run a job every so many seconds */
    set: (input: SchedulesSetInput, options?: CallOptions) => client.call('schedules.set', input, options),
    /** remove a schedule */
    remove: (input: SchedulesRemoveInput, options?: CallOptions) =>
      client.call('schedules.remove', input, options),
  },
  monitoring: {
    /** how a model does: traffic, drift, quality, alarms */
    show: (input: MonitoringShowInput, options?: CallOptions) =>
      client.call('monitoring.show', input, options),
    /** quality by outcomes, version by version */
    quality: (input: MonitoringQualityInput, options?: CallOptions) =>
      client.call('monitoring.quality', input, options),
    /** windows that were tested for drift, the latest first */
    drift: (input: MonitoringDriftInput, options?: CallOptions) =>
      client.call('monitoring.drift', input, options),
  },
  alerts: {
    /** send alarms to an address; its secret, which signs the messages, is shown this once */
    add: (input: AlertsAddInput, options?: CallOptions) => client.call('alerts.add', input, options),
    /** list all webhooks, without the secrets */
    list: (input: AlertsListInput = {}, options?: CallOptions) => client.call('alerts.list', input, options),
    /** remove a webhook: it gets no more alarms */
    remove: (input: AlertsRemoveInput, options?: CallOptions) => client.call('alerts.remove', input, options),
    /** send a webhook a test message, and say what it answered */
    test: (input: AlertsTestInput, options?: CallOptions) => client.call('alerts.test', input, options),
  },
  keys: {
    /** make a key; it is shown this once */
    create: (input: KeysCreateInput, options?: CallOptions) => client.call('keys.create', input, options),
    /** list all keys, without the secrets */
    list: (input: KeysListInput = {}, options?: CallOptions) => client.call('keys.list', input, options),
    /** revoke a key: it opens nothing any more */
    revoke: (input: KeysRevokeInput, options?: CallOptions) => client.call('keys.revoke', input, options),
  },
  /** which version this is */
  version: (input: VersionInput = {}, options?: CallOptions) => client.call('version', input, options),
  /** look this machine over, and print a block to paste into a report of a fault */
  doctor: (input: DoctorInput = {}, options?: CallOptions) => client.call('doctor', input, options),
});

export type Methods = ReturnType<typeof methodsOf>;
