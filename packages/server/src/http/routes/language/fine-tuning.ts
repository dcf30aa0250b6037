/**
 * Trainings, as OpenAI's clients ask for them (github.com/openai/openai-openapi: createFineTuningJob): adapters of a model that is
 * served, learnt by `tune` as a job of the workspace, and served by a name of their own when they are done.
 */
import { randomInt } from 'node:crypto';
import {
  Conflict,
  cancel,
  type Database,
  enqueue,
  findJob,
  InvalidInput,
  type Job,
  listJobs,
  NotFound,
} from '@gradus/lifecycle';
import { isAdapter } from '@gradus/lm';
import type { Context } from 'hono';
import { z } from 'zod';
import type { LanguageModels } from '../../../language/language-models.ts';
import { trainingPath } from '../../../tuning/training-path.ts';
import { tuneEvents } from '../../../tuning/tune-events.ts';
import { METHODS, TUNE_JOB, TuneOutcome, TuneRequest } from '../../../tuning/tune-request.ts';
import { explained, jsonBody } from '../../errors.ts';
import { answerSchema, bodySchema } from '../../openapi.ts';
import type { Route } from '../route.ts';
import { notTaken, optional } from './drawing.ts';
import { modelOfKind } from './named.ts';
import { limitOf, listOf, pageOf } from './page.ts';

export interface FineTuningOptions {
  readonly languages: LanguageModels;
  readonly database: Database;
  readonly runs: string;
}

const auto = (type: z.ZodType<number>) =>
  optional(z.union([z.literal('auto'), type])).transform((value) => (value === 'auto' ? undefined : value));
const Hyperparameters = z.object({
  n_epochs: auto(z.number().positive().max(1000)),
  batch_size: auto(z.int().min(1).max(4096)),
  learning_rate_multiplier: auto(z.number().positive().max(1000)),
  beta: auto(z.number().positive().max(100)),
});
const Parameters = optional(z.object({ hyperparameters: optional(Hyperparameters) }));

const JobRequest = z.object({
  model: z.string(),
  training_file: z.string(),
  suffix: optional(z.string().regex(/^[A-Za-z0-9._-]{1,40}$/)),
  seed: optional(
    z
      .int()
      .min(0)
      .max(2 ** 31 - 1),
  ),
  method: optional(z.object({ type: z.enum(METHODS), supervised: Parameters, dpo: Parameters })),
  hyperparameters: optional(Hyperparameters),
  metadata: optional(z.record(z.string().max(64), z.string().max(512))),
  validation_file: notTaken(
    'a tenth of the training file is held out to judge by; no second file is taken',
    '会自动留出训练文件的十分之一用于评判，不接受第二个文件',
  ),
  integrations: z.unknown().optional(),
});

const STATES = {
  queued: 'queued',
  running: 'running',
  done: 'succeeded',
  failed: 'failed',
  cancelled: 'cancelled',
} as const;

const JobAnswer = z.object({
  id: z.string(),
  object: z.literal('fine_tuning.job'),
  created_at: z.int(),
  finished_at: z.int().nullable(),
  status: z.enum(Object.values(STATES)),
  model: z.string(),
  fine_tuned_model: z.string().nullable(),
  training_file: z.string(),
  trained_tokens: z.int().nullable(),
  seed: z.int(),
  error: z.object({ code: z.string(), message: z.string(), param: z.string().nullable() }).nullable(),
});

export function fineTuningRoutes({ languages, database, runs }: FineTuningOptions): Route[] {
  const jobOf = async (context: Context, id: number) =>
    context.get('places').shownIn(await findJob(database, id));
  const found = async (context: Context) =>
    context.get('places').shownIn(await tuningJob(database, context.req.param('id')!));
  const base = '/v1/fine_tuning/jobs';
  const answer = answerSchema(JobAnswer);
  return [
    {
      method: 'post',
      path: base,
      title: {
        en: 'A training: an adapter of a large model, learnt from a file, in the form of OpenAI. It is a job of the workspace, and served by a name of its own when it is done',
        zh: '训练：用文件训练大模型的适配器（OpenAI 格式）。作为工作区的任务执行，完成后以自己的名称提供服务',
      },
      scope: 'admin',
      body: bodySchema(JobRequest),
      answer,
      handler: explained(async (context) => {
        const parsed = JobRequest.safeParse(await jsonBody(context));
        if (!parsed.success) throw new InvalidInput(parsed.error);
        const request = requestOf(context, parsed.data, languages);
        trainingPath(runs, request.trainingFile);
        const { name: by } = context.get('caller');
        const id = await enqueue(database, { kind: TUNE_JOB, payload: request, by });
        return context.json(answerOf(await jobOf(context, id)));
      }),
    },
    {
      method: 'get',
      path: base,
      title: { en: 'Trainings, the latest first', zh: '训练列表，最新的在前' },
      scope: 'read',
      handler: explained(async (context) => {
        const limit = limitOf(context, 20);
        const after = context.req.query('after');
        const before = after === undefined ? undefined : numberOf(after);
        const jobs = await listJobs(database, limit + 1, { kind: TUNE_JOB, before });
        const shown = context.get('places').shownIn(jobs.slice(0, limit));
        return context.json(listOf(shown.map(answerOf), jobs.length > limit));
      }),
    },
    {
      method: 'get',
      path: `${base}/:id`,
      title: { en: 'How a training stands', zh: '训练的状态' },
      scope: 'read',
      answer,
      handler: explained(async (context) => {
        const job = await found(context);
        // Whoever hears that it is done may ask the model at once.
        if (job.state === 'done') await languages.look();
        return context.json(answerOf(job));
      }),
    },
    {
      method: 'post',
      path: `${base}/:id/cancel`,
      title: { en: 'A training stopped', zh: '停止训练' },
      scope: 'admin',
      answer,
      handler: explained(async (context) => {
        const { id } = await found(context);
        await cancel(database, id);
        return context.json(answerOf(await jobOf(context, id)));
      }),
    },
    {
      method: 'get',
      path: `${base}/:id/events`,
      title: { en: 'What has happened in a training, the latest first', zh: '训练的事件，最新的在前' },
      scope: 'read',
      handler: explained(async (context) => {
        const job = await found(context);
        const events = tuneEvents(runs, job).map(({ at, level, message, data }, i) => ({
          id: `ftevent-${job.id}-${i + 1}`,
          object: 'fine_tuning.job.event',
          created_at: at,
          level,
          message,
          type: data ? 'metrics' : 'message',
          ...(data && { data }),
        }));
        return context.json(pageOf(context, events.reverse(), 20));
      }),
    },
    {
      method: 'get',
      path: `${base}/:id/checkpoints`,
      title: {
        en: 'What of a training can be served: the result, when it is done',
        zh: '训练中可提供服务的检查点：完成后的结果',
      },
      scope: 'read',
      handler: explained(async (context) => {
        const job = await found(context);
        const done = job.state === 'done' ? TuneOutcome.parse(job.result) : undefined;
        return context.json(pageOf(context, done ? [checkpointOf(job, done)] : [], 10));
      }),
    },
  ];
}

function requestOf(
  context: Context,
  asked: z.output<typeof JobRequest>,
  languages: LanguageModels,
): TuneRequest {
  const model = modelOfKind(context, languages, asked.model, 'decoder');
  if (isAdapter(model.path)) {
    throw new Conflict({
      en: `"${model.name}" is an adapter: what is learnt is an adapter of a base. Name its base`,
      zh: `“${model.name}”是适配器：训练的结果是基础模型的适配器。请指定其基础模型`,
    });
  }
  const method = asked.method?.type ?? 'supervised';
  const given = asked.method?.[method]?.hyperparameters ?? asked.hyperparameters;
  if (method === 'supervised' && given?.beta !== undefined) {
    throw InvalidInput.ofField(['method', 'supervised', 'hyperparameters', 'beta'], {
      en: 'only the method dpo has a beta',
      zh: '只有 dpo 方法有 beta',
    });
  }
  return {
    model: model.name,
    path: model.path,
    bits: languages.bits,
    trainingFile: asked.training_file,
    method,
    epochs: given?.n_epochs,
    batch: given?.batch_size,
    rate: given?.learning_rate_multiplier,
    beta: given?.beta,
    seed: asked.seed ?? randomInt(2 ** 31),
    suffix: asked.suffix,
    metadata: asked.metadata,
  };
}

const PREFIX = 'ftjob-';

/** 0 where it is the id of none. */
const numberOf = (id: string): number => (/^ftjob-\d{1,9}$/.test(id) ? Number(id.slice(PREFIX.length)) : 0);

/** @throws NotFound where there is no such training */
async function tuningJob(database: Database, id: string): Promise<Job> {
  const job = await findJob(database, numberOf(id)).catch(() => undefined);
  if (job?.kind === TUNE_JOB) return job;
  const shown = id.slice(0, 100);
  throw new NotFound({ en: `There is no training "${shown}".`, zh: `没有训练“${shown}”。` });
}

const seconds = (time: string): number => Math.floor(new Date(time).getTime() / 1000);

function answerOf(job: Job): z.output<typeof JobAnswer> & { readonly id: string } {
  const { model, trainingFile, method, epochs, batch, rate, beta, seed, suffix, metadata } =
    TuneRequest.parse(job.payload);
  const done = job.state === 'done' ? TuneOutcome.parse(job.result) : undefined;
  const hyperparameters = {
    n_epochs: epochs ?? 'auto',
    batch_size: batch ?? 'auto',
    learning_rate_multiplier: rate ?? 'auto',
    ...(method === 'dpo' && { beta: beta ?? 'auto' }),
  };
  const rest = {
    organization_id: 'gradus',
    hyperparameters,
    method: { type: method, [method]: { hyperparameters } },
    result_files: [],
    validation_file: null,
    estimated_finish: null,
    integrations: null,
    metadata: metadata ?? null,
    user_provided_suffix: suffix ?? null,
  };
  return {
    id: `${PREFIX}${job.id}`,
    object: 'fine_tuning.job',
    created_at: seconds(job.createdAt),
    finished_at: job.finishedAt === null ? null : seconds(job.finishedAt),
    status: STATES[job.state],
    model,
    fine_tuned_model: done?.name ?? null,
    training_file: trainingFile,
    trained_tokens: done?.trainedTokens ?? null,
    seed,
    error: job.error === null ? null : { code: 'training_failed', message: job.error, param: null },
    ...rest,
  };
}

const checkpointOf = (job: Job, { name, steps, trainLoss, heldOutLoss }: TuneOutcome) => ({
  id: `ftckpt-${job.id}`,
  object: 'fine_tuning.job.checkpoint',
  created_at: seconds(job.finishedAt!),
  fine_tuning_job_id: `${PREFIX}${job.id}`,
  fine_tuned_model_checkpoint: name,
  step_number: steps,
  metrics: {
    step: steps,
    ...(trainLoss !== null && { train_loss: trainLoss }),
    ...(heldOutLoss !== null && { full_valid_loss: heldOutLoss }),
  },
});
