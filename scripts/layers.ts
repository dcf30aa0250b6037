/**
 * Checks the house's one law: a package imports only from packages on lower floors, and only what it declares.
 *
 * The floors are listed here and nowhere else. Imports are read from the source text: static, re-exported and
 * dynamic ones alike.
 */
import { globSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';

const FLOOR: Record<string, number> = {
  engine: 1,
  nn: 2,
  data: 2,
  trust: 3,
  fleet: 3,
  loop: 4,
  recipes: 5,
  server: 6,
  studio: 7,
  cli: 7,
};

const IMPORT = /(?:\bfrom\s+|\bimport\s*\(\s*|\bimport\s+)(['"])([^'"\n]+)\1/g;
const root = new URL('..', import.meta.url);

const problems: string[] = [];
for (const file of globSync('packages/*/{src,bin}/**/*.{ts,tsx,js}', { cwd: root }).sort()) {
  const home = file.split('/')[1]!;
  const floor = FLOOR[home];
  if (floor === undefined) {
    problems.push(`${file}: package "${home}" has no floor; give it one in scripts/layers.ts`);
    continue;
  }
  const manifest = JSON.parse(readFileSync(new URL(`packages/${home}/package.json`, root), 'utf8'));
  const declared = { ...manifest.dependencies, ...manifest.optionalDependencies };
  const isTest = file.endsWith('.test.ts') || file.includes('/testing/');
  for (const [, , specifier] of readFileSync(new URL(file, root), 'utf8').matchAll(IMPORT)) {
    if (specifier!.startsWith('.')) {
      const path = new URL(specifier!, new URL(file, root)).pathname;
      if (!path.startsWith(new URL(`packages/${home}/`, root).pathname)) {
        problems.push(`${file}: "${specifier}" leaves its package; import the package by name instead`);
      }
      continue;
    }
    if (specifier!.startsWith('node:') || builtinModules.includes(specifier!)) continue;
    const name = specifier!.startsWith('@')
      ? specifier!.split('/').slice(0, 2).join('/')
      : specifier!.split('/')[0]!;
    if (name.startsWith('@gradus/')) {
      const other = name.slice('@gradus/'.length);
      if (other !== home && !(FLOOR[other]! < floor)) {
        problems.push(
          `${file}: floor ${floor} (${home}) imports from floor ${FLOOR[other] ?? '?'} (${other})`,
        );
      }
    }
    if (name !== `@gradus/${home}` && !(name in declared) && !isTest) {
      problems.push(`${file}: "${name}" is not among the dependencies in packages/${home}/package.json`);
    }
  }
}

for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
console.log('layers: every import goes down');
