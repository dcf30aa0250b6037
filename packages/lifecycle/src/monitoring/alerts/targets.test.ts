import type { LookupAddress } from 'node:dns';
import { expect, it } from 'vitest';
import { guardedLookup, refusal, requireAllowed } from './targets.ts';

it.each([
  ['127.0.0.1', true],
  ['10.1.2.3', true],
  ['172.31.0.1', true],
  ['192.168.1.1', true],
  ['100.64.0.1', true],
  ['::1', true],
  ['fd12::1', true],
  ['::ffff:127.0.0.1', true],
  ['169.254.169.254', false],
  ['::ffff:169.254.169.254', false],
  ['fe80::1', false],
  ['fd00:ec2::254', false],
  ['0.0.0.0', false],
  ['::', false],
  ['224.0.0.1', false],
  ['255.255.255.255', false],
  ['64:ff9b::7f00:1', false],
])('%s is told nothing unless asked for; where asked for: %s', (address, allowed) => {
  expect(refusal(address, false)).toBeDefined();
  expect(refusal(address, true) === undefined).toBe(allowed);
});

it.each(['93.184.215.14', '172.32.0.1', '2606:2800:21f:cb07:6820:80da:af6b:8b2c'])(
  '%s may be told',
  (address) => {
    expect(refusal(address, false)).toBeUndefined();
  },
);

it('knows what is no address, however it is written', () => {
  for (const [text, reason] of [
    ['ftp://example.com', /Expected https:/],
    ['example.com/x', /Expected https:/],
    ['https://me:secret@example.com', /a user or a password/],
    ['http://localhost:3000/', /--allow-private/],
    ['http://2130706433/', /--allow-private/],
    ['http://0x7f.1/', /--allow-private/],
    ['http://[::1]/', /--allow-private/],
    ['http://[::ffff:a9fe:a9fe]/', /no address for a webhook/],
    [`https://example.com/${'x'.repeat(2000)}`, /2,000/],
  ] as const) {
    expect(() => requireAllowed(text, false), text).toThrow(reason);
  }
  expect(requireAllowed('https://example.com/hook?x=1', false).hostname).toBe('example.com');
});

it('looks at what a name stands for when the connection is made', async () => {
  const look = (allowPrivate: boolean) =>
    new Promise<LookupAddress[]>((resolve, reject) =>
      guardedLookup(allowPrivate)('localhost', { all: true }, (error, found) =>
        error ? reject(error) : resolve(found as LookupAddress[]),
      ),
    );
  await expect(look(false)).rejects.toThrow(/private network/);
  expect((await look(true)).length).toBeGreaterThan(0);
});
