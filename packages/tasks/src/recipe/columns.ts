/**
 * Which column of a table has which role: the one that an option names, else one that is called like the role, else the one
 * that its profile shows to hold such values.
 */
import { type Localized, UserError } from '@gradus/base';
import { noSuchColumn, type Profile } from '@gradus/data';
import type { Fit, RoleKind, Roles } from '@gradus/loop';

/** The columns by role; roles that no column has are absent. */
export type ColumnsByRole = Readonly<Record<string, string>>;

/** What people type for a role that no column shall have. */
const NONE = 'none';

type ColumnProfile = Profile['columns'][number];

/** Values of a rating, and of a label or category for each row, at most. */
const MOST_RATINGS = 11;
const MOST_VALUES_A_ROW = 0.2;
const FEW_VALUES = 20;

const isGroup = ({ type, distinct, rows }: ColumnProfile): boolean =>
  (type === 'category' || type === 'boolean') &&
  distinct.count >= 2 &&
  distinct.count <= Math.max(FEW_VALUES, MOST_VALUES_A_ROW * rows);

/** Whether a column holds values of a kind. */
const HOLDS: Readonly<Record<RoleKind, (column: ColumnProfile) => boolean>> = {
  text: ({ type }) => type === 'text',
  number: ({ type }) => type === 'number',
  category: isGroup,
  label: isGroup,
  time: ({ type }) => type === 'date',
  key: ({ type }) => type === 'identifier' || type === 'category',
  rating: ({ type, numbers, distinct }) =>
    type === 'number' && numbers?.integers === true && distinct.count <= MOST_RATINGS,
  image: ({ lengths, values = [] }) =>
    lengths !== undefined && values.some(({ value }) => /\.(jpe?g|png|webp|gif)$/i.test(value)),
};

/** Columns for the roles, as far as a profile shows them; a column has one role. */
export function columnsIn({ columns }: Pick<Profile, 'columns'>, roles: Roles): ColumnsByRole {
  const taken = new Set<string>();
  const found: Record<string, string> = {};
  for (const [name, { kind }] of Object.entries(roles)) {
    const free = columns.filter((column) => !taken.has(column.name));
    const column =
      free.find((column) => isCalled(column.name, name)) ?? longest(free.filter(HOLDS[kind]), kind);
    if (!column) continue;
    taken.add(column.name);
    found[name] = column.name;
  }
  return found;
}

/** Of several columns of texts the one with the longest; else the first. */
const longest = (columns: readonly ColumnProfile[], kind: RoleKind): ColumnProfile | undefined =>
  kind === 'text'
    ? columns.toSorted((a, b) => (b.lengths?.mean ?? 0) - (a.lengths?.mean ?? 0))[0]
    : columns[0];

const isCalled = (column: string, name: string): boolean =>
  column.trim().toLowerCase() === name.toLowerCase();

/** How well a table fits the roles: the share of them that it has a column for; 0 where one is missing that is needed. */
export function fitsRoles(profile: Profile, roles: Roles): Fit {
  const columns = columnsIn(profile, roles);
  const missing = Object.entries(roles).filter(([name, { isOptional }]) => !isOptional && !columns[name]);
  const found = Object.entries(columns);
  return {
    score: missing.length > 0 ? 0 : found.length / Object.keys(roles).length,
    reasons:
      missing.length > 0
        ? missing.map(([, { title }]) => ({
            en: `No column was found for: ${title.en}.`,
            zh: `未找到对应的列：${title.zh}。`,
          }))
        : found.map(([name, column]) => ({
            en: `"${column}": ${roles[name]!.title.en}.`,
            zh: `“${column}”：${roles[name]!.title.zh}。`,
          })),
    columns,
  };
}

/**
 * @param named Options that name columns, by role
 * @param profile Made only where a role is neither named nor a column called like it
 * @throws UserError where a named column does not exist, or none is found for a role that is needed
 */
export async function chooseColumns(
  columns: readonly string[],
  roles: Roles,
  named: Readonly<Record<string, unknown>>,
  profile: () => Promise<Profile>,
): Promise<ColumnsByRole> {
  const chosen: Record<string, string> = {};
  const open: Record<string, Roles[string]> = {};
  for (const [name, role] of Object.entries(roles)) {
    const wish = named[name];
    const called = columns.find((column) => isCalled(column, name));
    if (wish === NONE && role.isOptional) continue;
    if (typeof wish === 'string') chosen[name] = requireColumn(columns, name, wish);
    else if (called !== undefined) chosen[name] = called;
    else open[name] = role;
  }
  if (Object.keys(open).length > 0) {
    const taken = new Set(Object.values(chosen));
    const rest = (await profile()).columns.filter((column) => !taken.has(column.name));
    Object.assign(chosen, columnsIn({ columns: rest }, open));
  }
  for (const [name, { title, isOptional }] of Object.entries(roles)) {
    if (isOptional || chosen[name] !== undefined) continue;
    throw new UserError(missingColumn(name, title, columns));
  }
  return chosen;
}

function requireColumn(columns: readonly string[], role: string, wish: string): string {
  if (columns.includes(wish)) return wish;
  throw noSuchColumn(`--${role}`, wish, columns);
}

const missingColumn = (role: string, { en, zh }: Localized, columns: readonly string[]): Localized => ({
  en: `No column was found for: ${en}. Name it with --${role} COLUMN; the columns are ${quoted(columns)}.`,
  zh: `未找到对应的列：${zh}。请用 --${role} 列名 指定；现有的列：${columns.join('、')}。`,
});

const quoted = (columns: readonly string[]): string => columns.map((column) => `"${column}"`).join(', ');
