/** Names that other engines take. Ours may be in any language; theirs are of fewer characters. */
import { createHash } from 'node:crypto';

/** Letters, digits, `.`, `_` and `-`: a folder's name on any system, and a part of an address. */
export const fileName = (name: string): string => fitted(name, /[^\w.-]+/g, 100);

/** A DNS label as Kubernetes wants it for a service: small letters, digits and `-`, a letter first (RFC 1035). */
export function dnsLabel(name: string): string {
  const label = fitted(name.toLowerCase(), /[^a-z0-9-]+/g, 50, name);
  return /^[a-z]/.test(label) ? label : `m-${label}`;
}

/** Where something had to go, a few digits of the name's hash keep apart what would now be the same. */
function fitted(name: string, others: RegExp, longest: number, whole = name): string {
  const kept = name.replace(others, '-').replace(/^[-.]+|[-.]+$/g, '');
  if (kept === whole && kept.length <= longest) return kept;
  const hash = createHash('sha256').update(whole).digest('hex').slice(0, 8);
  return [kept.slice(0, longest).replace(/[-.]+$/, ''), hash].filter((part) => part !== '').join('-');
}
