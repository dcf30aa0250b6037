/**
 * Forms as browsers send them: `application/x-www-form-urlencoded` (WHATWG URL, 5) and `multipart/form-data` (RFC 7578). Read in
 * one pass over the bytes, and only as many fields as a form of ours can have: what a general parser makes of 10 MB of "&" takes
 * minutes.
 */
import { MIMEType } from 'node:util';
import { BadRequest } from './errors.ts';
import type { Sent } from './form.ts';

/** Fields of one form. */
const MOST_FIELDS = 200;
/** Bytes of a part's headers. */
const LONGEST_HEAD = 4096;

/** @throws BadRequest where the body is no form, or has more fields than any of ours */
export function parseForm(contentType: string, body: Uint8Array): Sent {
  const type = mimeType(contentType);
  if (type?.essence === 'application/x-www-form-urlencoded') return urlEncoded(body);
  if (type?.essence === 'multipart/form-data') return multipart(body, type.params.get('boundary') ?? '');
  throw new BadRequest(415, {
    en: 'Expected the form of this page. Programs send JSON to the addresses in /docs.',
    zh: '应为此页面的表单。程序请向 /docs 中的地址发送 JSON。',
  });
}

function mimeType(text: string): MIMEType | undefined {
  try {
    return new MIMEType(text);
  } catch {
    return undefined;
  }
}

const [AMPERSAND, EQUALS, PLUS, PERCENT, SPACE] = [0x26, 0x3d, 0x2b, 0x25, 0x20];

function urlEncoded(body: Uint8Array): Sent {
  const fields: [name: string, value: string][] = [];
  for (let from = 0; from < body.length; ) {
    const found = body.indexOf(AMPERSAND, from);
    const end = found < 0 ? body.length : found;
    if (end > from) {
      const field = body.subarray(from, end);
      const equals = field.indexOf(EQUALS);
      const at = equals < 0 ? field.length : equals;
      fields.push([decoded(field.subarray(0, at)), decoded(field.subarray(at + 1))]);
    }
    if (fields.length > MOST_FIELDS) throw tooManyFields();
    from = end + 1;
  }
  return Object.fromEntries(fields);
}

/** What is no `%` and two digits stands for itself, as in browsers. */
function decoded(text: Uint8Array): string {
  const bytes = Buffer.alloc(text.length);
  let size = 0;
  for (let i = 0; i < text.length; i++) {
    const byte = text[i]!;
    const value = byte === PERCENT ? 16 * hexDigit(text[i + 1]) + hexDigit(text[i + 2]) : Number.NaN;
    if (Number.isNaN(value)) bytes[size++] = byte === PLUS ? SPACE : byte;
    else {
      bytes[size++] = value;
      i += 2;
    }
  }
  return bytes.toString('utf8', 0, size);
}

function hexDigit(byte = 0): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : Number.NaN;
}

/** A file, or a field, of a form. */
export interface FormPart {
  readonly name: string;
  /** As its sender calls it; of a file. */
  readonly filename: string | undefined;
  readonly content: string | Uint8Array;
}

/** The parts of a form with files, as programs send them. @throws BadRequest where the body is none */
export function parseParts(contentType: string, body: Uint8Array): readonly FormPart[] {
  const type = mimeType(contentType);
  if (type?.essence === 'multipart/form-data') return partsOf(body, type.params.get('boundary') ?? '');
  throw new BadRequest(415, {
    en: 'Expected a form with a file: content-type multipart/form-data.',
    zh: '应为带文件的表单：content-type 为 multipart/form-data。',
  });
}

const multipart = (body: Uint8Array, boundary: string): Sent =>
  Object.fromEntries(partsOf(body, boundary).map(({ name, content }) => [name, content]));

/** Every part begins with the boundary on a line of its own, and the last boundary ends in two dashes. */
function partsOf(bytes: Uint8Array, boundary: string): readonly FormPart[] {
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (boundary === '' || boundary.length > 70) throw unreadable('its boundary is missing', '缺少 boundary');
  const line = Buffer.from(`\r\n--${boundary}`, 'latin1');
  // What comes before the first boundary is for readers of mail; most begin with it, without a line end before.
  const isFirst = body.subarray(0, line.length - 2).equals(line.subarray(2));
  const fields: FormPart[] = [];
  let at = isFirst ? line.length - 2 : after(body, line, 0);
  while (!startsWith(body, at, '--')) {
    if (fields.length >= MOST_FIELDS) throw tooManyFields();
    if (!startsWith(body, at, '\r\n'))
      throw unreadable('a boundary has no line of its own', '分隔符未独占一行');
    const end = body.indexOf(line, at);
    if (end < 0) throw unreadable('it ends in the midst of a field', '字段中途结束');
    fields.push(partOf(body, at, end));
    at = end + line.length;
  }
  return fields;
}

function after(body: Buffer, line: Buffer, from: number): number {
  const at = body.indexOf(line, from);
  if (at < 0) throw unreadable('it has no boundary', '没有分隔符');
  return at + line.length;
}

const startsWith = (body: Buffer, at: number, text: string): boolean =>
  body.toString('latin1', at, at + text.length) === text;

/** @param from Where the line end behind its boundary is */
function partOf(body: Buffer, from: number, end: number): FormPart {
  const head = body.subarray(from, Math.min(end, from + LONGEST_HEAD));
  const blank = head.indexOf('\r\n\r\n');
  if (blank < 0) throw unreadable('a field has no headers', '字段缺少标头');
  const disposition = /^content-disposition:[ \t]*form-data[ \t]*;([^\r\n]*)/im.exec(
    head.toString('utf8', 0, blank),
  )?.[1];
  const name = disposition && parameter(disposition, 'name');
  if (name === undefined) throw unreadable('a field has no name', '字段缺少名称');
  const content = body.subarray(from + blank + 4, end);
  const isFile = /;\s*filename\*?=/i.test(`;${disposition}`);
  const filename = isFile ? (parameter(disposition!, 'filename') ?? '') : undefined;
  return { name, filename, content: isFile ? new Uint8Array(content) : content.toString('utf8') };
}

/** In the way of browsers: quoted, with `"` and line ends percent-encoded (WHATWG HTML, multipart/form-data). */
function parameter(disposition: string, name: string): string | undefined {
  const found = new RegExp(`(?:^|;)\\s*${name}="([^"\\r\\n]*)"|(?:^|;)\\s*${name}=([^;\\s"]+)`, 'i').exec(
    disposition,
  );
  return (found?.[1] ?? found?.[2])?.replace(/%(22|0D|0A)/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

const tooManyFields = (): BadRequest =>
  new BadRequest(400, {
    en: `The form has more than ${MOST_FIELDS} fields.`,
    zh: `表单的字段超过 ${MOST_FIELDS} 个。`,
  });

const unreadable = (en: string, zh: string): BadRequest =>
  new BadRequest(400, { en: `The form cannot be read: ${en}.`, zh: `无法读取表单：${zh}。` });
