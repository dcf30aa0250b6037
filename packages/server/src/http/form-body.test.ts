/** Forms: what a browser sends is what is read, and what others send costs no more than its bytes. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseForm } from './form-body.ts';

const URL_ENCODED = 'application/x-www-form-urlencoded';
const MULTIPART = 'multipart/form-data; boundary=b';
const bytes = (text: string) => new Uint8Array(Buffer.from(text));

/** As Node's own fetch writes it (undici, after the WHATWG's standard). */
async function sent(form: FormData | URLSearchParams): Promise<[type: string, body: Uint8Array]> {
  const request = new Request('http://localhost/', { method: 'POST', body: form });
  return [request.headers.get('content-type')!, new Uint8Array(await request.arrayBuffer())];
}

const fieldNames = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 10 })
  .filter((name) => !/[%\r\n\0]/.test(name) && name.isWellFormed());

describe('a form', () => {
  it('is read as it was filled in: any texts, any files', async () => {
    const form = fc.array(
      fc.record({
        name: fieldNames,
        value: fc.oneof(
          fc.string({ unit: 'grapheme' }).map((text) => text.toWellFormed().replace(/\r\n?|\n/g, '\r\n')),
          fc.uint8Array({ maxLength: 300 }),
        ),
      }),
      { minLength: 1, maxLength: 5 },
    );
    await fc.assert(
      fc.asyncProperty(form, async (fields) => {
        const data = new FormData();
        for (const { name, value } of fields) {
          if (typeof value === 'string') data.append(name, value);
          else data.append(name, new Blob([value as Uint8Array<ArrayBuffer>]), 'a "name".png');
        }
        const [type, body] = await sent(data);
        const expected = Object.fromEntries(fields.map(({ name, value }) => [name, value]));
        expect(parseForm(type, body)).toEqual(expected);
      }),
    );
  });

  it('without files is read as it was filled in', async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fieldNames, fc.string({ unit: 'grapheme' })), async (fields) => {
        const [type, body] = await sent(new URLSearchParams(fields));
        expect(parseForm(type, body)).toEqual(Object.fromEntries(new URLSearchParams(fields)));
      }),
    );
  });

  it('may have text before its first boundary and after its last, and its boundary in quotes', () => {
    const part = 'Content-Disposition: form-data; name=a\r\n\r\nx--b\r\n--';
    expect(
      parseForm('multipart/form-data; boundary="b"', bytes(`before\r\n--b\r\n${part}\r\n--b--\r\nafter`)),
    ).toEqual({
      a: 'x--b\r\n--',
    });
    expect(parseForm(MULTIPART, bytes('--b--\r\n'))).toEqual({});
  });

  it.each([
    ['--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx', /ends in the midst/],
    ['--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--', /has no name/],
    ['--b\r\nx\r\n--b--', /no headers/],
    ['--bx\r\n--b--', /line of its own/],
    ['nothing', /no boundary/],
    ['', /no boundary/],
  ])('that is broken is refused with the reason: %j', (text, reason) => {
    expect(() => parseForm(MULTIPART, bytes(text))).toThrow(reason);
  });

  it('of another type, or without a boundary, is refused', () => {
    for (const type of ['text/plain', '', 'multipart/mixed; boundary=b', 'nonsense;;'])
      expect(() => parseForm(type, bytes('a=1'))).toThrow(/Expected the form/);
    expect(() => parseForm('multipart/form-data', bytes('--b--'))).toThrow(/boundary is missing/);
  });
});

describe('10 MB of nonsense', () => {
  const size = 10 * 2 ** 20;
  const filled = (unit: string) => unit.repeat(Math.ceil(size / unit.length));
  const part = '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n';
  it.each([
    ['fields without end', URL_ENCODED, filled('a&')],
    ['percent signs', URL_ENCODED, filled('%')],
    ['plus signs', URL_ENCODED, filled('+')],
    ['equals signs', URL_ENCODED, filled('=')],
    ['150,000 parts', MULTIPART, `${filled(`${part}x\r\n`)}--b--`],
    ['almost boundaries', MULTIPART, `${part}${filled('\r\n--')}\r\n--b--`],
    ['almost boundaries, long', `multipart/form-data; boundary=${'-'.repeat(69)}b`, filled('-')],
    ['line ends', MULTIPART, `${part}${filled('\r\n')}\r\n--b--`],
    [
      'a name without end',
      MULTIPART,
      `--b\r\nContent-Disposition: form-data; name="${filled('a')}"\r\n\r\nx\r\n--b--`,
    ],
    ['text before the first boundary', MULTIPART, `${filled('x\r\n')}--b--`],
    ['ampersands', URL_ENCODED, filled('&')],
    ['semicolons', MULTIPART, `--b\r\nContent-Disposition: form-data${filled(';')}\r\n\r\nx\r\n--b--`],
  ])('is read or refused within a second: %s', (_, type, text) => {
    const body = bytes(text);
    const started = process.cpuUsage();
    try {
      parseForm(type, body);
    } catch (error) {
      expect((error as Error).message).toMatch(/form/);
    }
    const { user, system } = process.cpuUsage(started);
    expect((user + system) / 1e6).toBeLessThan(1);
  });
});
