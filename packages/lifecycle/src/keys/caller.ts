/** A caller of the server: who it is, what it may do, and the secret that shows it. */
import { hash, randomBytes } from 'node:crypto';

export const SCOPES = {
  predict: 'ask models for answers',
  feedback: 'send corrections and outcomes',
  read: 'see models, runs, jobs, metrics and monitoring',
  admin: 'start jobs, promote and roll back models, change traffic',
} as const;
export type Scope = keyof typeof SCOPES;

export interface Caller {
  /** As the audit log names them. */
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Requests a second; undefined: no limit. */
  readonly rate?: number | undefined;
}

/** The form of a key: people and scanners for leaked secrets recognize it. */
const PREFIX = 'gradus_';

export const newSecret = (): string => PREFIX + randomBytes(32).toString('base64url');

export const hashOf = (secret: string): string => hash('sha256', secret, 'hex');

/** Whether a text has the form of a key, so that a database need not be asked of any other. */
export const isSecret = (text: string): boolean => text.startsWith(PREFIX);
