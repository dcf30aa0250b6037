import { expect, it } from 'vitest';
import { answeredAsSaid, type Need } from './needs.ts';

it('finds what the standard says of a need by its name in either language, or in both at once', () => {
  const need = (en: string, zh: string): Need => ({ name: { en, zh }, weight: 1, answeredBy: {} });
  const said = (name: string): Need => ({ ...need(name, name), answeredBy: { Speed: 9 } });
  for (const name of ['Delivery', '配送', 'Delivery / 配送'])
    expect(answeredAsSaid([need('Delivery', '配送')], [said(name)])[0]!.answeredBy).toEqual({ Speed: 9 });
  expect(answeredAsSaid([need('Delivery', '配送')], [said('Taste')])[0]!.answeredBy).toEqual({});
});
