/** Items and characters that a language model drafts: objects with the fields of the originals, and values that these have. */
import type { Localized } from '@gradus/base';
import type { Sheet, SheetField, SheetValue } from '@gradus/tasks';
import type { Drafting } from './kind.ts';

const MOST_TOKENS = 4_000;
/** Elements of a list that a prompt names. */
const NAMED = 40;

export function sheetDrafting(fields: readonly SheetField[]): Drafting {
  // What another field decides is looked up and not asked for.
  const drawn = fields.filter(({ kind }) => kind !== 'derived');
  return {
    task: `Items or characters as objects with these fields:\n${drawn.map(described).join('\n')}`,
    quoted: (item) => {
      const sheet = JSON.parse(item) as Sheet;
      return JSON.stringify(Object.fromEntries(drawn.map(({ name }) => [name, sheet[name]])));
    },
    atOnce: 5,
    maxTokens: MOST_TOKENS,
    itemOf: (draft) => {
      if (typeof draft !== 'object' || draft === null || Array.isArray(draft)) return NO_OBJECT;
      const sheet: Record<string, SheetValue> = {};
      for (const field of drawn) {
        const value = cellOf(field, (draft as Record<string, unknown>)[field.name]);
        if (value === undefined) return wrongField(field.name);
        sheet[field.name] = value;
      }
      for (const field of fields)
        if (field.kind === 'derived') sheet[field.name] = field.table[String(sheet[field.from])] ?? null;
      return JSON.stringify(Object.fromEntries(fields.map(({ name }) => [name, sheet[name]!])));
    },
  };
}

function described(field: SheetField): string {
  switch (field.kind) {
    case 'number':
      return `- ${field.name}: a number from ${field.values[0]} to ${field.values.at(-1)}${field.mayLack ? ', or null' : ''}`;
    case 'choice':
      return `- ${field.name}: one of ${JSON.stringify(field.values)}${field.mayLack ? ', or null' : ''}`;
    case 'list':
      return `- ${field.name}: a list of at most ${field.most} of ${JSON.stringify(field.values.slice(0, NAMED))}`;
    default:
      return `- ${field.name}: its name, which none of the originals has`;
  }
}

/** @returns undefined where no original could have it */
function cellOf(field: SheetField, value: unknown): SheetValue | undefined {
  switch (field.kind) {
    case 'number': {
      if (value === null || value === undefined) return field.mayLack ? null : undefined;
      const number = Number(value);
      return number >= field.values[0]! && number <= field.values.at(-1)! ? number : undefined;
    }
    case 'choice':
      if (value === null || value === undefined) return field.mayLack ? null : undefined;
      return field.values.includes(String(value)) ? String(value) : undefined;
    case 'list': {
      const list = Array.isArray(value) ? [...new Set(value.map(String))].sort() : [];
      return list.length <= field.most && list.every((each) => field.values.includes(each))
        ? list
        : undefined;
    }
    default: {
      const text = typeof value === 'string' ? value.trim().normalize('NFC') : '';
      return text !== '' && [...text].length <= 2 * (field as { longest: number }).longest ? text : undefined;
    }
  }
}

const NO_OBJECT: Localized = { en: 'a draft that is no object', zh: '草稿不是对象' };
const wrongField = (name: string): Localized => ({
  en: `a draft whose ${name} is missing, or none that originals could have`,
  zh: `草稿的 ${name} 缺失，或不是原有条目可能的取值`,
});
