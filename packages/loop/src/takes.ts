/**
 * What a recipe takes: named sources, the first of them the one that a run is made from. A source of a table says which
 * columns it needs by their roles; a recipe finds them itself, and each role is also an option, so that people can name
 * the column.
 *
 *     takes: {
 *       data: table({ time: role.time(words), value: role.number(words), item: role.key(words).optional() }, words),
 *       plan: table({ … }, words).optional(),
 *     }
 */
import type { Localized } from '@gradus/base';
import { z } from 'zod';

export const SOURCE_KINDS = ['table', 'texts', 'images', 'sounds', 'series', 'folder', 'model'] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

export const ROLE_KINDS = ['text', 'number', 'category', 'time', 'key', 'rating', 'label', 'image'] as const;
export type RoleKind = (typeof ROLE_KINDS)[number];

export interface RoleDeclaration {
  readonly kind: RoleKind;
  /** What the column holds: "column of the review text". */
  readonly title: Localized;
  readonly isOptional: boolean;
  optional(): RoleDeclaration;
}

export type Roles = Readonly<Record<string, RoleDeclaration>>;

export interface SourceDeclaration<R extends Roles = Roles> {
  readonly kind: SourceKind;
  /** What the source is: "file of reviews". */
  readonly title: Localized;
  readonly isOptional: boolean;
  /** Empty for what is no table. */
  readonly roles: R;
  /** It may be several files or folders, which are named one after the other. */
  readonly isSeveral: boolean;
  /** Texts of files that the recipe brings, by the names that stand for them. */
  readonly presets: Readonly<Record<string, string>>;
  optional(): SourceDeclaration<R>;
  several(): SourceDeclaration<R>;
  orPreset(presets: Readonly<Record<string, string>>): SourceDeclaration<R>;
}

/** Sources by name; the first is the main one. */
export type Takes = Readonly<Record<string, SourceDeclaration>>;

const declareRole = (kind: RoleKind, title: Localized, isOptional = false): RoleDeclaration => ({
  kind,
  title,
  isOptional,
  optional: () => declareRole(kind, title, true),
});

/** Declares a column by what it holds. */
export const role = Object.fromEntries(
  ROLE_KINDS.map((kind) => [kind, (title: Localized) => declareRole(kind, title)]),
) as Readonly<Record<RoleKind, (title: Localized) => RoleDeclaration>>;

type SourceTraits = Pick<SourceDeclaration, 'isOptional' | 'isSeveral' | 'presets'>;

function declareSource<R extends Roles>(
  kind: SourceKind,
  title: Localized,
  roles: R,
  traits: SourceTraits = { isOptional: false, isSeveral: false, presets: {} },
): SourceDeclaration<R> {
  const but = (changed: Partial<SourceTraits>) =>
    declareSource(kind, title, roles, { ...traits, ...changed });
  return {
    kind,
    title,
    roles,
    ...traits,
    optional: () => but({ isOptional: true }),
    several: () => but({ isSeveral: true }),
    orPreset: (presets) => but({ presets }),
  };
}

/** A table: a file, a folder or glob of files, a database's table, an object of S3. */
export const table = <R extends Roles>(roles: R, title: Localized): SourceDeclaration<R> =>
  declareSource('table', title, roles);

const withoutRoles = (kind: SourceKind) => (title: Localized) => declareSource(kind, title, {});

/** One text a line, or a folder of text files. */
export const texts = withoutRoles('texts');
/** A folder of images, a folder a class where they are labelled. */
export const images = withoutRoles('images');
/** A folder of sounds. */
export const sounds = withoutRoles('sounds');
/** Series of numbers over time. */
export const series = withoutRoles('series');
/** A network that somebody brings: an ONNX file. */
export const model = withoutRoles('model');
/** A folder whose files the recipe reads itself. */
export const folder = withoutRoles('folder');

/** The option that names a role's column: the role itself for the main source, `planTime` for the role `time` of the source `plan`. */
export const roleOption = (source: string, name: string, isMain: boolean): string =>
  isMain ? name : `${source}${name[0]!.toUpperCase()}${name.slice(1)}`;

/** The most files or folders that one source may be. */
export const MOST_SEVERAL = 32;

/** The names under which a run has the files of a source that may be several: `evidence`, `evidence-2`, `evidence-3`. */
export const severalNames = (source: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => (i === 0 ? source : `${source}-${i + 1}`));

/** The source that a name of a run's sources belongs to; undefined where there is none. */
export function sourceOfName(takes: Takes, name: string): string | undefined {
  if (Object.hasOwn(takes, name)) return name;
  const [, source, number] = /^(.+)-(\d{1,2})$/.exec(name) ?? [];
  const isOne = source !== undefined && Object.hasOwn(takes, source) && takes[source]!.isSeveral;
  return isOne && Number(number) >= 2 && Number(number) <= MOST_SEVERAL ? source : undefined;
}

/** The name of the main source. */
export const mainSource = (takes: Takes): string => Object.keys(takes)[0]!;

/** A schema for each role's option. */
export function roleOptions(takes: Takes): Record<string, z.ZodType<string | undefined>> {
  const main = mainSource(takes);
  return Object.fromEntries(
    Object.entries(takes).flatMap(([source, { roles }]) =>
      Object.entries(roles).map(([name, { title, isOptional }]) => {
        const none = { en: '; "none": there is none', zh: '；"none"：没有这一列' };
        const words = isOptional ? { en: title.en + none.en, zh: title.zh + none.zh } : title;
        return [
          roleOption(source, name, source === main),
          z
            .string()
            .min(1)
            .max(500)
            .optional()
            .describe(words.en)
            .meta({ ...words }),
        ];
      }),
    ),
  );
}
