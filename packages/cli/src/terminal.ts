/** What commands know of the terminal they run in. */
import type { Language, Localized } from '@gradus/base';

export interface Terminal {
  readonly language: Language;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** A line on stdout: the answer. */
  print(line: string): void;
  /** A line on stderr: what is going on. */
  tell(line: string): void;
  say(text: Localized): string;
  /** The command has done its work, and what it judged fails: it ends with exit code 3. */
  fail(): void;
}

/** The language of the environment, as POSIX has it: LC_ALL before LC_MESSAGES before LANG. */
export function languageOf(environment: Readonly<Record<string, string | undefined>>): Language {
  const locale = environment.LC_ALL || environment.LC_MESSAGES || environment.LANG || '';
  return /^zh/i.test(locale) ? 'zh' : 'en';
}

/** Control characters could move the cursor, recolour or turn round what follows; user text never may. */
export function plain(text: string): string {
  return text.replace(/[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, ' ');
}
