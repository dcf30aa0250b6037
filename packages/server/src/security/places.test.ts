/** Whoever asks over HTTP hears of models by name, and of files by their place in the workspace. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Places, REQUEST_COPIES } from './places.ts';

const places = new Places(['/srv/runs', '/srv/data+1'], () => [
  { name: 'base', path: '/models/small (2)', base: '/models/small (2)' },
  { name: 'tuned', path: '/models/small (2)/adapter', base: '/models/small (2)' },
  { name: 'alone', path: '/models/adapter', base: '/models/hidden' },
]);

describe('a text for whoever asks', () => {
  it.each([
    ['the chat template of /models/small (2) fails', 'the chat template of base fails'],
    ['/models/small (2)/config.json: no field', 'base/config.json: no field'],
    ['/models/small (2)/adapter/weights', 'tuned/weights'],
    ['/models/hidden has no tokenizer', 'alone has no tokenizer'],
    ['/models/small (2)-old is another', '/models/small (2)-old is another'],
    ['/srv/runs/demand-1/report.json and /srv/data+1/a.csv', 'demand-1/report.json and a.csv'],
    ['/srv/data+1//a.csv', 'a.csv'],
    [`${REQUEST_COPIES}aB3xYz/a.csv has no rows`, 'a.csv has no rows'],
    ['GET /v1/models', 'GET /v1/models'],
  ])('%s', (text, shown) => {
    expect(places.shown(text)).toBe(shown);
    expect(places.shownIn({ error: text, more: [{ text }], n: 1 })).toEqual({
      error: shown,
      more: [{ text: shown }],
      n: 1,
    });
  });

  it('names files below a link by their place too', () => {
    const directory = mkdtempSync(join(tmpdir(), 'gradus-places-'));
    const [data, link] = [join(directory, 'data'), join(directory, 'link')];
    mkdirSync(data);
    symlinkSync(data, link);
    const linked = new Places([link], () => []);
    expect(linked.shown(`${data}/a.csv and ${link}/b.csv`)).toBe('a.csv and b.csv');
    rmSync(directory, { recursive: true });
  });
});
