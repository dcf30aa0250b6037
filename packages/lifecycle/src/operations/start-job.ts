/** From an operation that takes long and its input to a job: what it names is checked and tied down before it waits. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { isInside } from '../datasets/inside.ts';
import { enqueueOnce, findJob, type Job, type NewJob } from '../jobs/queue.ts';
import { fieldsOf } from './field.ts';
import type { Operation } from './operation.ts';
import { requireReferences } from './references.ts';
import type { Workspace } from './workspace.ts';

/** The job itself, which is not put into the queue. @throws UserError where a model or a source cannot be used */
export async function jobFor(operation: Operation, input: unknown, workspace: Workspace): Promise<NewJob> {
  const { name: kind, job: hint } = operation;
  if (workspace.isRequest) requireReferences(operation, input);
  const payload = await withSources(operation, input as Record<string, unknown>, workspace);
  if (!hint?.about) return { kind, payload, by: workspace.by };
  const { about, input: kept } = await hint.about(payload, workspace);
  return { kind, payload: kept, about, by: workspace.by };
}

/** @returns the job, or the one about the same thing that waits or runs already */
export async function startJob(
  operation: Operation,
  input: unknown,
  workspace: Workspace,
): Promise<{ readonly job: Job; readonly added: boolean }> {
  const database = await workspace.database();
  const { id, added } = await enqueueOnce(database, await jobFor(operation, input, workspace));
  return { job: await findJob(database, id), added };
}

/** The input with each address as its worker opens it: resolved now, by the rights of whoever asks. */
async function withSources(
  operation: Operation,
  input: Readonly<Record<string, unknown>>,
  workspace: Workspace,
): Promise<Record<string, unknown>> {
  const resolved = async (address: string) => {
    const source = await workspace.keptAddress(address);
    return existsSync(source) && !isInside(source) ? resolve(source) : source;
  };
  const payload: Record<string, unknown> = { ...input };
  for (const { name, isSource, schema } of fieldsOf(operation.input)) {
    const value = input[name];
    if (value === undefined) continue;
    if (isSource) {
      const each = (address: string) =>
        schema.presets?.includes(address) ? Promise.resolve(address) : resolved(address);
      payload[name] = Array.isArray(value)
        ? await Promise.all((value as string[]).map(each))
        : await each(value as string);
    }
    const ofEach = schema.additionalProperties;
    if (typeof ofEach === 'object' && ofEach.source) {
      const entries = Object.entries(value as Record<string, string>);
      payload[name] = Object.fromEntries(
        await Promise.all(entries.map(async ([key, address]) => [key, await resolved(address)])),
      );
    }
  }
  return payload;
}
