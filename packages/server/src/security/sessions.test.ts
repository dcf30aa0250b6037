import { hashOf } from '@gradus/lifecycle';
import { describe, expect, it } from 'vitest';
import { cookieName, IDLE, LONGEST, Sessions } from './sessions.ts';

const SECRET = `gradus_${'a'.repeat(43)}`;

describe('a session', () => {
  it('stands for the secret that opened it, and does not contain it', () => {
    const sessions = new Sessions();
    const name = sessions.open(SECRET);
    expect(sessions.secretHashOf(name)).toBe(hashOf(SECRET));
    expect(name).not.toContain(SECRET);
    expect(sessions.secretHashOf('')).toBeUndefined();
    expect(sessions.secretHashOf(SECRET)).toBeUndefined();
    expect(new Sessions().secretHashOf(name)).toBeUndefined();
  });

  it('ends when it rests, after half a day, and at the sign-out', () => {
    const sessions = new Sessions();
    const name = sessions.open(SECRET, 0);
    let now = 0;
    for (; now + IDLE / 2 < LONGEST; now += IDLE / 2) {
      expect(sessions.secretHashOf(name, now)).toBe(hashOf(SECRET));
    }
    expect(sessions.secretHashOf(name, LONGEST)).toBeUndefined();
    const resting = sessions.open(SECRET, 0);
    expect(sessions.secretHashOf(resting, IDLE)).toBeUndefined();
    const left = sessions.open(SECRET, 0);
    sessions.close(left);
    expect(sessions.secretHashOf(left, 1)).toBeUndefined();
  });

  it('is one of a thousand at most: the one used longest ago ends first', () => {
    const sessions = new Sessions();
    const names = Array.from({ length: 1000 }, () => sessions.open(SECRET));
    sessions.secretHashOf(names[0]!);
    sessions.open(SECRET);
    expect(sessions.secretHashOf(names[0]!)).toBeDefined();
    expect(sessions.secretHashOf(names[1]!)).toBeUndefined();
  });
});

describe("the cookie's name", () => {
  it('holds the port by which the browser reaches the server', () => {
    expect(cookieName('127.0.0.1:8420')).toBe('gradus_session_8420');
    expect(cookieName('[::1]:8421')).toBe('gradus_session_8421');
    expect(cookieName('api.startup.example')).toBe('gradus_session');
    expect(cookieName(undefined)).toBe('gradus_session');
  });
});
