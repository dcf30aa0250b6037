/** When a sheet is a copy of an original. */
import { Vocabulary } from '@gradus/tasks';
import { describe, expect, it } from 'vitest';
import { type SheetRules, sheets } from './sheets.ts';

const rules = (isTold: boolean): SheetRules => ({
  fields: [
    { kind: 'text', name: 'name', longest: 8 },
    { kind: 'choice', name: 'rarity', values: ['Common', 'Rare'], mayLack: false },
  ],
  columns: ['name', 'rarity'],
  balances: [],
  stated: [],
  isTold,
});
const sheet = (name: string, rarity: string): string => JSON.stringify({ name, rarity });
const ORIGINALS = [sheet('Rope', 'Common'), sheet('Ring', 'Rare'), sheet('Cup', 'Rare')];

describe('a sheet', () => {
  it('is a copy where it is called like an original, or differs from one in nothing else', () => {
    const isCopy = (item: string, isTold: boolean) => sheets.nearest(item, ORIGINALS, rules(isTold)).isCopy;
    expect(isCopy(sheet('ring', 'Common'), false)).toBe(true);
    expect(isCopy(sheet('Lamp', 'Rare'), true)).toBe(true);
    // Originals that differ in their names alone show that equal fields are no copy.
    expect(isCopy(sheet('Lamp', 'Rare'), false)).toBe(false);
  });

  it('that would be a copy is drawn again', () => {
    const own = rules(false);
    const sequences = ORIGINALS.map((item) => sheets.sequenceOf(item, own));
    const vocabulary = Vocabulary.of([...sequences, 'La']);
    const isOpen = sheets.isOpen!(own, vocabulary, ORIGINALS)!;
    const tokens = (item: string) => vocabulary.encode(sheets.sequenceOf(item, own));
    expect(isOpen(tokens(ORIGINALS[0]!), true)).toBe(false);
    expect(isOpen(tokens(sheet('Ripe', 'Rare')), true)).toBe(true);
    expect(isOpen(tokens(ORIGINALS[0]!).slice(0, 2), false)).toBe(true);
  });
});
