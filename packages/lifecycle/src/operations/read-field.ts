/** From the texts of a command, a query or a path to the value of a field. The schema judges the value; this judges the writing. */
import { type Localized, UserError } from '@gradus/base';
import type { Field, JsonSchema } from './field.ts';

/** The texts are no value of the field's kind; `message` does not name the field, which is called differently everywhere. */
export class WrongValue extends UserError {}

/** @param texts One, or of a list or a record one for each element. @throws WrongValue where they say nothing of this kind */
export function readField(
  { kind, isInteger, isSource, schema, choices }: Field,
  texts: readonly string[],
): unknown {
  const text = texts.at(-1) ?? '';
  switch (kind) {
    case 'number':
      return numberOf(text, isInteger, schema);
    case 'boolean':
      if (text === 'true' || text === 'false') return text === 'true';
      throw wrong(text, { en: 'Expected true or false.', zh: '应为 true 或 false。' });
    case 'choice':
      if (choices.includes(text)) return text;
      throw wrong(text, { en: `There are: ${choices.join(', ')}.`, zh: `可选：${choices.join('、')}。` });
    case 'list': {
      // Names of files may have commas.
      const items = isSource
        ? [...texts]
        : texts.flatMap((list) => list.split(',')).map((item) => item.trim());
      const unknown = choices.length > 0 ? items.find((item) => !choices.includes(item)) : undefined;
      if (unknown === undefined) return items;
      throw wrong(unknown, { en: `There are: ${choices.join(', ')}.`, zh: `可选：${choices.join('、')}。` });
    }
    case 'record':
      return Object.fromEntries(texts.map((pair) => entryOf(pair, schema)));
    case 'json':
      return jsonOf(text);
    case 'text':
      return text;
  }
}

const wrong = (text: string, expected: Localized): WrongValue => {
  const shown = JSON.stringify(text.slice(0, 200));
  return new WrongValue({ en: `${shown} is wrong. ${expected.en}`, zh: `${shown} 有误。${expected.zh}` });
};

/** A plain decimal: no Infinity, no hexadecimal, nothing empty. */
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

function numberOf(text: string, isInteger: boolean, { minimum, maximum }: JsonSchema): number {
  const value = NUMBER.test(text.trim()) ? Number(text) : Number.NaN;
  const [least, most] = [minimum ?? -Infinity, maximum ?? Infinity];
  if (
    Number.isFinite(value) &&
    (!isInteger || Number.isSafeInteger(value)) &&
    value >= least &&
    value <= most
  )
    return value;
  const shown = (limit: number) => Number.isFinite(limit) && Math.abs(limit) < Number.MAX_SAFE_INTEGER;
  const range = {
    en: `${shown(least) ? ` from ${least}` : ''}${shown(most) ? ` to ${most}` : shown(least) ? ' on' : ''}`,
    zh: `${shown(least) ? `，不小于 ${least}` : ''}${shown(most) ? `，不大于 ${most}` : ''}`,
  };
  throw wrong(text, {
    en: `Expected a ${isInteger ? 'whole ' : ''}number${range.en}.`,
    zh: `应为${isInteger ? '整数' : '数字'}${range.zh}。`,
  });
}

/** NAME=VALUE. */
function entryOf(pair: string, { properties, additionalProperties }: JsonSchema): [string, unknown] {
  const at = pair.indexOf('=');
  if (at < 1) throw wrong(pair, { en: 'Expected NAME=VALUE.', zh: '应为 NAME=VALUE。' });
  const [name, text] = [pair.slice(0, at), pair.slice(at + 1)];
  const schema = properties && Object.hasOwn(properties, name) ? properties[name]! : additionalProperties;
  if (typeof schema !== 'object') {
    const names = Object.keys(properties ?? {}).join(', ');
    throw wrong(name, { en: `There are: ${names}.`, zh: `可选：${names}。` });
  }
  return [name, scalarOf(text, schema)];
}

function scalarOf(text: string, schema: JsonSchema): unknown {
  const types = (schema.anyOf ?? [schema]).map(({ type }) => type);
  if (types.includes('null') && text === 'off') return null;
  const numeric = types.includes('number') || types.includes('integer');
  if (!numeric) return text;
  const percent = /^(.*?)%?$/.exec(text)![1]!;
  return numberOf(percent, types.includes('integer'), schema);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw wrong(text, {
      en: `Expected JSON: ${(error as Error).message}.`,
      zh: `应为 JSON：${(error as Error).message}。`,
    });
  }
}
