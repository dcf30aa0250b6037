/** Answers that are calls of functions: in the way that a model's chat template writes them, with arguments valid by their schemas. */
import { UserError } from '@gradus/base';
import { checkedFields } from '../json.ts';
import type { LanguageModel } from '../model/language-model.ts';
import { behindToken } from './behind-token.ts';
import type { Constraint } from './constraint.ts';
import { choice, type Expression, repeat, sequence, text } from './expression.ts';
import { type ConstrainedModel, constrained } from './json-schema.ts';
import { TOOL, type Tool } from './parsed-calls.ts';
import { compileSchema, requireDepth } from './schema/compile.ts';

export interface ToolChoice {
  /** The function to call; default any that is offered. */
  readonly name?: string;
  /** Whether there may be several calls. Default true. */
  readonly parallel?: boolean;
}

/** How calls are written. */
interface Form {
  readonly before: string;
  readonly between: string;
  readonly after: string;
  readonly arguments: 'arguments' | 'parameters';
  /** Stands before all, where the model has it as a token that is not spelt. */
  readonly token?: string;
}

/** By what stands in the template; the first that is found. */
const FORMS: readonly (readonly [RegExp, Form])[] = [
  [
    /<tool_call>/,
    {
      before: '<tool_call>\n',
      between: '\n</tool_call>\n<tool_call>\n',
      after: '\n</tool_call>',
      arguments: 'arguments',
    },
  ],
  [
    /\[TOOL_CALLS\]/,
    { before: '[', between: ', ', after: ']', arguments: 'arguments', token: '[TOOL_CALLS]' },
  ],
  [/"parameters":|python_tag/, { before: '', between: '; ', after: '', arguments: 'parameters' }],
];
const PLAIN: Form = { before: '', between: '\n', after: '', arguments: 'arguments' };

const MOST_CALLS = 16;
const NO_PARAMETERS = { type: 'object', properties: {} };

/**
 * @throws UserError where the function that is asked for is not offered, or naming the function and the place in its schema that is wrong
 */
export function toolCallConstraint(
  tools: readonly Tool[],
  model: ConstrainedModel & Pick<LanguageModel, 'template'>,
  { name, parallel = true }: ToolChoice = {},
): Constraint {
  const offered = tools.map((tool, i) => checkedFields(`tools.${i}`, tool, TOOL).function);
  const chosen = name === undefined ? offered : offered.filter((tool) => tool.name === name);
  if (chosen.length === 0) {
    throw new UserError(
      name === undefined
        ? { en: 'no functions are offered that could be called', zh: '没有提供可调用的函数' }
        : {
            en: `"${name}" is none of the functions that are offered: ${offered.map((tool) => tool.name).join(', ')}`,
            zh: `“${name}”不在提供的函数之中：${offered.map((tool) => tool.name).join('、')}`,
          },
    );
  }
  const form = FORMS.find(([mark]) => mark.test(model.template ?? ''))?.[1] ?? PLAIN;
  const call = choice(
    ...chosen.map((tool) =>
      sequence(
        text(`{"name": ${JSON.stringify(tool.name)}, "${form.arguments}": `),
        parametersOf(tool.name, tool.parameters),
        text('}'),
      ),
    ),
  );
  const others = repeat(sequence(text(form.between), call), 0, parallel ? MOST_CALLS - 1 : 0);
  const calls = constrained(sequence(text(form.before), call, others, text(form.after)), model, (place) => ({
    en: `the arguments of ${chosen.map((tool) => tool.name).join(', ')}: ${place} allows nothing that has an end and that the tokens of the model can write`,
    zh: `${chosen.map((tool) => tool.name).join('、')} 的参数：${place} 不允许任何有限且模型词元可写出的值`,
  }));
  const token = form.token === undefined ? undefined : model.tokenizer.idOf(form.token);
  return token === undefined ? calls : behindToken(token, calls);
}

function parametersOf(name: string, given: Readonly<Record<string, unknown>> | null | undefined): Expression {
  const parameters = given ?? NO_PARAMETERS;
  try {
    requireDepth(parameters);
    // Arguments are an object, whatever the schema leaves open.
    return compileSchema(parameters.type === undefined ? { ...parameters, type: 'object' } : parameters);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { en, zh } = error.localized;
    throw new UserError({ en: `function ${name}: ${en}`, zh: `函数 ${name}：${zh}` }, { cause: error });
  }
}
