import { existsSync } from 'node:fs';
import { Random } from '@gradus/base';
import { cleanText, isStopWord, readTable, type TextLanguage } from '@gradus/data';
import { adjustedRandIndex, normalizedMutualInformation } from '@gradus/stats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assignClusters } from './assign.ts';
import { type Discovered, discoverClusters } from './discover.ts';
import { matchClusters } from './match.ts';
import { clusterModelFromJson, clusterModelToJson } from './model.ts';
import { contentTokens } from './tokens.ts';

const SUBJECTS = [
  [
    'delivery took {} days',
    'the courier came {} days late',
    'delivery was late by {} days',
    'courier late, delivery slow',
  ],
  [
    'battery lasts {} hours',
    'the battery died after {} hours',
    'battery empty after {} hours',
    'charging the battery takes {} hours',
  ],
  ['味道太咸了', '菜的味道很淡', '味道不好，菜太咸', '这个菜味道咸'],
  [
    'screen has {} scratches',
    'the screen cracked',
    'screen too dark, cracked screen',
    'scratches on the screen',
  ],
];

function clauses(seed: number, subjects = SUBJECTS): { texts: string[]; subject: number[] } {
  const random = new Random(seed);
  const subject = Array.from({ length: 600 }, () => random.below(subjects.length));
  const texts = subject.map((s) => subjects[s]![random.below(4)]!.replace('{}', String(2 + random.below(9))));
  return { texts, subject };
}

const discover = (texts: readonly string[], seed = 0): Discovered =>
  discoverClusters(texts, { random: new Random(seed) });

describe('clusters', () => {
  const { texts, subject } = clauses(1);
  const found = discover(texts);

  it('are what the clauses are about, named by their own words, and leave few clauses out', () => {
    // Finer than the subjects is no fault; mixing them is.
    for (const [i, cluster] of found.assignment.entries())
      expect(cluster, texts[i]).toBeGreaterThanOrEqual(0);
    const subjectsOf = Map.groupBy(subject.keys(), (i) => found.assignment[i]!);
    for (const members of subjectsOf.values()) expect(new Set(members.map((i) => subject[i])).size).toBe(1);
    for (const { name, terms, exemplars } of found.model.clusters) {
      expect(name).not.toBe('');
      const [word] = terms[0]!.split(' ');
      // A phrase may leave out small words between its own: its first characters stand as they are.
      expect(exemplars.some((i) => texts[i]!.includes(word!.slice(0, 2)))).toBe(true);
    }
  });

  it('are the same again, from the same seed and from another', () => {
    expect(discover(texts)).toEqual(found);
    expect(adjustedRandIndex(discover(texts, 9).assignment, found.assignment)).toBeGreaterThan(0.8);
  });

  it('are assigned to the same clauses after being stored', () => {
    const model = clusterModelFromJson(JSON.parse(JSON.stringify(clusterModelToJson(found.model))));
    expect(assignClusters(model, texts).assignment).toEqual(found.assignment);
    expect(assignClusters(model, ['entirely unheard of', '']).assignment).toEqual(Int32Array.of(-1, -1));
  });

  it('are apart from judgements that name nothing, in either language', () => {
    const bare = ['good!', 'not bad', '很不错', '非常好', 'great, love it', '差评', 'excellent'];
    const { model, assignment } = discover([...texts, ...bare]);
    const general = model.clusters.filter(({ general }) => general);
    expect(general).toHaveLength(1);
    expect(general[0]!.size).toBe(bare.length);
    for (const i of bare.keys()) expect(model.clusters[assignment[texts.length + i]!]).toBe(general[0]);
    const again = assignClusters(
      clusterModelFromJson(JSON.parse(JSON.stringify(clusterModelToJson(model)))),
      bare,
    );
    expect(again.assignment).toEqual(assignment.slice(texts.length));
  });

  it('are found again in a later file, one to one, and new ones are new', () => {
    const later = discover(
      clauses(2, [
        ...SUBJECTS.slice(1),
        [
          'refund refused',
          'no refund from support',
          'support refused the refund',
          'asked support for a refund',
        ],
      ]).texts,
    );
    const matches = matchClusters(found.model, later.model);
    expect(new Set(matches.values()).size).toBe(matches.size);
    const byId = (of: Discovered, id: string) => of.model.clusters.find((cluster) => cluster.id === id)!;
    for (const [to, from] of matches) {
      const [a, b] = [byId(later, to), byId(found, from)].map(({ terms }) => terms.join(' ').split(' '));
      expect(
        a!.some((word) => b!.includes(word)),
        `${a} and ${b}`,
      ).toBe(true);
    }
    const unmatched = later.model.clusters.filter(({ id }) => !matches.has(id));
    expect(unmatched.some(({ terms }) => terms.join().includes('refund'))).toBe(true);
    expect(matches.size).toBeGreaterThanOrEqual(3);
  });

  it('are none, or few, where there is little to find', () => {
    expect(discover([]).model.clusters).toEqual([]);
    expect(discover(['...', '!!']).model.clusters).toEqual([]);
    expect(discover(['good food', 'bad food', 'cold food']).model.clusters.length).toBeLessThan(2);
    expect(discover(new Array(200).fill('the same thing')).model.clusters.length).toBeLessThan(3);
  });

  it('never fail, whatever the texts', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 30 }), { maxLength: 80 }), (texts) => {
        const { assignment, model } = discover(texts);
        expect(assignment.length).toBe(texts.length);
        for (const of of assignment) expect(of).toBeLessThan(model.clusters.length);
      }),
      { numRuns: 25 },
    );
  });

  const banking = '../shared/data/banking77/test.csv';
  it.skipIf(!existsSync(banking))(
    'agree with what people sorted by hand (needs ../shared/data)',
    async () => {
      const { rows } = await readTable(banking);
      const categories = [...new Set(rows.map(([, category]) => category))];
      const labels = rows.map(([, category]) => categories.indexOf(category));
      const { assignment } = discover(rows.map(([text]) => cleanText(text!)));
      // LSA and k-means, told that there are 77, reach 0.546.
      expect(normalizedMutualInformation(labels, assignment)).toBeGreaterThan(0.6);
    },
  );
});

describe('clauses of other languages', () => {
  const SAID: Readonly<Record<string, readonly string[]>> = {
    es: [
      'el conductor que me tocó no sabe de la ruta',
      'el precio que cobran es de lo mejor que hay',
      'el servicio de ayuda no responde a los mensajes',
    ],
    fr: [
      'le livreur ne connaît pas la rue et les numéros',
      'le prix est dans la moyenne pour ce que c’est',
      'le service client ne répond pas aux messages',
    ],
    de: [
      'der Fahrer kennt die Strecke und die Straßen nicht',
      'der Preis ist für das was man bekommt sehr gut',
      'der Kundendienst hat auf die Nachrichten nicht geantwortet',
    ],
    id: [
      'supir yang datang tidak tahu jalan di kota ini',
      'harga yang mereka minta sangat murah untuk ini',
      'layanan bantuan tidak membalas pesan yang saya kirim',
    ],
    ru: [
      'водитель который приехал не знает эту дорогу',
      'цена за это очень хорошая для меня',
      'служба поддержки не отвечает на мои сообщения',
    ],
    ja: [
      '運転手は道を知らなかったです',
      '料金がとても安くて良かったです',
      'サポートがメッセージに返信しません',
    ],
  };
  it.each(Object.keys(SAID))('make clusters that no function word names: %s', (language) => {
    const clauses = Array.from({ length: 120 }, (_, i) => `${SAID[language]![i % 3]} ${i}`);
    const { model } = discoverClusters(clauses, { random: new Random(1) });
    expect(model.clusters.length).toBeGreaterThan(1);
    for (const { name } of model.clusters)
      for (const word of name.split(/[ /]+/u))
        expect([name, isStopWord(word, language as TextLanguage)]).toEqual([name, false]);
  });
});

it('words are shown with what only looks like an adverb in front of them', () => {
  const shown = (text: string) => contentTokens(text, 'zh').map(({ surface }) => surface);
  expect(shown('常见问题')).toEqual(['常见', '问题']);
  expect(shown('是否支持更新')).toEqual(['支持', '更新']);
  expect(shown('太慢')).toEqual(['慢']);
});

it('names keep the particle that a word means nothing without', () => {
  const texts = [
    ...new Array(10).fill(0).flatMap(() => ['my top up failed', 'is a top up free?', 'a top up by cheque']),
    ...new Array(30).fill(0).map((_, i) => `where is my new card number ${i}`),
  ];
  const { model } = discoverClusters(texts, { random: new Random(0) });
  const names = model.clusters.map(({ name }) => name).join(' | ');
  expect(names).toMatch(/top up/);
  expect(names).not.toMatch(/top(?! up)/);
});
