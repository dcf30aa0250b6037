/**
 * A reader of protocol buffers' text format, and the fields of Triton's configuration, both written apart from what they
 * check: the grammar after protobuf.dev/reference/protobuf/textformat-spec, the fields and their types as
 * github.com/triton-inference-server/common protobuf/model_config.proto declares them.
 */
export type Parsed = { [field: string]: (string | number | boolean | Parsed)[] };

const TOKEN = /\s+|#[^\n]*|"(?:[^"\\\n]|\\(?:["\\]|[0-7]{3}))*"|-?\d+|[A-Za-z_]\w*|[{}[\]:,]/y;

/** Every field is a list of what it was given: once, several times, or in brackets. */
export function parsePbtxt(text: string): Parsed {
  const tokens: string[] = [];
  for (let at = 0; at < text.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const [token] = TOKEN.exec(text) ?? [];
    if (token === undefined) throw new Error(`no token at ${JSON.stringify(text.slice(at, at + 20))}`);
    if (!/^[\s#]/.test(token)) tokens.push(token);
  }
  let next = 0;
  const take = (wanted?: string): string => {
    const token = tokens[next++];
    if (token === undefined || (wanted !== undefined && token !== wanted))
      throw new Error(`expected ${wanted}, found ${token}`);
    return token;
  };
  const message = (end: string | undefined): Parsed => {
    const fields: Parsed = {};
    while (tokens[next] !== end) {
      const name = take();
      if (!/^[A-Za-z_]/.test(name)) throw new Error(`${name} is no field`);
      const colon = tokens[next] === ':' && take(':') !== undefined;
      fields[name] ??= [];
      if (tokens[next] === '[') {
        take('[');
        while (tokens[next] !== ']') {
          fields[name].push(value(colon));
          if (tokens[next] !== ']') take(',');
        }
        take(']');
      } else fields[name].push(value(colon));
    }
    if (end !== undefined) take(end);
    return fields;
  };
  const value = (colon: boolean): string | number | boolean | Parsed => {
    if (tokens[next] === '{') {
      take('{');
      return message('}');
    }
    if (!colon) throw new Error('a scalar without a colon');
    const token = take();
    if (token.startsWith('"')) return unquoted(token);
    if (/^-?\d/.test(token)) return Number(token);
    return token === 'true' || token === 'false' ? token === 'true' : token;
  };
  return message(undefined);
}

function unquoted(token: string): string {
  const bytes: number[] = [];
  for (const [part] of token.slice(1, -1).matchAll(/\\[0-7]{3}|\\.|[^\\]/gsu)) {
    if (/^\\[0-7]/.test(part)) bytes.push(Number.parseInt(part.slice(1), 8));
    else bytes.push(...Buffer.from(part.startsWith('\\') ? part.slice(1) : part));
  }
  return Buffer.from(bytes).toString();
}

type Kind = 'string' | 'int' | 'bool' | 'type' | 'kind' | Fields;
/** `[kind]` is repeated. */
interface Fields {
  readonly [field: string]: Kind | readonly [Kind];
}

const TENSOR: Fields = {
  name: 'string',
  data_type: 'type',
  dims: ['int'],
  reshape: { shape: ['int'] },
};
const MODEL_CONFIG: Fields = {
  name: 'string',
  platform: 'string',
  backend: 'string',
  version_policy: { specific: { versions: ['int'] }, latest: { num_versions: 'int' }, all: {} },
  max_batch_size: 'int',
  input: [{ ...TENSOR, allow_ragged_batch: 'bool', optional: 'bool' }],
  output: [{ ...TENSOR, label_filename: 'string' }],
  dynamic_batching: { preferred_batch_size: ['int'], max_queue_delay_microseconds: 'int' },
  instance_group: [{ name: 'string', kind: 'kind', count: 'int', gpus: ['int'] }],
  model_warmup: [
    {
      name: 'string',
      batch_size: 'int',
      // map<string, Input>: entries of a key and a value.
      inputs: [
        {
          key: 'string',
          value: { data_type: 'type', dims: ['int'], zero_data: 'bool', random_data: 'bool' },
        },
      ],
      count: 'int',
    },
  ],
};

const TYPES = /^TYPE_(?:BOOL|U?INT(?:8|16|32|64)|FP(?:16|32|64)|STRING|BF16)$/;
const KINDS = /^KIND_(?:AUTO|GPU|CPU|MODEL)$/;

const SCALARS: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  int: (value) => Number.isInteger(value),
  bool: (value) => typeof value === 'boolean',
  type: (value) => TYPES.test(String(value)),
  kind: (value) => KINDS.test(String(value)),
};

/** @throws Error at the first field that a ModelConfig does not have, or has otherwise */
export function checkConfig(config: Parsed, fields: Fields = MODEL_CONFIG, path = ''): void {
  for (const [name, values] of Object.entries(config)) {
    const declared = fields[name];
    const where = `${path}${name}`;
    if (declared === undefined) throw new Error(`there is no field ${where}`);
    const repeated = Array.isArray(declared);
    const kind = (repeated ? declared[0] : declared) as Kind;
    if (!repeated && values.length !== 1) throw new Error(`${where} is given ${values.length} times`);
    for (const value of values) {
      if (typeof kind !== 'string') checkConfig(value as Parsed, kind, `${where}.`);
      else if (!SCALARS[kind]!(value)) throw new Error(`${where} is ${String(value)}; expected ${kind}`);
    }
  }
}
