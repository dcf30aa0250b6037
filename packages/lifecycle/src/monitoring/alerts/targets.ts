/**
 * Where a webhook may point. A server that fetches any address it is given can be made to knock at doors that only it can
 * reach (server-side request forgery, OWASP A10:2021). So this machine and private networks need an explicit yes, given
 * webhook by webhook; the addresses where clouds hand out credentials never get anything. The address that a name
 * stands for is checked when the connection is made, not before: a name may stand for another one by then.
 */
import type { LookupAddress, LookupOptions } from 'node:dns';
import { lookup } from 'node:dns';
import { BlockList, isIP } from 'node:net';
import { type Localized, UserError } from '@gradus/base';

type Net = readonly [address: string, prefix: number, family: 'ipv4' | 'ipv6'];

/** This machine and private networks: RFC 1918, 6598, 4193 and 6890. */
const PRIVATE = listOf([
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['198.18.0.0', 15, 'ipv4'],
  ['::1', 128, 'ipv6'],
  ['fc00::', 7, 'ipv6'],
]);

/** This machine, alone of all that begins with 96 zero bits. */
const LOOPBACK = listOf([['::1', 128, 'ipv6']]);

/**
 * No place for a webhook whatever is allowed: link-local (where most clouds have their metadata), "this network", multicast,
 * reserved (IANA's registries of special-purpose addresses, RFC 6890), what clouds answer at elsewhere, and roads from IPv6 to
 * IPv4 addresses, which the other lists would not see.
 */
const NEVER = listOf([
  ['0.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['192.0.0.0', 24, 'ipv4'],
  // Relays of 6to4 (RFC 7526).
  ['192.88.99.0', 24, 'ipv4'],
  ['224.0.0.0', 4, 'ipv4'],
  ['240.0.0.0', 4, 'ipv4'],
  ['fe80::', 10, 'ipv6'],
  // Site-local, which RFC 3879 took back.
  ['fec0::', 10, 'ipv6'],
  ['ff00::', 8, 'ipv6'],
  // What is sent there is discarded (RFC 6666, 9780); segment routing's own (RFC 9602).
  ['100::', 63, 'ipv6'],
  ['5f00::', 16, 'ipv6'],
  // Alibaba Cloud's metadata, and Azure's platform (WireServer).
  ['100.100.100.200', 32, 'ipv4'],
  ['168.63.129.16', 32, 'ipv4'],
  // Services of AWS, among them metadata and credentials of pods; metadata of Google, Oracle and Scaleway.
  ['fd00:ec2::', 32, 'ipv6'],
  ['fd20:ce::', 32, 'ipv6'],
  ['fd00:c1::', 32, 'ipv6'],
  ['fd00:42::42', 128, 'ipv6'],
  // IPv4-compatible (RFC 4291), IPv4-translated (RFC 7915), NAT64 (RFC 6052, 8215), 6to4 (RFC 3056).
  ['::', 96, 'ipv6'],
  ['::ffff:0:0:0', 96, 'ipv6'],
  ['64:ff9b::', 96, 'ipv6'],
  ['64:ff9b:1::', 48, 'ipv6'],
  ['2002::', 16, 'ipv6'],
  // Protocols' own, among them Teredo, another such road (RFC 4380).
  ['2001::', 23, 'ipv6'],
]);

/** Names that stand for those services wherever a cloud gives them a meaning. */
const NEVER_NAMES =
  /^(?:metadata|instance-data)(?:\.ec2)?(?:\.(?:google\.)?internal)?$|^metadata\.(?:goog|tencentyun\.com|platformequinix\.com|packet\.net|oraclecloud\.com|azure\.internal)$/;

function listOf(nets: readonly Net[]): BlockList {
  const list = new BlockList();
  for (const [address, prefix, family] of nets) list.addSubnet(address, prefix, family);
  return list;
}

/** Why an address may not receive anything; undefined: it may. */
export function refusal(address: string, allowPrivate: boolean): Localized | undefined {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  if (NEVER.check(address, family) && !LOOPBACK.check(address, family)) return never(address);
  if (allowPrivate || !PRIVATE.check(address, family)) return undefined;
  return {
    en: `${address} is on this machine or in a private network; allow it with --allow-private`,
    zh: `${address} 位于本机或私有网络；用 --allow-private 允许`,
  };
}

const never = (address: string): Localized => ({
  en: `${address} is no address for a webhook`,
  zh: `${address} 不能用作 webhook 的地址`,
});

/** @throws UserError where the text is no address of a webhook; of a name only later, when it is looked up */
export function requireAllowed(text: string, allowPrivate: boolean): URL {
  const url = URL.parse(text);
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new UserError({
      en: `"${text.slice(0, 200)}" is no address. Expected https://HOST/PATH.`,
      zh: `“${text.slice(0, 200)}”不是地址。应为 https://HOST/PATH。`,
    });
  }
  if (text.length > 2000) {
    throw new UserError({
      en: 'The address is longer than 2,000 characters.',
      zh: '地址超过 2,000 个字符。',
    });
  }
  if (url.username || url.password) {
    throw new UserError({
      en: 'The address holds a user or a password. The signature proves who asks; leave them out.',
      zh: '地址中含有用户名或密码。签名已能证明请求者身份；请去掉它们。',
    });
  }
  // A dot at its end makes a name absolute, and is no part of it.
  const host = url.hostname.replace(/^\[|\]$|\.$/g, '');
  const why =
    isIP(host) > 0
      ? refusal(host, allowPrivate)
      : NEVER_NAMES.test(host)
        ? never(host)
        : host === 'localhost' || host.endsWith('.localhost')
          ? refusal('127.0.0.1', allowPrivate)
          : undefined;
  const shown = text.slice(0, 200);
  if (why) throw new UserError({ en: `${shown}: ${why.en}.`, zh: `${shown}：${why.zh}。` });
  return url;
}

type Found = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

/** Looks names up as Node does, and fails where one stands for an address that is not allowed. */
export function guardedLookup(
  allowPrivate: boolean,
): (host: string, options: LookupOptions, found: Found) => void {
  return (host, options, found) => {
    lookup(host, { ...options, all: true }, (error, addresses) => {
      if (error) return found(error, []);
      const why = addresses.map(({ address }) => refusal(address, allowPrivate)).find((reason) => reason);
      if (why) return found(new Error(why.en), []);
      if (options.all) found(null, addresses);
      else found(null, addresses[0]!.address, addresses[0]!.family);
    });
  };
}
