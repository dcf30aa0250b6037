/**
 * Third-party packages that are large and of which little is used: packing puts the used parts into the files that import them.
 * ECharts is 64 MB on disk; the kinds of charts that reports draw are half a megabyte.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

/** A package, and what comes with it. */
export const INLINED: Readonly<Record<string, readonly string[]>> = {
  echarts: ['echarts', 'zrender', 'tslib'],
};

/** Bundles what is to be inlined into the files below `folder` that import it. @returns the packages that were */
export async function inlineInto(folder: string, root: string): Promise<string[]> {
  const found = new Set<string>();
  for (const path of globSync('**/*.js', { cwd: folder })) {
    const file = join(folder, path);
    const names = Object.keys(INLINED).filter((name) => imports(readFileSync(file, 'utf8'), name));
    if (names.length === 0) continue;
    for (const name of names) found.add(name);
    const inside = new Set(names.flatMap((name) => INLINED[name]!));
    await build({
      entryPoints: [file],
      outfile: file,
      allowOverwrite: true,
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node24',
      minifySyntax: true,
      minifyWhitespace: true,
      legalComments: 'inline',
      nodePaths: [join(root, 'node_modules')],
      logLevel: 'error',
      plugins: [
        {
          name: 'all else stays outside',
          setup: ({ onResolve }) =>
            onResolve({ filter: /.*/ }, ({ path: wanted, kind, importer }) => {
              if (kind === 'entry-point' || inside.has(packageOf(wanted))) return undefined;
              return wanted.startsWith('.') && importer !== file
                ? undefined
                : { path: wanted, external: true };
            }),
        },
      ],
    });
  }
  for (const path of globSync('**/*.d.ts', { cwd: folder })) {
    const file = join(folder, path);
    writeFileSync(file, withoutTypesOf(readFileSync(file, 'utf8'), Object.keys(INLINED)));
  }
  return [...found].sort();
}

const packageOf = (specifier: string): string => /^(?:@[^/]+\/)?[^/]+/.exec(specifier)![0];

const imports = (program: string, name: string): boolean =>
  new RegExp(`(?:\\bfrom|\\bimport)\\s*\\(?\\s*['"]${name}(?:/[^'"]*)?['"]`).test(program);

/** Their types do not come along: to whoever reads our declarations they are objects. */
export function withoutTypesOf(declarations: string, names: readonly string[]): string {
  const type = new RegExp(
    `^import (?:type )?\\{([^}]*)\\} from ['"](?:${names.join('|')})(?:/[^'"]*)?['"];$`,
    'gm',
  );
  const bare = new RegExp(`^import ['"](?:${names.join('|')})(?:/[^'"]*)?['"];\\n`, 'gm');
  return declarations.replace(bare, '').replace(type, (_, list: string) =>
    list
      .split(',')
      .map((each) =>
        each
          .trim()
          .replace(/^type /, '')
          .replace(/^.* as /, ''),
      )
      .filter((each) => each !== '')
      .map((each) => `type ${each} = object;`)
      .join('\n'),
  );
}
