import { describe, expect, it } from 'vitest';
import { readStandard } from '../standard/standard.ts';
import { samplingSection } from './sampling.ts';

const sectionOf = async (sampling: string) =>
  JSON.stringify(
    samplingSection(
      await readStandard(
        `characteristics: [{characteristic: Fit, figures: [{figure: cpk, at_least: 1}]}]\nsampling: {${sampling}}`,
        'standard.yaml',
      ),
    ),
  );

describe('the sampling plans of a standard', () => {
  it('are given for each inspection, with two samples, and by measurements', async () => {
    const section = await sectionOf('lot: 2000, aql: 1');
    for (const words of ['125 (K)', '50 (K)', '80 + 80 (K)', 'k', 'ISO 3951-1', '加严检验，二次抽样'])
      expect(section).toContain(words);
    // ANSI/ASQ Z1.9, letter K: 50 units, 1.93.
    expect(section).toContain('1.93 sample deviations');
  });

  it('say which inspection the next lot gets', async () => {
    expect(await sectionOf('lot: 2000, aql: 1, found: [4, 0, 4]')).toContain('gets tightened inspection');
    expect(await sectionOf('lot: 2000, aql: 1, found: [4, 4, 3, 3, 3, 3, 3]')).toContain('暂停检验，直至');
    const ten = `found: [${'0, '.repeat(10)}]`;
    expect(await sectionOf(`lot: 2000, aql: 1, ${ten}`)).toContain('30 points of 30');
    expect(await sectionOf(`lot: 2000, aql: 1, may_reduce: true, ${ten}`)).toContain(
      'gets reduced inspection',
    );
  });

  it('count defects where the AQL is above ten', async () => {
    const section = await sectionOf('lot: 100, aql: 250');
    expect(section).toContain('250 defects per hundred');
    expect(section).not.toContain('by measurements');
  });
});
