/**
 * Checks the laws of the house (`npm run layers`):
 *
 * 1. A package imports only from the packages listed for it here, and only what its manifest declares.
 * 2. No import leaves its package by a path.
 * 3. Inside a package every arrow goes down: neither files nor, at any depth, folders beside each other form a circle.
 *    A folder whose files use a file beside it cannot be used by that file.
 *
 * Imports are read from the source text: static, re-exported and dynamic ones, of values and of types alike. The address of a
 * worker's program is no import: what runs there is another program.
 */
import { globSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, normalize } from 'node:path';

/** What a package may import. `testing` folders and tests may import what their package may, and no more. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  base: [],
  engine: ['base'],
  stats: ['base'],
  report: ['base'],
  data: ['base', 'engine', 'stats', 'report'],
  nn: ['base', 'engine', 'stats'],
  classical: ['base', 'engine', 'stats'],
  lm: ['base', 'engine', 'stats', 'report', 'data', 'nn', 'classical'],
  loop: ['base', 'engine', 'stats', 'report', 'data', 'classical'],
  tasks: ['base', 'engine', 'stats', 'report', 'data', 'nn', 'classical', 'lm', 'loop'],
  recipes: ['base', 'engine', 'stats', 'report', 'data', 'nn', 'classical', 'lm', 'loop', 'tasks'],
  lifecycle: ['base', 'engine', 'stats', 'report', 'data', 'loop'],
  server: ['base', 'engine', 'stats', 'report', 'data', 'lm', 'loop', 'lifecycle'],
  client: ['base'],
  cli: [
    'base',
    'engine',
    'stats',
    'report',
    'data',
    'nn',
    'classical',
    'lm',
    'loop',
    'tasks',
    'recipes',
    'lifecycle',
    'server',
    'client',
  ],
};

/** Beyond that, for tests alone: models that they train to have something to serve. */
const TESTS_MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  lifecycle: ['nn'],
};

const IMPORT = /(?:\bfrom\s+|\bimport\s*\(\s*|\bimport\s+)(['"])([^'"\n]+)\1/g;

interface Arrow {
  readonly from: string;
  readonly to: string;
}

/** @returns a circle of the arrows, as the nodes on it in order; undefined where there is none */
export function circleOf(arrows: readonly Arrow[]): string[] | undefined {
  const next = Map.groupBy(arrows, ({ from }) => from);
  const done = new Set<string>();
  const visit = (node: string, path: readonly string[]): string[] | undefined => {
    const at = path.indexOf(node);
    if (at >= 0) return [...path.slice(at), node];
    if (done.has(node)) return undefined;
    for (const { to } of next.get(node) ?? []) {
      const circle = visit(to, [...path, node]);
      if (circle) return circle;
    }
    done.add(node);
    return undefined;
  };
  for (const node of next.keys()) {
    const circle = visit(node, []);
    if (circle) return circle;
  }
  return undefined;
}

/** Arrows between what stands beside each other in each folder, from the arrows between files, by folder. */
export function arrowsByFolder(files: readonly Arrow[]): Map<string, Arrow[]> {
  const folders = new Map<string, Map<string, Arrow>>();
  for (const { from, to } of files) {
    const [a, b] = [from.split('/'), to.split('/')];
    const same = a.findIndex((part, i) => part !== b[i]);
    const folder = a.slice(0, same).join('/');
    const arrow = { from: a.slice(0, same + 1).join('/'), to: b.slice(0, same + 1).join('/') };
    const arrows = folders.get(folder) ?? new Map<string, Arrow>();
    arrows.set(`${arrow.from} ${arrow.to}`, arrow);
    folders.set(folder, arrows);
  }
  return new Map([...folders].map(([folder, arrows]) => [folder, [...arrows.values()]]));
}

/** @returns a line for each thing that is not as it should be, of the packages below `root` */
export function problemsOf(root: URL): string[] {
  const problems: string[] = [];
  const arrows: Arrow[] = [];
  for (const file of globSync('packages/*/{src,bin}/**/*.{ts,tsx,js}', { cwd: root }).sort()) {
    const home = file.split('/')[1]!;
    const allowed = MAY_IMPORT[home];
    if (allowed === undefined) {
      problems.push(`${file}: package "${home}" has no place in the house; give it one in scripts/layers.ts`);
      continue;
    }
    const manifest = JSON.parse(readFileSync(new URL(`packages/${home}/package.json`, root), 'utf8'));
    const declared = {
      ...manifest.dependencies,
      ...manifest.optionalDependencies,
      ...manifest.peerDependencies,
    };
    const isTest = file.endsWith('.test.ts') || file.includes('/testing/');
    for (const [, , specifier] of readFileSync(new URL(file, root), 'utf8').matchAll(IMPORT)) {
      if (specifier!.startsWith('.')) {
        const to = normalize(join(dirname(file), specifier!));
        if (!to.startsWith(`packages/${home}/`)) {
          if (!isTest)
            problems.push(`${file}: "${specifier}" leaves its package; import the package by name instead`);
        } else if (!isTest && /\.(ts|js|mjs)$/.test(to)) arrows.push({ from: file, to });
        continue;
      }
      if (specifier!.startsWith('node:') || builtinModules.includes(specifier!)) continue;
      const name = /^(@[^/]+\/[^/]+|[^/]+)/.exec(specifier!)![1]!;
      if (name.startsWith('@gradus/')) {
        const other = name.slice('@gradus/'.length);
        const may = [...allowed, ...(isTest ? (TESTS_MAY_IMPORT[home] ?? []) : [])];
        if (other !== home && !may.includes(other)) problems.push(`${file}: ${home} may not import ${other}`);
      }
      if (name !== manifest.name && !(name in declared) && !isTest && /^[@a-z]/.test(name)) {
        problems.push(`${file}: "${name}" is not among the dependencies in packages/${home}/package.json`);
      }
    }
  }
  const circle = circleOf(arrows);
  if (circle) problems.push(`files import each other in a circle: ${circle.join(' -> ')}`);
  for (const [folder, beside] of arrowsByFolder(arrows)) {
    const round = circleOf(beside);
    if (!round) continue;
    const examples = round.slice(1).map((to, i) => {
      const found = arrows.find((arrow) => isIn(arrow.from, round[i]!) && isIn(arrow.to, to))!;
      return `  ${found.from} -> ${found.to}`;
    });
    problems.push(
      [
        `${folder}: an arrow goes up: ${round.map((node) => node.slice(folder.length + 1)).join(' -> ')}`,
        ...examples,
      ].join('\n'),
    );
  }
  return problems;
}

const isIn = (file: string, node: string): boolean => file === node || file.startsWith(`${node}/`);

if (import.meta.main) {
  const problems = problemsOf(new URL('..', import.meta.url));
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
  else console.log('layers: every import goes down');
}
