/** Answers that follow a JSON schema, or a regular expression, whatever the weights say. */
import { UserError } from '@gradus/base';
import type { LanguageModel } from '../model/language-model.ts';
import { utf8 } from './code-points.ts';
import type { Constraint } from './constraint.ts';
import { directParts, type Expression } from './expression.ts';
import { Language, whole } from './language.ts';
import { readRegularExpression } from './regular-expression.ts';
import { compileSchema, requireDepth } from './schema/compile.ts';
import { TokenConstraint } from './token-constraint.ts';
import { Vocabulary } from './vocabulary.ts';

export type ConstrainedModel = Pick<LanguageModel, 'tokenizer' | 'end'>;

const MOST_SCHEMA = 4 * 1024 * 1024;

/**
 * Keeps answers to a JSON schema (draft 2020-12): what is generated is JSON that is valid by it. Properties come in the order they are
 * listed; those that are not listed only where `additionalProperties` asks for them.
 *
 * @param schema as a value, such as what JSON.parse gives
 * @throws UserError naming the place in the schema of what is wrong, is not known or cannot be kept to, and of what allows nothing
 */
export function jsonSchemaConstraint(schema: unknown, model: ConstrainedModel): Constraint {
  requireDepth(schema);
  const text = JSON.stringify(schema);
  if (text === undefined || text.length > MOST_SCHEMA) {
    throw new UserError({
      en: `a schema has at most ${MOST_SCHEMA} characters of JSON`,
      zh: `schema 最多 ${MOST_SCHEMA} 个 JSON 字符`,
    });
  }
  const root = compileSchema(JSON.parse(text));
  return constrained(root, model, (place) => ({
    en: `${place} allows nothing that has an end and that the tokens of the model can write`,
    zh: `${place} 不允许任何有限且模型词元可写出的值`,
  }));
}

/**
 * Keeps answers to a regular expression (as JavaScript has it, flag u), from end to end.
 *
 * @throws UserError where it is wrong, or more than an automaton can do
 */
export function patternConstraint(pattern: string, model: ConstrainedModel): Constraint {
  const place = 'the pattern';
  const language = new Language([whole(readRegularExpression(pattern, place))], place);
  return constrained(language.expression(utf8), model, () => ({
    en: `the pattern ${JSON.stringify(pattern)} allows no text`,
    zh: `模式 ${JSON.stringify(pattern)} 不允许任何文本`,
  }));
}

/** @param nothing says that a place allows nothing */
export function constrained(
  root: Expression,
  { tokenizer, end }: ConstrainedModel,
  nothing: (place: string) => { en: string; zh: string },
): Constraint {
  const vocabulary = Vocabulary.of(tokenizer);
  const costs = vocabulary.price(root);
  const never = (part: Expression) => costs.get(part.id) === Number.POSITIVE_INFINITY;
  if (never(root)) throw new UserError(nothing(emptyPlace(root, never)));
  return new TokenConstraint(root, vocabulary, costs, end);
}

/** The innermost rule that has no text because of itself, not because of another inside. */
function emptyPlace(root: Expression, never: (part: Expression) => boolean): string {
  let place = 'schema #';
  const seen = new Set<Expression>();
  for (let at: Expression | undefined = root; at && !seen.has(at); ) {
    seen.add(at);
    if (at.kind === 'rule') place = at.place;
    at = directParts(at).find(never);
  }
  return place;
}
