import { isInside } from './inside.ts';

/** What opens an address: `Workspace.source`. */
export type OpenSource = (address: string) => Promise<string>;

/**
 * A run's sources as they are read, and the addresses by which its record names those that are read from a copy: whoever makes the
 * run again opens them anew.
 */
export async function openedSources(
  addresses: Readonly<Record<string, string>>,
  open: (address: string, name: string) => Promise<string>,
): Promise<{
  readonly sources: Readonly<Record<string, string>>;
  readonly recordedAs: Readonly<Record<string, string>>;
}> {
  const sources: Record<string, string> = {};
  for (const [name, address] of Object.entries(addresses)) sources[name] = await open(address, name);
  const recordedAs = Object.fromEntries(Object.entries(addresses).filter(([, address]) => isInside(address)));
  return { sources, recordedAs };
}
