import { type Caller, DatabaseUnavailable } from '@gradus/lifecycle';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Callers } from './callers.ts';

const KEY = `gradus_${'a'.repeat(43)}`;
const OTHER = `gradus_${'b'.repeat(43)}`;
const shop: Caller = { name: 'shop', scopes: ['predict'] };

describe('a key, while the database does not answer', () => {
  let find: (hash: string) => Promise<Caller | undefined>;
  let callers: Callers;
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance'] });
    find = async () => shop;
    callers = new Callers('t'.repeat(40), (hash) => find(hash));
  });
  afterEach(() => void vi.useRealTimers());
  const later = (seconds: number) => vi.advanceTimersByTime(1000 * seconds);
  const away = async () => {
    throw new DatabaseUnavailable('ECONNREFUSED');
  };

  it('goes on counting, for as long as it is used', async () => {
    expect(await callers.of(KEY)).toBe(shop);
    find = away;
    for (let i = 0; i < 10; i++) {
      later(500);
      expect(await callers.of(KEY)).toBe(shop);
    }
  });

  it('is not waited for', async () => {
    await callers.of(KEY);
    later(5);
    find = () => new Promise(() => undefined);
    expect(await callers.of(KEY)).toBe(shop);
  });

  it('does not count where it is new, was refused, or was not used for ten minutes', async () => {
    await callers.of(KEY);
    find = async () => undefined;
    await callers.of(OTHER);
    find = away;
    later(3);
    await expect(callers.of(OTHER)).rejects.toThrow(DatabaseUnavailable);
    await expect(callers.of(`gradus_${'c'.repeat(43)}`)).rejects.toThrow(DatabaseUnavailable);
    later(601);
    await expect(callers.of(KEY)).rejects.toThrow(DatabaseUnavailable);
  });

  it('is revoked within seconds when it answers again', async () => {
    await callers.of(KEY);
    find = away;
    later(5);
    await callers.of(KEY);
    find = async () => undefined;
    later(3);
    expect(await callers.of(KEY)).toBeUndefined();
  });
});
