/** What the examples are told on the command line. */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { UserError } from '@gradus/base';

export interface Arguments {
  /** Where the data are. */
  readonly data: string;
  /** Where plots and models go. */
  readonly out: string;
  readonly epochs: number;
  /** Rows to train on at most, to try things out. */
  readonly limit: number;
  /** Of options that only one example has. */
  readonly more: Readonly<Record<string, string | undefined>>;
}

/**
 * @param name of the data set, a folder of ../shared/data
 * @param files at a public address that `--download` fetches, and the folder they go to
 */
export async function argumentsFor(
  name: string,
  defaults: { readonly epochs: number; readonly out: string },
  files: Readonly<Record<string, string>>,
  more: readonly string[] = [],
): Promise<Arguments> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: {
      data: text,
      out: { ...text, default: defaults.out },
      epochs: { ...text, default: String(defaults.epochs) },
      limit: { ...text, default: 'Infinity' },
      download: { type: 'boolean', default: false },
      ...Object.fromEntries(more.map((option) => [option, text])),
    },
  });
  const given = values as Record<string, string | boolean | undefined>;
  const out = String(given.out);
  mkdirSync(out, { recursive: true });
  return {
    data: await folderOf(name, given.data as string | undefined, given.download === true, files),
    out,
    epochs: Number(given.epochs),
    limit: Number(given.limit),
    more: Object.fromEntries(more.map((option) => [option, given[option] as string | undefined])),
  };
}

async function folderOf(
  name: string,
  given: string | undefined,
  download: boolean,
  files: Readonly<Record<string, string>>,
): Promise<string> {
  if (given !== undefined) {
    if (existsSync(given)) return given;
    throw new UserError(`--data ${given}: there is no such folder`);
  }
  if (download) return fetched(name, files);
  const shared = new URL(`../../../shared/data/${name}`, import.meta.url).pathname;
  if (existsSync(shared)) return shared;
  throw new UserError(`no data: say --data FOLDER, or --download to fetch ${Object.keys(files).join(', ')}`);
}

async function fetched(name: string, files: Readonly<Record<string, string>>): Promise<string> {
  const { writeFileSync } = await import('node:fs');
  const folder = join('data', name);
  mkdirSync(folder, { recursive: true });
  for (const [file, address] of Object.entries(files)) {
    if (existsSync(join(folder, file))) continue;
    console.log(`fetching ${address}`);
    const response = await fetch(address);
    if (!response.ok) throw new UserError(`${address} answered ${response.status}`);
    writeFileSync(join(folder, file), new Uint8Array(await response.arrayBuffer()));
  }
  return folder;
}

/** Runs an example; what the user gave wrongly is said in one line. */
export async function example(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
