/** Calls are read from what the families write, what they are asked for can be enforced, and nothing that a model says throws. */
import { Random } from '@gradus/base';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byteLevelModel } from '../testing/byte-model.ts';
import { parseToolCalls, type Tool } from './parsed-calls.ts';
import { toolCallConstraint } from './tool-call-constraint.ts';

const tool = (name: string, parameters?: Record<string, unknown>): Tool => ({
  type: 'function',
  function: { name, ...(parameters && { parameters }) },
});
const TOOLS = [
  tool('get_weather', {
    type: 'object',
    properties: { city: { type: 'string', maxLength: 8 }, days: { $ref: '#/$defs/days' } },
    required: ['city', 'days'],
    $defs: { days: { type: 'integer', minimum: 1, maximum: 14 } },
  }),
  tool('now'),
];
const NAMES = new Set(TOOLS.map((tool) => tool.function.name));
const CALL = { name: 'get_weather', arguments: { city: '上海', days: 3 } };
const JSON_CALL = JSON.stringify(CALL);

describe('calls are read', () => {
  it.each<[string, string, string, number]>([
    ['Hermes and Qwen', `Let me look.\n<tool_call>\n${JSON_CALL}\n</tool_call>`, 'Let me look.', 1],
    ['several', `<tool_call>${JSON_CALL}</tool_call>\n<tool_call>\n${JSON_CALL}\n</tool_call>`, '', 2],
    ['a missing end', `<tool_call>\n${JSON_CALL}`, '', 1],
    ['Phi', `<|tool_call|>[${JSON_CALL}]<|/tool_call|>`, '', 1],
    [
      'Qwen Coder',
      '<tool_call>\n<function=get_weather>\n<parameter=city>\n上海\n</parameter>\n<parameter=days>\n3\n</parameter>\n</function>\n</tool_call>',
      '',
      1,
    ],
    ['Llama 3, JSON', JSON_CALL.replace('"arguments"', '"parameters"'), '', 1],
    ['Llama 3, several', `<|python_tag|>${JSON_CALL}; ${JSON_CALL}`, '', 2],
    ['Llama 3, tags', '<function=get_weather>{"city":"上海","days":3}</function>', '', 1],
    ['Mistral', `[TOOL_CALLS] [${JSON_CALL}, ${JSON_CALL}]`, '', 2],
    ['Mistral, newer', '[TOOL_CALLS]get_weather[ARGS]{"city":"上海","days":3}', '', 1],
    ['Llama 3.2', "[get_weather(city='上海', days=3)]", '', 1],
    ['Llama 4, several', 'get_weather(city="上海", days=3,), get_weather(days=+3, city="\\u4e0a海")', '', 2],
    ['Gemma 3', 'I look.\n```tool_code\nprint(get_weather(city="上海", days=3))\n```', 'I look.', 1],
    [
      'FunctionGemma',
      '<start_function_call>call:get_weather{city:<escape>上海<escape>,days:3}<end_function_call>',
      '',
      1,
    ],
    ['FunctionGemma without its marks', 'call:get_weather{city:上海,days:3}', '', 1],
    ['fenced', `Here:\n\`\`\`json\n${JSON_CALL}\n\`\`\``, 'Here:', 1],
    [
      'OpenAI',
      JSON.stringify({
        tool_calls: [{ type: 'function', function: { ...CALL, arguments: JSON.stringify(CALL.arguments) } }],
      }),
      '',
      1,
    ],
  ])('%s', (_, answer, text, count) => {
    expect(parseToolCalls(answer, NAMES)).toEqual({ text, calls: Array(count).fill(CALL) });
  });

  it('only of functions that were offered', () => {
    for (const answer of [
      '<tool_call>{"name":"rm","arguments":{}}</tool_call>',
      '{"name":"constructor","arguments":{}}',
      'The answer is {"a": [1, 2]}.',
      '[now(open("x"))]',
      'now(a=now())',
      '[rm(path="/")]',
      "now(a='x'",
      'call:rm{a:1}',
      '{"name":"now","arguments":[1]}',
      '',
    ])
      expect(parseToolCalls(answer, NAMES)).toEqual({ text: answer, calls: [] });
  });

  it('and whatever is said, nothing throws', () => {
    const piece = fc.constantFrom(
      '<tool_call>',
      '</tool_call>',
      '[TOOL_CALLS]',
      '[ARGS]',
      '<function=',
      '(',
      ')',
      '=',
      'call:',
      "'",
      'now',
      '>',
      '</function>',
      '<parameter=',
      '{"name":"now"',
      ',"arguments":',
      '{}',
      '}',
      '[',
      ']',
      '"',
      '\\',
      ';',
      '```',
      '\u0000',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string())), (pieces) => {
        const { calls } = parseToolCalls(pieces.join(''), NAMES);
        for (const { name } of calls) expect(name).toBe('now');
      }),
    );
    expect(parseToolCalls('['.repeat(200_000), NAMES).calls).toEqual([]);
    expect(parseToolCalls('<tool_call>'.repeat(20_000), NAMES).calls).toEqual([]);
    expect(parseToolCalls(`now(a=${'['.repeat(100_000)}`, NAMES).calls).toEqual([]);
    expect(parseToolCalls('call:now{'.repeat(20_000), NAMES).calls.length).toBeLessThan(2);
  });
});

describe('calls that are asked for', () => {
  const model = byteLevelModel();
  const TEMPLATES = {
    Hermes: '{{ "<tool_call>" }}',
    'Llama 3': '{{ \'{"name": function name, "parameters": dictionary}\' }}',
    Mistral: '{{ "[TOOL_CALLS]" }}',
    'any other': undefined,
  };
  it.each(Object.entries(TEMPLATES))('are made by random logits in the form of %s', (_, template) => {
    for (let seed = 0; seed < 10; seed++) {
      const named = seed % 2 === 0 ? { name: 'get_weather' } : {};
      const constraint = toolCallConstraint(
        TOOLS,
        { ...model, ...(template !== undefined && { template }) },
        named,
      );
      const random = new Random(seed);
      const state = constraint.start();
      const ids: number[] = [];
      for (let left = constraint.shortest + 40; left > 0 && !state.finished; left--) {
        const logits = Float32Array.from({ length: model.tokenizer.size }, () => random.uniform());
        state.mask(logits, left);
        const id = logits.indexOf(Math.max(...logits));
        state.accept(id);
        if (id === 0) break;
        ids.push(id);
      }
      const { text, calls } = parseToolCalls(model.tokenizer.decode(ids), NAMES);
      expect(text).toBe('');
      expect(calls.length).toBeGreaterThan(0);
      for (const call of calls) {
        if ('name' in named) expect(call.name).toBe('get_weather');
        if (call.name !== 'get_weather') continue;
        const { city, days } = call.arguments as { city: string; days: number };
        expect([...city].length).toBeLessThanOrEqual(8);
        expect(days >= 1 && days <= 14).toBe(true);
      }
    }
  });

  it('begin with the token of Mistral, where the model has it', () => {
    const marked = { ...byteLevelModel(['[TOOL_CALLS]']), template: TEMPLATES.Mistral };
    const mark = marked.tokenizer.idOf('[TOOL_CALLS]')!;
    const constraint = toolCallConstraint(TOOLS, marked, { name: 'now', parallel: false });
    const state = constraint.start();
    const ids: number[] = [];
    for (let left = constraint.shortest; left > 0 && !state.finished; left--) {
      const logits = new Float32Array(marked.tokenizer.size).fill(1);
      state.mask(logits, left);
      ids.push(logits.indexOf(1));
      state.accept(ids.at(-1)!);
    }
    expect(ids[0]).toBe(mark);
    expect(ids.indexOf(mark, 1)).toBe(-1);
    expect(parseToolCalls(marked.tokenizer.decode(ids), NAMES).calls).toEqual([
      { name: 'now', arguments: {} },
    ]);
    expect(() => constraint.start().accept(5)).toThrow(`begins with token ${mark}`);
  });

  it('of a function that is not offered, or whose schema is wrong, are refused by name', () => {
    expect(() => toolCallConstraint(TOOLS, model, { name: 'rm' })).toThrow('"rm" is none of the functions');
    const wrong = tool('wrong', { type: 'object', properties: { a: { type: 'strnig' } } });
    expect(() => toolCallConstraint([wrong], model)).toThrow('function wrong: schema #/properties/a: type');
    expect(() => toolCallConstraint([], model)).toThrow('no functions');
  });
});
