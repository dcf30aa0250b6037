import { UserError } from '@gradus/base';
import type { Gates } from '@gradus/lifecycle';
import { z } from 'zod';

export const GATE_OPTION = [
  '--gate <name=value>',
  'what the new model must not be worse at: slice=0.05, calibration=0.03, latency=2, size=2 are the defaults; off switches one off',
] as const;

/** Gates as they are typed. @throws UserError where there is no such gate, or its value makes no sense */
export async function gatesOf(given: Readonly<Record<string, string>>): Promise<Gates> {
  const { Gates } = await import('@gradus/lifecycle');
  const values = Object.entries(given).map(([name, value]) => [name, value === 'off' ? null : Number(value)]);
  const parsed = Gates.safeParse(Object.fromEntries(values));
  if (parsed.success) return parsed.data;
  throw new UserError(`Wrong gates: ${z.prettifyError(parsed.error)}`);
}
