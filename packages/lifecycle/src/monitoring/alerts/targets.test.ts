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
  // Alibaba Cloud, Azure, Oracle Cloud (both), Google Cloud, Scaleway, AWS's pods: each cloud's own documentation.
  ['100.100.100.200', false],
  ['::ffff:100.100.100.200', false],
  ['168.63.129.16', false],
  ['192.0.0.192', false],
  ['fd00:c1::a9fe:a9fe', false],
  ['fd20:ce::254', false],
  ['fd00:42::42', false],
  ['fd00:ec2::23', false],
  // IANA's registries of special-purpose addresses.
  ['64:ff9b:1::7f00:1', false],
  ['2001:0:7f00:1::', false],
  ['::ffff:0:127.0.0.1', false],
  ['::127.0.0.1', false],
  ['fec0::1', false],
  ['192.88.99.1', false],
  ['100::1', false],
  ['5f00::1', false],
])('%s is told nothing unless asked for; where asked for: %s', (address, allowed) => {
  expect(refusal(address, false)).toBeDefined();
  expect(refusal(address, true) === undefined).toBe(allowed);
});

it.each([
  '93.184.215.14',
  '172.32.0.1',
  '100.128.0.1',
  '168.63.129.17',
  '192.88.98.1',
  '2001:4860:4860::8888',
  '2606:2800:21f:cb07:6820:80da:af6b:8b2c',
])('%s may be told', (address) => {
  expect(refusal(address, false)).toBeUndefined();
});

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
    ['http://[::127.0.0.1]/', /no address for a webhook/],
    ['http://metadata.google.internal/computeMetadata/v1/', /no address for a webhook/],
    ['http://metadata/', /no address for a webhook/],
    ['http://METADATA.GOOGLE.INTERNAL./', /no address for a webhook/],
    ['http://instance-data/latest/', /no address for a webhook/],
    ['http://localhost./', /--allow-private/],
    [`https://example.com/${'x'.repeat(2000)}`, /2,000/],
  ] as const) {
    expect(() => requireAllowed(text, false), text).toThrow(reason);
  }
  expect(requireAllowed('https://metadata.example.com/', false).hostname).toBe('metadata.example.com');
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
