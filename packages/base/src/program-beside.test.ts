import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { programBeside } from './program-beside.ts';

describe('programBeside', () => {
  it('finds the source beside a source, and the packed program beside a packed module', () => {
    expect(existsSync(programBeside(import.meta.url, 'random'))).toBe(true);
    expect(programBeside('file:///a.b/src/pool.ts', 'worker').href).toBe('file:///a.b/src/worker.ts');
    expect(programBeside('file:///a.b/dist/pool.js', 'worker').href).toBe('file:///a.b/dist/worker.js');
    expect(programBeside('file:///a.b/dist/pool.js?v=1', 'worker').href).toBe('file:///a.b/dist/worker.js');
  });
});
