import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkChoice, checkOptions, nearestWord } from './options.ts';
import { UserError } from './user-error.ts';

interface Options {
  readonly stride?: number;
  readonly padding?: number;
  readonly learningRate?: number;
}
const KNOWN = { stride: 1, padding: 0, learningRate: 0.1 };
const check = (options: object) => checkOptions<Options>('layer', options, KNOWN);

describe('options', () => {
  it('pass where all are known, none needed', () => {
    expect(() => check({})).not.toThrow();
    expect(() => check({ stride: 2, padding: undefined })).not.toThrow();
    expect(() => check(Object.create(null))).not.toThrow();
  });

  it('are refused where one is unknown, with the name that was meant, in both languages', () => {
    try {
      check({ paddng: 1 });
      expect.unreachable();
    } catch (error) {
      expect((error as UserError).localized).toEqual({
        en: 'layer has no option "paddng". Did you mean "padding"? Its options are stride, padding, learningRate.',
        zh: 'layer 没有名为“paddng”的选项。您要写的可能是“padding”。可用的选项有：stride、padding、learningRate。',
      });
    }
  });

  it('are refused where something else stands in their place', () => {
    const here = (value: unknown) => () => check(value as object);
    expect(here(0.1)).toThrow('takes its options as one object, { stride: … }, not 0.1');
    expect(here('same')).toThrow('not "same"');
    expect(here([1, 2])).toThrow('not [1, 2]');
    expect(here(null)).toThrow('not null');
    expect(here(new Map())).toThrow('not Map {…}');
  });

  it('may not hide behind names that every object has', () => {
    expect(() => check({ toString: 1 })).toThrow(UserError);
    expect(() => check(JSON.parse('{"__proto__": 1}'))).toThrow(UserError);
  });

  it('find what was meant by other spellings and the names of other libraries', () => {
    const names = ['learningRate', 'epsilon', 'weightDecay', 'bias', 'stride', 'smoothing', 'ignored'];
    const meant = [
      ['learning_rate', 'learningRate'],
      ['learningrate', 'learningRate'],
      ['lr', 'learningRate'],
      ['eps', 'epsilon'],
      ['weight_decay', 'weightDecay'],
      ['use_bias', 'bias'],
      ['strides', 'stride'],
      ['label_smoothing', 'smoothing'],
      ['ignore_index', 'ignored'],
      ['stirde', 'stride'],
      ['zzz', undefined],
    ] as const;
    for (const [word, name] of meant) expect(nearestWord(word, names)).toBe(name);
  });

  it('find any longer word again that lacks a letter, has one too many, or two swapped', () => {
    const words = ['learningRate', 'outputPadding', 'initializer'];
    fc.assert(
      fc.property(fc.constantFrom(...words), fc.nat(10), fc.nat(2), (word, at, kind) => {
        const [before, after] = [word.slice(0, at), word.slice(at)];
        const wrong = [
          before + after.slice(1),
          `${before}x${after}`,
          before + (after[1] ?? '') + (after[0] ?? '') + after.slice(2),
        ][kind]!;
        expect(nearestWord(wrong, words)).toBe(word);
      }),
    );
  });
});

it('a choice is one of those there are', () => {
  expect(() => checkChoice('conv1d', 'padding', 'same', ['valid', 'same'])).not.toThrow();
  expect(() => checkChoice('conv1d', 'padding', 'SAME', ['valid', 'same'])).toThrow(
    'conv1d: "padding" cannot be "SAME". Did you mean "same"? It can be "valid", "same".',
  );
});
