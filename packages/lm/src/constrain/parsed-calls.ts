/**
 * Calls of functions in what a model says. Families write them in their own ways; all that are known are looked for, and what is no call
 * of a function that was offered stays text. What a model says is anything: nothing here throws.
 */
import { z } from 'zod';
import { pythonCalls } from './python-calls.ts';

/** A function that a model may call, as OpenAI's API and chat templates have it. */
export const TOOL = z.looseObject({
  type: z.literal('function').default('function'),
  function: z.looseObject({
    name: z
      .string()
      .regex(/^[\w.-]{1,128}$/)
      .describe('letters, digits, _, - and . alone'),
    description: z.string().max(100_000).nullish(),
    /** A JSON schema of the arguments, an object. */
    parameters: z.record(z.string(), z.unknown()).nullish(),
  }),
});
export type Tool = z.input<typeof TOOL>;

export interface ParsedCall {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

export interface ToolAnswer {
  /** What is said beside the calls. */
  readonly text: string;
  readonly calls: readonly ParsedCall[];
}

const MOST_CALLS = 128;

/**
 * Known are: `<tool_call>` with JSON (Hermes, Qwen) or with parameters as tags (Qwen Coder), `<function=name>` (Llama 3), JSON alone,
 * listed or fenced (Llama 3, Mistral, others), `[TOOL_CALLS]` (Mistral) and `<|python_tag|>` (Llama 3) where their tokens are spelt out,
 * Python's way (python-calls.ts), and `call:name{…}` (FunctionGemma).
 *
 * @param names of the functions that were offered; calls of others stay text
 */
export function parseToolCalls(answer: string, names: ReadonlySet<string>): ToolAnswer {
  for (const read of [tagged, functionTags, named, colon, bare, pythonic]) {
    const found = read(answer, names);
    if (found && found.calls.length > 0)
      return { text: found.text.trim(), calls: found.calls.slice(0, MOST_CALLS) };
  }
  return { text: answer, calls: [] };
}

type Read = (answer: string, names: ReadonlySet<string>) => ToolAnswer | undefined;

/** `<tool_call>…</tool_call>`, `<|tool_call|>…<|/tool_call|>`; the last one may lack its end. */
const tagged: Read = (answer, names) =>
  between(answer, /<\|?tool_call\|?>/g, /<\|?\/tool_call\|?>/g, (inside) => {
    const json = callsOf(parsed(inside), names);
    return json.length > 0 ? json : (functionTags(inside, names)?.calls ?? []);
  });

/** `<function=name>{…}</function>`, or with `<parameter=key>value</parameter>` inside. */
const functionTags: Read = (answer, names) =>
  between(answer, /<function=(?=[\w.-]{1,128}>)/g, /<\/function>/g, (inside) => {
    const end = inside.indexOf('>');
    const name = inside.slice(0, end);
    const body = inside.slice(end + 1);
    if (!names.has(name)) return [];
    const json = objectOf(parsed(body));
    if (json) return [{ name, arguments: json }];
    const entries = body.split('<parameter=').flatMap((part, i) => {
      const close = part.indexOf('>');
      if (i === 0 || close < 0) return [];
      const value = part
        .slice(close + 1)
        .split('</parameter>')[0]!
        .trim();
      const read = parsed(value);
      return [[part.slice(0, close), read === undefined ? value : read] as const];
    });
    return entries.length > 0 || body.trim() === '' ? [{ name, arguments: Object.fromEntries(entries) }] : [];
  });

/** `[TOOL_CALLS]name[ARGS]{…}`, as newer models of Mistral have it. */
const named: Read = (answer, names) => {
  if (!answer.includes('[ARGS]')) return undefined;
  const [text, ...parts] = answer.split('[TOOL_CALLS]');
  const calls = (parts.length > 0 ? parts : [answer]).flatMap((part) => {
    const at = part.indexOf('[ARGS]');
    const name = part.slice(0, Math.max(0, at)).trim();
    const value = at < 0 ? undefined : objectOf(parsed(part.slice(at + '[ARGS]'.length)));
    return value && names.has(name) ? [{ name, arguments: value }] : [];
  });
  return { text: parts.length > 0 ? text! : '', calls };
};

/** `call:name{key:<escape>text<escape>,other:3}`, as FunctionGemma has it; marks may have been left out as special tokens. */
const colon: Read = (answer, names) =>
  between(
    answer,
    /(?:<start_function_call>)?\s*call:(?=[\w.-]{1,128}\{)/g,
    /\}(?:<end_function_call>|\s*$)/g,
    (inside) => {
      const brace = inside.indexOf('{');
      const name = inside.slice(0, brace);
      if (!names.has(name)) return [];
      const fields = inside.slice(brace + 1).split(/,(?=\w+:)/);
      const entries = fields.flatMap((field) => {
        const at = field.indexOf(':');
        if (at < 0) return [];
        const value = field.slice(at + 1);
        const text = value.replaceAll('<escape>', '');
        const read = value === text ? parsed(text) : undefined;
        return [[field.slice(0, at).trim(), read === undefined ? text : read] as const];
      });
      return [{ name, arguments: Object.fromEntries(entries) }];
    },
  );

/** Python's way: a list of calls alone, or a fence of them. */
const pythonic: Read = (answer, names) => {
  const [text, fenced] = answer.split(/```(?:tool_code|python)\s/, 2);
  const code = fenced === undefined ? answer.replace('<|python_tag|>', '') : fenced.split('```')[0]!;
  const calls = pythonCalls(code);
  return calls.every(({ name }) => names.has(name))
    ? { text: fenced === undefined ? '' : text!, calls }
    : undefined;
};

/** JSON, one value after the other, alone or behind some words or a fence. */
const bare: Read = (answer, names) => {
  const marked = answer.replace(/\[TOOL_CALLS\]|<\|python_tag\|>|```(?:json)?/g, ' ');
  const calls: ParsedCall[] = [];
  let text = '';
  for (let at = 0; at < marked.length; ) {
    const begin = marked.slice(at).search(/[[{]/);
    if (begin < 0) return { text: text + marked.slice(at), calls };
    text += marked.slice(at, at + begin);
    at += begin;
    const end = endOfJson(marked, at);
    const found = end === undefined ? [] : callsOf(parsed(marked.slice(at, end)), names);
    if (found.length === 0) return { text: text + marked.slice(at), calls };
    calls.push(...found);
    at = end!;
    // Llama puts ; between calls.
    while (/[;,\s]/.test(marked[at] ?? '')) at++;
  }
  return { text, calls };
};

function between(
  answer: string,
  open: RegExp,
  close: RegExp,
  read: (inside: string) => readonly ParsedCall[],
): ToolAnswer | undefined {
  const calls: ParsedCall[] = [];
  let text = '';
  let at = 0;
  let tried = 0;
  for (const { 0: mark, index } of answer.matchAll(open)) {
    if (index < at) continue;
    if (++tried > MOST_CALLS) break;
    close.lastIndex = index + mark.length;
    const end = close.exec(answer);
    const inside = answer.slice(index + mark.length, end?.index);
    const found = read(inside);
    if (found.length === 0) continue;
    calls.push(...found);
    text += answer.slice(at, index);
    at = end ? end.index + end[0].length : answer.length;
  }
  return { text: text + answer.slice(at), calls };
}

/** Calls that a value of JSON stands for; those of unknown functions make it none. */
function callsOf(value: unknown, names: ReadonlySet<string>): readonly ParsedCall[] {
  const inner = objectOf(value)?.tool_calls ?? value;
  const list = Array.isArray(inner) ? inner : [inner];
  const calls = list.map((item) => callOf(item, names));
  return calls.every((call) => call !== undefined) ? calls : [];
}

function callOf(value: unknown, names: ReadonlySet<string>): ParsedCall | undefined {
  const object = objectOf(value);
  if (!object) return undefined;
  const own = (from: Readonly<Record<string, unknown>>, name: string) =>
    Object.hasOwn(from, name) ? from[name] : undefined;
  const inner = objectOf(own(object, 'function')) ?? object;
  const name = own(inner, 'name') ?? own(object, 'function');
  const given = own(inner, 'arguments') ?? own(inner, 'parameters') ?? {};
  const read =
    typeof given === 'string' ? objectOf(given.trim() === '' ? {} : parsed(given)) : objectOf(given);
  return typeof name === 'string' && names.has(name) && read ? { name, arguments: read } : undefined;
}

const objectOf = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Where an object or list that begins at `from` ends; undefined where it does not. */
function endOfJson(text: string, from: number): number | undefined {
  let depth = 0;
  for (let i = from; i < text.length; i++) {
    const letter = text[i];
    if (letter === '"') {
      for (i++; i < text.length && text[i] !== '"'; i++) if (text[i] === '\\') i++;
    } else if (letter === '{' || letter === '[') depth++;
    else if ((letter === '}' || letter === ']') && --depth === 0) return i + 1;
  }
  return undefined;
}
