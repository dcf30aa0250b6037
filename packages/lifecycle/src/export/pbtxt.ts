/**
 * The text format of protocol buffers, as far as configurations need it: `name: value`, `name { … }`, lists in brackets.
 * Source: https://protobuf.dev/reference/protobuf/textformat-spec
 */

/** A name of an enumeration, which stands without quotes. */
export interface Word {
  readonly word: string;
}
export const word = (text: string): Word => ({ word: text });

export type PbValue = string | number | boolean | Word | PbMessage | readonly PbValue[];
export interface PbMessage {
  readonly [field: string]: PbValue;
}

export function pbtxt(message: PbMessage, indent = ''): string {
  return Object.entries(message)
    .map(([name, value]) => `${indent}${name}${field(value, indent)}\n`)
    .join('');
}

function field(value: PbValue, indent: string): string {
  if (isList(value) && value.some(isMessage)) {
    return ` [\n${value.map((item) => `${indent}  ${block(item as PbMessage, `${indent}  `)}`).join(',\n')}\n${indent}]`;
  }
  if (isMessage(value)) return ` ${block(value, indent)}`;
  return `: ${isList(value) ? `[${value.map(scalar).join(', ')}]` : scalar(value)}`;
}

const block = (message: PbMessage, indent: string): string =>
  Object.keys(message).length === 0 ? '{}' : `{\n${pbtxt(message, `${indent}  `)}${indent}}`;

const isList = (value: PbValue): value is readonly PbValue[] => Array.isArray(value);

const isMessage = (value: PbValue): value is PbMessage =>
  typeof value === 'object' && !isList(value) && typeof (value as Word).word !== 'string';

function scalar(value: PbValue): string {
  if (typeof value === 'string') return quoted(value);
  return typeof value === 'object' ? (value as Word).word : String(value);
}

/** Bytes beyond ASCII are escaped: not every parser takes them as they are. */
function quoted(text: string): string {
  const escaped = Array.from(Buffer.from(text), (byte) => {
    const character = String.fromCharCode(byte);
    if (character === '"' || character === '\\') return `\\${character}`;
    return byte >= 0x20 && byte < 0x7f ? character : `\\${byte.toString(8).padStart(3, '0')}`;
  });
  return `"${escaped.join('')}"`;
}
