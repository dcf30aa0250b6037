import { Random } from '@gradus/base';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { balanceReader, balancesOf, outOfBalance } from './balance.ts';
import { readSheets, type Sheet } from './fields.ts';
import { brokenRule, readStatedRules } from './stated-rules.ts';
import { SheetGrammar } from './tokens.ts';

const COLUMNS = ['name', 'level', 'class', 'rank', 'health', 'armour', 'traits', 'speed'];

/** Health follows from the level, the rank is the level by another name. */
function monsters(count: number): string[][] {
  const random = new Random(3);
  return Array.from({ length: count }, (_, i) => {
    const level = 1 + random.below(9);
    const kinds = ['beast', 'dragon', 'undead'];
    const traits = ['Flies', 'Swims', 'Burns'].filter(() => random.below(2) === 0).map((name) => ({ name }));
    return [
      `Monster ${'kalomiren'.slice(i % 5)}${i}`,
      String(level),
      kinds[random.below(3)]!,
      level > 5 ? 'elite' : 'common',
      String(10 * level + random.below(5)),
      JSON.stringify([{ value: 10 + (level >> 1), type: 'natural' }]),
      JSON.stringify(traits),
      JSON.stringify({ walk: `${10 * (1 + random.below(3))} ft.` }),
    ];
  });
}

const { fields, sheets } = readSheets(COLUMNS, monsters(120));

describe('fields of sheets', () => {
  it('are told apart: numbers, choices, lists by name, nested ones, the name, and what another one decides', () => {
    expect(Object.fromEntries(fields.map(({ name, kind }) => [name, kind]))).toEqual({
      name: 'text',
      level: 'number',
      class: 'choice',
      rank: 'derived',
      health: 'number',
      'armour.value': 'derived',
      // It never changes, so that anything decides it.
      'armour.type': 'derived',
      traits: 'list',
      'speed.walk': 'choice',
    });
    expect(sheets[0]!.traits).toEqual(expect.arrayContaining([]));
  });

  it('left out are long texts and addresses, which is said', () => {
    const rows = monsters(40).map((row, i) => [
      ...row,
      `/monsters/${i}.png`,
      `A long story ${'of it '.repeat(20)}${i}`,
    ]);
    const { fields, notes } = readSheets([...COLUMNS, 'image', 'story'], rows);
    expect(fields.map(({ name }) => name)).not.toContain('image');
    expect(notes.map(({ en }) => en).join(' ')).toContain('2 fields left out');
  });
});

describe('the grammar of sheets', () => {
  const grammar = new SheetGrammar(fields);

  it('gives every sheet back, and allows each of its tokens', () => {
    for (const sheet of sheets) {
      const sequence = [...grammar.sequenceOf(sheet)];
      expect(grammar.sheetOf(sequence.join(''))).toEqual(sheet);
      expect(sequence.length).toBeLessThanOrEqual(grammar.longest);
      for (const [at, character] of sequence.entries())
        expect(grammar.next(sequence.slice(0, at))(character)).toBe(true);
      expect(grammar.next(sequence)('')).toBe(true);
    }
  });

  it('lets only sheets be drawn, and those as they are wished', () => {
    const characters = ['', ...new Set(sheets.flatMap((sheet) => [...grammar.sequenceOf(sheet)]))];
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.constantFrom('common', 'elite'), (seed, rank) => {
        const random = new Random(seed);
        const drawn: string[] = [];
        for (;;) {
          const isAllowed = grammar.next(drawn, { rank, class: 'dragon', traits: 'Burns' });
          const allowed = characters.filter(isAllowed);
          const character = allowed[random.below(allowed.length)]!;
          if (character === '') break;
          drawn.push(character);
        }
        const sheet = grammar.sheetOf(drawn.join(''));
        expect([sheet.rank, sheet.class]).toEqual([rank, 'dragon']);
        expect(sheet.traits).toContain('Burns');
        for (const field of fields)
          if (field.kind === 'number') expect(field.values).toContain(sheet[field.name]);
      }),
      { numRuns: 50 },
    );
  });
});

describe('rules of sheets', () => {
  it('are those that people state, compared as numbers or words, with a condition', () => {
    const rules = readStatedRules(
      '# ours\nhealth > level\nif rank = "elite" then health >= 60\n如果 class = dragon 则 traits = Flies\n',
      'rules.txt',
      fields.map(({ name }) => name),
    );
    const sheet: Sheet = { level: 6, health: 70, rank: 'elite', class: 'beast', traits: [] };
    expect(brokenRule(sheet, rules)).toBeUndefined();
    expect(brokenRule({ ...sheet, health: 50 }, rules)!.en).toContain('if rank = "elite"');
    expect(brokenRule({ ...sheet, class: 'dragon' }, rules)!.en).toContain('traits = Flies');
  });

  it.each([
    ['helth > 3', 'rules.txt:1: there is no field "helth"'],
    ['\nbe strong', 'rules.txt:2: "be strong" is no rule'],
  ])('name what they do not know: %j', (text, message) => {
    expect(() => readStatedRules(text, 'rules.txt', ['health'])).toThrow(message);
  });

  it('a number that the others foretell has to go with them', async () => {
    const balances = await balancesOf(fields, sheets, new Random(0));
    expect(balances.map(({ field }) => field)).toContain('health');
    const read = balanceReader(balances, fields);
    const strong = sheets.find((sheet) => sheet.level === 9)!;
    expect(outOfBalance(strong, read(strong))).toBeUndefined();
    const weak = { ...strong, health: 12 };
    expect(outOfBalance(weak, read(weak))!.en).toContain('out of balance: ');
  });
});
