/** No op is forgotten: each has an answer for each pass, by a rule or by a reason for having none. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PASSES } from '../testing/op-coverage/passes.ts';
import { REASONS_OF } from '../testing/op-coverage/reasons.ts';
import { answerOf, opsPage, passNames } from '../testing/op-coverage/table.ts';
import '../index.ts';
import { opNames } from './registry.ts';

describe('every declared op', () => {
  it.each(passNames)('has an answer for the pass "%s" (else: testing/op-coverage/reasons.ts)', (pass) => {
    expect(opNames().filter((op) => answerOf(op, pass) === undefined)).toEqual([]);
  });

  it('stands in the table, and the table holds no others', () => {
    expect([...REASONS_OF.keys()].sort()).toEqual(opNames().sort());
  });

  it('stands in docs/ops.md as it is now (else: npm run generate)', () => {
    const page = readFileSync(new URL('../../../../docs/ops.md', import.meta.url), 'utf8');
    expect(page).toBe(opsPage());
  });
});

describe('a pass', () => {
  it.each([
    ['gradient', 'MatMul', 'rule'],
    ['gradient', 'LSTM', 'expansion'],
    ['gradient', 'TensorScatter', 'refusal'],
    ['gradient', 'ArgMax', undefined],
    ['training', 'Dropout', 'rule'],
    ['sizes', 'Shape', 'rule'],
    ['batchAxis', 'Relu', 'rule'],
    ['flops', 'Conv', 'rule'],
    ['blocks', 'BatchNormalization', 'rule'],
    ['loop', 'Sqrt', 'rule'],
    ['loop', 'Exp', undefined],
    ['upgrade', 'Squeeze', 'rule'],
  ] as const)('"%s" answers for %s: %s', (pass, op, answer) => expect(PASSES[pass].answer(op)).toBe(answer));
});
