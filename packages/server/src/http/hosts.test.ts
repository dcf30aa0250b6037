import { describe, expect, it } from 'vitest';
import { HostNames } from './hosts.ts';

describe('a server of this machine only', () => {
  it.each(['localhost', 'localhost:8420', '127.0.0.1:8420', '127.8.9.1', '[::1]:8420', 'LOCALHOST'])(
    'answers to %s',
    (host) => expect(new HostNames('127.0.0.1', []).accepts(host)).toBe(true),
  );

  it.each([
    undefined,
    '',
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'api.startup.example',
    'gradus_backend',
    '192.168.0.7',
  ])('does not answer to %s', (host) => expect(new HostNames('127.0.0.1', []).accepts(host)).toBe(false));

  it('answers to the names of the proxy in front of it, whatever the proxy makes of them', () => {
    const names = new HostNames('127.0.0.1', ['API.startup.example', 'bücher.example']);
    for (const host of [
      'api.startup.example',
      'api.startup.example:8443',
      'API.Startup.Example.',
      'xn--bcher-kva.example',
      // An upstream of nginx, by its name in the configuration.
      'gradus_backend',
      '127.0.0.1:18423',
    ]) {
      expect(names.accepts(host), host).toBe(true);
    }
    for (const host of [
      'evil.example',
      'startup.example',
      'x.api.startup.example',
      'api.startup.example.evil.example',
    ]) {
      expect(names.accepts(host), host).toBe(false);
    }
  });

  it('knows pages of its own, also behind the proxy', () => {
    const names = new HostNames('127.0.0.1', ['api.startup.example']);
    const upstream = { host: '127.0.0.1:8420' };
    expect(names.isOrigin('http://127.0.0.1:8420', upstream)).toBe(true);
    expect(names.isOrigin('http://127.0.0.1:3000', upstream)).toBe(false);
    expect(names.isOrigin('https://api.startup.example', upstream)).toBe(true);
    expect(names.isOrigin('https://api.startup.example:8443', { host: 'api.startup.example' })).toBe(true);
    for (const origin of ['https://evil.example', 'null', ''])
      expect(names.isOrigin(origin, upstream)).toBe(false);
  });

  it('tells people the address that they have used', () => {
    const names = new HostNames('127.0.0.1', ['api.startup.example']);
    const forwarded = {
      host: 'gradus_backend',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'api.startup.example',
    };
    expect(names.originOf(forwarded)).toBe('https://api.startup.example');
    expect(names.originOf({ host: 'api.startup.example' })).toBe('http://api.startup.example');
    // Anybody can send such a header.
    expect(names.originOf({ host: 'localhost:8420', 'x-forwarded-host': 'evil.example' })).toBe(
      'http://localhost:8420',
    );
    expect(names.originOf({ host: 'a b', 'x-forwarded-proto': 'javascript' })).toBe('http://localhost');
  });

  it.each(['https://api.example.com', 'a/b', '*', '', 'a b', 'http:', '.'])(
    'refuses the name "%s", and says how to write it',
    (name) => expect(() => new HostNames('127.0.0.1', [name])).toThrow(/--allow-host.*api\.example\.com/),
  );
});

it('a server that is open to others answers to any name', () => {
  expect(new HostNames('0.0.0.0', []).accepts('evil.example')).toBe(true);
});
