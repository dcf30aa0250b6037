/** The ids that transformers gives 500 texts in both languages, by tiny tokenizers of the kinds that models have (testing/make.py). */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readTokenizer } from './read.ts';

const path = (name: string) => new URL(`./testing/golden/${name}.json`, import.meta.url).pathname;
const { texts, ids } = JSON.parse(readFileSync(path('ids'), 'utf8')) as {
  readonly texts: readonly string[];
  readonly ids: Readonly<Record<string, string>>;
};
/** Stands after the ids of each text. */
const END = 65535;

/** Of each text. */
function idsOf(encoded: string): number[][] {
  const bytes = Buffer.from(encoded, 'base64');
  const found: number[][] = [[]];
  for (let at = 0; at < bytes.length; at += 2) {
    const id = bytes.readUInt16LE(at);
    if (id === END) found.push([]);
    else found.at(-1)!.push(id);
  }
  return found.slice(0, -1);
}

describe('ids of 500 texts are those of transformers', () => {
  it.each(Object.keys(ids))('%s', (kind) => {
    const tokenizer = readTokenizer(path(kind));
    const golden = idsOf(ids[kind]!);
    expect(golden.length).toBe(texts.length);
    for (const [i, text] of texts.entries())
      expect({ text, ids: [...tokenizer.encode(text).ids] }).toEqual({ text, ids: golden[i] });
  });
});
