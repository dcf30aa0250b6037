/** Calls of functions are read however they come in pieces, and what is no call stays text. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ToolCallReader } from './tool-calls.ts';

function read(pieces: readonly string[], names = ['weather', 'time']) {
  const reader = new ToolCallReader(names);
  const text = pieces.map((piece) => reader.push(piece)).join('');
  const rest = reader.end();
  return { text: text + rest.text, calls: rest.calls };
}

const call = { name: 'weather', arguments: '{"city":"Paris"}' };
const written = '{"name": "weather", "arguments": {"city": "Paris"}}';
const cases = [
  ['Hermes and Qwen', `<tool_call>\n${written}\n</tool_call>`, '', [call]],
  ['several', `<tool_call>${written}</tool_call>\n<tool_call>${written}</tool_call>`, '', [call, call]],
  ['behind a text', `I look. <tool_call>${written}</tool_call>`, 'I look. ', [call]],
  ['Mistral', `[TOOL_CALLS] [${written}]`, '', [call]],
  ['Llama 3', '{"name": "weather", "parameters": {"city": "Paris"}}', '', [call]],
  ['a list by itself', `[${written}]`, '', [call]],
  ['newer Mistral', '[TOOL_CALLS]weather[ARGS]{"city": "Paris"}', '', [call]],
  ['Phi', `<|tool_call|>[${written}]<|/tool_call|>`, '', [call]],
  [
    'Llama 3, in tags behind a text',
    'Well. <function=weather>{"city": "Paris"}</function>',
    'Well. ',
    [call],
  ],
  ['many, fenced', `\`\`\`json\n${written}\n\`\`\``, '', [call]],
] as const;

describe('calls', () => {
  it.each(cases)('as %s writes them', (_, text, prose, calls) => {
    expect(read([text])).toEqual({ text: prose, calls });
  });

  it('are the same however the text is cut', () => {
    fc.assert(
      fc.property(fc.constantFrom(...cases), fc.array(fc.nat(12)), ([, text, prose, calls], sizes) => {
        const pieces: string[] = [];
        let at = 0;
        for (const size of sizes) {
          pieces.push(text.slice(at, at + size));
          at += size;
        }
        pieces.push(text.slice(at));
        expect(read(pieces)).toEqual({ text: prose, calls });
      }),
    );
  });
});

describe('what is no call stays text, to the letter', () => {
  it.each([
    'plain words < and { braces }',
    '{"name": "unknown", "arguments": {}}',
    '{"name": "weather"',
    '[1, 2]',
    '<tool_call>not JSON</tool_call> and more',
    '<tool_call>',
    '  ',
    'null',
  ])('%j', (text) => {
    expect(read([text])).toEqual({ text, calls: [] });
  });

  it('and comes at once where it cannot be a call', () => {
    const reader = new ToolCallReader(['weather']);
    expect(reader.push('Hello')).toBe('Hello');
    expect(reader.push(' there <tool')).toBe(' there ');
    expect(reader.push('box>')).toBe('<toolbox>');
  });
});
