/** Functions that a model may call, and forms that its answers keep to, as OpenAI's API has them. */
import { randomUUID } from 'node:crypto';
import { InvalidInput } from '@gradus/lifecycle';
import { TOOL, type Tool, type ToolCall, ToolCallReader } from '@gradus/lm';
import { z } from 'zod';
import type { RequiredCalls } from '../../../language/protocol.ts';
import { optional } from './drawing.ts';

const MOST_TOOLS = 128;
const Schema = z.record(z.string(), z.unknown());

export const toolFields = {
  tools: optional(z.array(TOOL).max(MOST_TOOLS)),
  tool_choice: optional(
    z.union([
      z.enum(['none', 'auto', 'required']),
      z.object({ type: z.literal('function'), function: TOOL.shape.function.pick({ name: true }) }),
    ]),
  ),
  parallel_tool_calls: optional(z.boolean()),
  response_format: optional(
    z.discriminatedUnion('type', [
      z.object({ type: z.literal('text') }),
      z.object({ type: z.literal('json_object') }),
      z.object({
        type: z.literal('json_schema'),
        json_schema: z.object({ name: z.string().max(64), schema: optional(Schema) }),
      }),
    ]),
  ),
};
type Fields = { readonly [K in keyof typeof toolFields]: z.output<(typeof toolFields)[K]> };

/** What a request asks of an answer's form. */
export interface ToolUse {
  /** As the model's template takes them. */
  readonly tools: readonly Tool[] | undefined;
  /** The answer is calls, and nothing else. */
  readonly calls: RequiredCalls | undefined;
  /** The answer is JSON that is valid by it. */
  readonly schema: object | undefined;
  /** Reads calls in the answer; undefined where there can be none. */
  reader(): Pick<ToolCallReader, 'push' | 'end'> | undefined;
}

/** @throws InvalidInput where a function is chosen that there is none of */
export function toolUseOf({
  tools = [],
  tool_choice,
  parallel_tool_calls: parallel = true,
  response_format: format,
}: Fields): ToolUse {
  const choice = tool_choice ?? 'auto';
  const names = tools.map((tool) => tool.function.name);
  const chosen = typeof choice === 'object' ? choice.function.name : undefined;
  if ((chosen !== undefined && !names.includes(chosen)) || (choice === 'required' && tools.length === 0)) {
    throw InvalidInput.ofField(['tool_choice'], {
      en: `"tools" has no function${chosen === undefined ? '' : ` "${chosen}"`} to call`,
      zh: `“tools”中没有可调用的函数${chosen === undefined ? '' : `“${chosen}”`}`,
    });
  }
  if (tools.length === 0 || choice === 'none')
    return { tools: undefined, calls: undefined, schema: schemaOf(format), reader: () => undefined };
  const reader = () => new ToolCallReader(names);
  if (choice === 'auto') return { tools, calls: undefined, schema: schemaOf(format), reader };
  const calls = {
    tools,
    choice: { parallel: parallel && chosen === undefined, ...(chosen !== undefined && { name: chosen }) },
  };
  return { tools, calls, schema: undefined, reader };
}

function schemaOf(format: Fields['response_format']): object | undefined {
  if (format === undefined || format.type === 'text') return undefined;
  if (format.type === 'json_object') return { type: 'object', additionalProperties: true };
  return format.json_schema.schema ?? { type: 'object', additionalProperties: true };
}

/** Calls as the answer has them. */
export const callsOf = (calls: readonly ToolCall[]): object[] =>
  calls.map((call) => ({
    id: `call_${randomUUID().replaceAll('-', '').slice(0, 24)}`,
    type: 'function',
    function: { name: call.name, arguments: call.arguments },
  }));
