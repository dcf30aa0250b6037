/**
 * Writes reviews.csv: reviews of made-up products, with stories planted in them that an analysis should find (README.md
 * lists them). Deterministic: `node generate.ts` gives the committed file again.
 */
import { writeFileSync } from 'node:fs';
import { Random } from '@gradus/base';
import { ASPECTS, GENERAL } from './phrases.ts';

const REVIEWS = 2400;
const MONTHS = 12;
const START = Date.UTC(2025, 0, 1);
const DAY = 86_400_000;
const PRODUCTS = ['Lumo Kettle', 'Lumo Lamp', 'Lumo Blender'] as const;
type Product = (typeof PRODUCTS)[number];

/** How often an aspect is spoken of, relative to the others. `progress`: 0 at the first day, 1 at the last. */
const FREQUENCY: Readonly<Record<string, (product: Product, progress: number) => number>> = {
  delivery: () => 3,
  packaging: (_, progress) => 2.4 - 1.8 * progress,
  heating: (product) => (product === 'Lumo Kettle' ? 2.4 : 0),
  app: (_, progress) => (progress < 8 / MONTHS ? 0.9 : 3.2),
  noise: (product) => (product === 'Lumo Blender' ? 3 : 0.25),
  price: () => 1.6,
  service: () => 1.3,
  smell: (product) => (product === 'Lumo Lamp' ? 0 : 0.9),
  durability: () => 1.2,
  cleaning: (product) => (product === 'Lumo Lamp' ? 0 : 1.1),
  'lid leak': (product, progress) => (product === 'Lumo Kettle' && progress > 9 / MONTHS ? 2.2 : 0),
};

/** How likely a mention is blame. */
const BLAME: Readonly<Record<string, (product: Product, progress: number) => number>> = {
  delivery: () => 0.3,
  packaging: (_, progress) => 0.75 - 0.4 * progress,
  app: (_, progress) => (progress < 8 / MONTHS ? 0.4 : 0.85),
  noise: (product) => (product === 'Lumo Blender' ? 0.8 : 0.3),
  price: () => 0.35,
  service: () => 0.5,
  durability: () => 0.4,
  'lid leak': () => 1,
};

/** Stars that a complaint costs. */
const COST: Readonly<Record<string, number>> = {
  durability: 3,
  app: 2.4,
  service: 2.4,
  'lid leak': 2.7,
  noise: 2,
  price: 1.1,
};
const USUAL_COST = 1.9;
const USUAL_BLAME = 0.4;

export function reviewsCsv(seed = 7): string {
  const random = new Random(seed);
  const lines = ['date,product,stars,review'];
  for (let i = 0; i < REVIEWS; i++) {
    const progress = i / REVIEWS;
    const day = new Date(START + Math.floor(progress * 365) * DAY).toISOString().slice(0, 10);
    const product = PRODUCTS[random.below(PRODUCTS.length)]!;
    const { text, stars } = review(random, product, progress);
    lines.push([day, product, String(stars), text].map(cell).join(','));
  }
  // What real files hold besides.
  lines.splice(400, 0, '2025-03-02,Lumo Kettle,5');
  lines.splice(
    900,
    0,
    ['2025-05-17', 'Lumo Lamp', '1', '<script>alert("hi")</script> the light flickers, bad quality']
      .map(cell)
      .join(','),
  );
  lines.splice(
    1300,
    0,
    ['2025-07-16', 'Lumo Blender', '2', '=HYPERLINK("http://example.invalid","click") too loud']
      .map(cell)
      .join(','),
  );
  lines.splice(
    1700,
    0,
    '2025-09-15,Lumo Kettle,4,',
    '2025-09-15,Lumo Kettle,5,👍👍👍',
    '2025-09-15,Lumo Lamp,5,ok',
  );
  lines.push(...lines.slice(101, 106));
  return `${lines.join('\n')}\n`;
}

function review(random: Random, product: Product, progress: number): { text: string; stars: number } {
  const language = random.uniform() < 0.5 ? 'en' : 'zh';
  const wanted = 1 + random.below(3);
  const chosen = new Set<string>();
  let stars = 4.6 + random.normal(0, 0.4);
  const sentences: string[] = [];
  while (chosen.size < wanted) {
    const aspect = weighted(random, product, progress);
    if (chosen.has(aspect.name)) continue;
    chosen.add(aspect.name);
    const blamed = random.uniform() < (BLAME[aspect.name]?.(product, progress) ?? USUAL_BLAME);
    if (blamed) stars -= (COST[aspect.name] ?? USUAL_COST) * random.uniform(0.7, 1.3);
    else stars += 0.2;
    const phrases = blamed ? aspect.blame : aspect.praise;
    sentences.push(filled(random, phrases[random.below(phrases.length)]![language]));
  }
  const rounded = Math.min(5, Math.max(1, Math.round(stars)));
  if (random.uniform() < 0.35 && rounded !== 3) {
    const general = rounded > 3 ? GENERAL.praise : GENERAL.blame;
    sentences.push(filled(random, general[random.below(general.length)]![language]));
  }
  const text = language === 'en' ? `${sentences.join('. ')}.` : `${sentences.join('。')}。`;
  return { text: random.uniform() < 0.05 ? `${text} ${rounded > 3 ? '😀' : '😡'}` : text, stars: rounded };
}

function weighted(random: Random, product: Product, progress: number): (typeof ASPECTS)[number] {
  const weights = ASPECTS.map(({ name }) => FREQUENCY[name]!(product, progress));
  let left = random.uniform(
    0,
    weights.reduce((a, b) => a + b, 0),
  );
  const at = weights.findIndex((weight) => {
    left -= weight;
    return left < 0;
  });
  return ASPECTS[at]!;
}

const filled = (random: Random, phrase: string): string =>
  phrase.replace(/\{([^}]+)\}/g, (_, words: string) => {
    const choices = words.split('|');
    return choices[random.below(choices.length)]!;
  });

const cell = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

if (process.argv[1] === import.meta.filename)
  writeFileSync(new URL('reviews.csv', import.meta.url), reviewsCsv());
