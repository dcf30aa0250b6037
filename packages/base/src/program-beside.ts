import { UserError } from './user-error.ts';

/**
 * The address of a program beside a module, for `new Worker` and `fork`.
 *
 * Imports are rewritten when a package is packed, addresses in strings are not: in the source tree a program ends in `.ts`, in an
 * installed package in `.js`. It ends as the module does that asks for it.
 *
 *     new Worker(programBeside(import.meta.url, 'worker'));
 */
export function programBeside(module: string, name: string): URL {
  const extension = /\.[a-z]+(?=$|[?#])/.exec(module)?.[0] ?? '.js';
  return new URL(`./${name}${extension}`, module);
}

/** What a worker's `error` carries where its program could not be loaded. */
const NOT_LOADED = new Set([
  'ERR_DLOPEN_FAILED',
  'ERR_MODULE_NOT_FOUND',
  'ERR_UNKNOWN_FILE_EXTENSION',
  'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING',
  'ERR_WORKER_INIT_FAILED',
  'MODULE_NOT_FOUND',
]);

/** The error to throw where a worker never started, whatever it was to do; undefined where it did, and failed at that. */
export function neverStarted(error: Error): UserError | undefined {
  if (!NOT_LOADED.has((error as { code?: string }).code ?? '')) return undefined;
  return new UserError(
    {
      en: `A worker of Gradus could not start: ${error.message}. Gradus is not installed completely; install it again.`,
      zh: `Gradus 的工作线程无法启动：${error.message}。Gradus 安装不完整，请重新安装。`,
    },
    { cause: error },
  );
}
