/** Each figure that a preset names is said in both languages, measured or not. */
import { expect, it } from 'vitest';
import { figureTitle } from './figure-titles.ts';
import { PRESETS } from './presets.ts';
import { readStandard } from './standard.ts';

it.each(Object.entries(PRESETS))('figures of %s have titles', async (name, text) => {
  const { characteristics } = await readStandard(text!, name);
  const figures = characteristics.flatMap((characteristic) => characteristic.figures);
  expect(figures.length).toBeGreaterThan(0);
  for (const { figure } of figures) expect(figureTitle(figure).zh).toMatch(/\p{Script=Han}/u);
});

it('a figure of a standard of one’s own is called by its name', () => {
  expect(figureTitle('cups_spilled')).toEqual({ en: 'cups spilled', zh: 'cups spilled' });
});
