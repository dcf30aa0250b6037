/** What every benchmark gives, and how parts of them are chosen. */
export interface Measurement {
  readonly what: string;
  readonly gradus: string;
  readonly peer?: string;
  /** Of Gradus to the peer: of milliseconds for steps, of rates for data and serving; absent where there is no peer to compare with. */
  readonly ratio?: number;
}

/** The entries that `--only NAME,NAME` names; all without it. @throws Error where there is no such name */
export function chosen<Part>(parts: Readonly<Record<string, Part>>): (readonly [name: string, part: Part])[] {
  const at = process.argv.indexOf('--only');
  if (at < 0) return Object.entries(parts);
  return (process.argv[at + 1] ?? '').split(',').map((name) => {
    if (!Object.hasOwn(parts, name))
      throw new Error(`--only ${name}: expected ${Object.keys(parts).join(', ')}`);
    return [name, parts[name]!];
  });
}
