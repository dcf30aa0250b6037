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
