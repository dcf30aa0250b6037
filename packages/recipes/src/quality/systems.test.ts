import { describe, expect, it } from 'vitest';
import type { EvidenceTable } from './evidence/evidence.ts';
import { joinTables } from './evidence/join.ts';
import { voiceEvidence } from './evidence/voice.ts';
import { PRESETS } from './standard/presets.ts';
import { readStandard } from './standard/standard.ts';
import { changesOf, comparisonsOf, versionsOf } from './versions.ts';

const standard = await readStandard(PRESETS['voice-assistant']!, 'voice-assistant');
const SAID = ['turn on the light', 'play some music please', 'set an alarm for seven', 'call my mother'];
const MISHEARD = ['turn on the night', 'play some music please', 'set an arm for seven', 'call my mother'];

const tableOf = (columns: readonly string[], rows: string[][]): EvidenceTable => ({
  file: 'log',
  columns,
  rows,
  numbers: rows.map((_, i) => i + 1),
});
const read = (table: EvidenceTable) => voiceEvidence(joinTables([table])[0]!, { standard, slices: [] });
const errorsOf = ({ figures }: ReturnType<typeof read>) => {
  const { values } = figures.find(({ id }) => id === 'word_error_rate')!;
  return values.kind === 'ratio' ? [...values.numerator] : [];
};

describe('several systems in one voice log', () => {
  it('side by side are rows of each, in pairs of the same sentence', () => {
    const evidence = read(
      tableOf(
        ['id', 'transcript', 'asr_google', 'asr_whisper'],
        SAID.map((said, i) => [`u${i}`, said, said, MISHEARD[i]!]),
      ),
    );
    expect(evidence.versions!.levels).toEqual(['google', 'whisper']);
    expect(errorsOf(evidence)).toEqual([0, 0, 0, 0, 1, 0, 1, 0]);
    expect([...evidence.clusters!]).toEqual([0, 1, 2, 3, 0, 1, 2, 3]);
    expect([...evidence.rows]).toEqual([1, 2, 3, 4, 1, 2, 3, 4]);
  });

  it('may each have understood something, or stand in a record', () => {
    const labelled = read(
      tableOf(
        ['text', 'intent', 'google_text', 'google_intent', 'siri_text', 'siri_intent'],
        SAID.map((said, i) => [said, `i${i % 2}`, said, `i${i % 2}`, MISHEARD[i]!, 'i0']),
      ),
    );
    const intent = labelled.figures.find(({ id }) => id === 'intent_accuracy')!.values;
    expect(intent.kind === 'ratio' && [...intent.numerator]).toEqual([1, 1, 1, 1, 1, 0, 1, 0]);
    const recorded = read(
      tableOf(
        ['text', 'hypotheses'],
        SAID.map((said, i) => [said, JSON.stringify({ google: said, whisper: MISHEARD[i] })]),
      ),
    );
    expect(recorded.versions!.levels).toEqual(['google', 'whisper']);
  });

  it('three or more are each held against the best, which is corrected for how many there are', () => {
    // Of 40 sentences of four words b mishears one word of five; c mishears each.
    const rows = Array.from({ length: 40 }, (_, i) => {
      const said = `turn on light ${i}`;
      return [said, said, i < 5 ? `turn on night ${i}` : said, `turn off light ${i}`];
    });
    const evidence = read(tableOf(['transcript', 'asr_a', 'asr_b', 'asr_c'], rows));
    const rateOf = ({ measure }: { readonly measure: string }) => measure === 'word_error_rate';
    expect(
      versionsOf(evidence)
        .filter(rateOf)
        .map(({ version }) => version),
    ).toEqual(['a', 'b', 'c']);
    const [b, c] = comparisonsOf(evidence).filter(rateOf);
    expect([b, c]).toMatchObject([
      { best: 'a', version: 'b', figure: 5 / 160, verdict: 'cannot tell' },
      { best: 'a', version: 'c', figure: 1 / 4, verdict: 'worse' },
    ]);
    // Two systems alone would have been told apart.
    const two = read(
      tableOf(
        ['transcript', 'asr_a', 'asr_b'],
        rows.map((row) => row.slice(0, 3)),
      ),
    );
    expect(comparisonsOf(two)).toEqual([]);
    const change = changesOf(two).find(rateOf)!;
    expect(change.verdict).toBe('worse');
    expect(b!.pValue).toBeCloseTo(3 * change.pValue, 9);
  });

  it('below each other are told by their column; one system has none', () => {
    const long = read(
      tableOf(
        ['system', 'reference', 'hypothesis'],
        [...SAID.map((said) => ['a', said, said]), ...SAID.map((said, i) => ['b', said, MISHEARD[i]!])],
      ),
    );
    expect(long.versions).toMatchObject({ name: 'system', levels: ['a', 'b'] });
    const one = read(
      tableOf(
        ['reference', 'hypothesis', 'hypothesis_normalized'],
        SAID.map((said, i) => [said, MISHEARD[i]!, MISHEARD[i]!]),
      ),
    );
    expect(one.versions).toBeUndefined();
    expect(one.rows).toHaveLength(4);
  });
});
