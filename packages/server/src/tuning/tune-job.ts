/**
 * A training as a job: `tune` on the rows of a file, into an adapter that is served by a name of its own. Begun again after its worker
 * was killed, it goes on from its checkpoint.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '@gradus/base';
import { type JobContext, makeJobDirectory } from '@gradus/lifecycle';
import { loadAny, type TunePlan, type TuneResult, tune } from '@gradus/lm';
import { z } from 'zod';
import { trainingPath } from './training-path.ts';
import { noteEvent } from './tune-events.ts';
import { type TuneOutcome, TuneRequest } from './tune-request.ts';
import { writeRows } from './tune-rows.ts';
import { tunedName, tunedPlace } from './tuned-models.ts';

export { TUNE_JOB } from './tune-request.ts';

/** Steps of which an event tells, at most. */
const MOST_STEP_EVENTS = 200;
/** What `tune` takes where nothing else is asked for. */
const RATES = { supervised: 2e-4, dpo: 2e-5 } as const;
const KINDS = { supervised: ['chat', 'completion', 'text'], dpo: ['preference'] } as const;
const EPOCHS = 3;

/** What `tune` leaves beside its result. */
const TUNING = z.looseObject({ losses: z.array(z.number()), held: z.looseObject({ verdict: z.string() }) });

/** @throws UserError where the base, or the rows, cannot be learnt from */
export async function tuneJob(
  runs: string,
  payload: unknown,
  { job, signal, progress }: JobContext,
): Promise<TuneOutcome> {
  const request = TuneRequest.parse(payload);
  const directory = makeJobDirectory(runs, job);
  const name = tunedName(request.model, request.suffix, job.id);
  const out = tunedPlace(runs, job.id, name);
  const note = (message: string, data?: { step: number; total_steps: number; train_loss: number }) =>
    noteEvent(runs, job, { level: 'info', message, ...(data && { data }) });
  // Killed after the result was written and before that was said: it is there.
  if (!existsSync(out)) {
    const rows = join(directory, 'rows.jsonl');
    await writeRows(trainingPath(runs, request.trainingFile), rows, request.method, signal);
    const model = await loadAny(request.path);
    try {
      await tune(model, rows, {
        out,
        bits: request.bits,
        epochs: request.epochs ?? EPOCHS,
        seed: request.seed,
        ...(request.batch !== undefined && { batch: request.batch }),
        ...(request.rate !== undefined && { learningRate: request.rate * RATES[request.method] }),
        ...(request.beta !== undefined && { beta: request.beta }),
        signal,
        onPlan: (plan) => {
          requireKind(plan, request);
          note(planWords(plan));
        },
        onStep: ({ step, steps, loss }) => {
          progress({ step: 'train', done: step, total: steps });
          if (step !== steps && step % Math.ceil(steps / MOST_STEP_EVENTS) !== 0) return;
          const data = { step, total_steps: steps, train_loss: loss };
          note(`Step ${step}/${steps}: training loss=${loss.toFixed(4)}`, data);
        },
      });
    } finally {
      model.close();
    }
  }
  const result = TUNING.parse(
    JSON.parse(readFileSync(join(out, 'tuning.json'), 'utf8')),
  ) as unknown as TuneResult;
  const { held, losses } = result;
  note(`New fine-tuned model: ${name}. On ${held.examples} rows held out: ${held.verdict}.`);
  return {
    name,
    trainedTokens: Math.round(result.tokens * (request.epochs ?? EPOCHS)),
    steps: losses.length,
    trainLoss: losses.at(-1) ?? null,
    heldOutLoss: lossOf(held),
    verdict: held.verdict,
  };
}

function requireKind({ kind }: TunePlan, { method }: TuneRequest): void {
  if ((KINDS[method] as readonly string[]).includes(kind)) return;
  throw new UserError({
    en: `the rows of the training file are of the kind "${kind}", which the method "${method}" does not learn from`,
    zh: `训练文件的数据类型为“${kind}”，“${method}”方法无法使用`,
  });
}

function lossOf(held: TuneResult['held']): number | null {
  if (held.measure === 'loss') return held.after.loss;
  return held.measure === 'preference' ? held.loss : null;
}

function planWords({ examples, heldOut, setAside, steps, learntTokens }: TunePlan): string {
  const aside = setAside
    .slice(0, 3)
    .map(({ row, reason }) => `row ${row}: ${reason.en}`)
    .join('; ');
  const why = setAside.length > 0 ? `, ${setAside.length} set aside (${aside})` : '';
  return `Training on ${examples} rows, ${heldOut} held out${why}; ${steps} steps, ${learntTokens} tokens to learn`;
}
