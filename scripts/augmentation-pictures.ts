/**
 * The pictures of docs/augmentation.md, and its table of texts: what each augmentation makes of images, sounds, series and texts
 * that are made here. The same every time: run it again when an augmentation changes.
 *
 *     node scripts/augmentation-pictures.ts
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from '@gradus/base';
import { wordVectors } from '@gradus/classical';
import {
  augmentImages,
  augmentText,
  blur,
  colour,
  crop,
  cutout,
  fitTfidf,
  flip,
  type ImageStep,
  type Images,
  imageSheet,
  jitter,
  joinImages,
  magnitudeWarp,
  mixup,
  noise,
  randAugment,
  readTable,
  rotate,
  type SeriesStep,
  type SoundStep,
  type Spectrogram,
  scale,
  shift,
  specAugment,
  synonyms,
  type TextStep,
  timeWarp,
  windowSlice,
  wordDropout,
  wordSwap,
  words,
} from '@gradus/data';
import sharp from 'sharp';

const DOCS = new URL('../docs/', import.meta.url).pathname;
const PICTURES = join(DOCS, 'augmentation');
const DRAWS = 6;

/** What the augmentation makes of one image, in epochs 1, 2, …: after the image itself. */
const IMAGE_STEPS: Readonly<Record<string, ImageStep>> = {
  flip: flip(),
  crop: crop({ padding: 10 }),
  rotate: rotate({ degrees: 25 }),
  scale: scale({ factors: [0.7, 1.4] }),
  colour: colour({ brightness: 0.3, contrast: 0.3, saturation: 0.6, hue: 20 }),
  blur: blur({ sigma: [0.5, 2.5], probability: 0.8 }),
  cutout: cutout({ size: 24 }),
  'rand-augment': randAugment(),
};

/** A kettle on a table, and a cup: drawn, not photographed. */
const DRAWINGS = [
  `<rect width="64" height="64" fill="url(#g)"/><rect y="50" width="64" height="14" fill="#8a5a33"/><path d="M18 50 L22 24 Q32 14 42 24 L46 50 Z" fill="#c43c3c"/><path d="M44 28 Q58 26 52 14" stroke="#c43c3c" stroke-width="5" fill="none"/><path d="M22 28 Q6 34 19 46" stroke="#333" stroke-width="4" fill="none"/><circle cx="32" cy="15" r="3" fill="#333"/>`,
  `<rect width="64" height="64" fill="url(#g)"/><rect y="48" width="64" height="16" fill="#4c7a4c"/><path d="M18 22 H44 L41 50 H21 Z" fill="#f2efe4"/><path d="M43 28 Q56 28 52 38 Q49 45 42 43" stroke="#f2efe4" stroke-width="4" fill="none"/><ellipse cx="31" cy="22" rx="13" ry="4" fill="#5b3a1e"/>`,
] as const;

async function drawnImages(): Promise<Images> {
  const sky =
    '<defs><linearGradient id="g" x2="0" y2="1"><stop stop-color="#9cc9e8"/><stop offset="1" stop-color="#f6e8c8"/></linearGradient></defs>';
  const one = async (drawing: string, label: number): Promise<Images> => {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64">${sky}${drawing}</svg>`;
    const data = await sharp(Buffer.from(svg)).removeAlpha().raw().toBuffer();
    const pixels = Uint8Array.from(
      { length: data.length },
      (_, i) => data[(i % 4096) * 3 + Math.floor(i / 4096)]!,
    );
    return {
      count: 1,
      channels: 3,
      height: 64,
      width: 64,
      pixels,
      labels: Uint8Array.of(label),
      classes: ['kettle', 'cup'],
    };
  };
  return joinImages([await one(DRAWINGS[0], 0), await one(DRAWINGS[1], 1)]);
}

async function writeImages(): Promise<void> {
  const images = await drawnImages();
  const first = augmentImages(images, [0], [], { random: new Random(0), epoch: 0 });
  const strip = async (name: string, draw: (epoch: number) => Images) => {
    const draws = Array.from({ length: DRAWS }, (_, i) => draw(i + 1));
    const sheet = await imageSheet(joinImages([first, ...draws]), DRAWS + 1, 1);
    writeFileSync(
      join(PICTURES, `${name}.png`),
      await sharp(sheet).png({ palette: true, colours: 96 }).toBuffer(),
    );
  };
  const random = new Random('pictures');
  for (const [name, step] of Object.entries(IMAGE_STEPS))
    await strip(name, (epoch) => augmentImages(images, [0], [step], { random, epoch }));
  await strip('mixup', (epoch) => ({
    ...mixup(images, [0], [], { random, epoch, alpha: 1 }).images,
    labels: Uint8Array.of(0),
  }));
}

/** A line before, grey, and after, blue. */
function lines(name: string, before: ArrayLike<number>, after: ArrayLike<number>): string {
  const [width, height, most] = [420, 90, 1.6];
  const path = (values: ArrayLike<number>) =>
    Array.from(values, (value, i) => {
      const x = (i / (values.length - 1)) * width;
      return `${x.toFixed(1)} ${(height / 2 - (value / most) * (height / 2)).toFixed(1)}`;
    }).join(' ');
  const line = (values: ArrayLike<number>, colour: string) =>
    `<polyline points="${path(values)}" fill="none" stroke="${colour}" stroke-width="1.3"/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><title>${name}</title><rect width="${width}" height="${height}" fill="#fff"/>${line(before, '#b4b4b4')}${line(after, '#2f5fa7')}</svg>\n`;
}

const SERIES_STEPS: Readonly<Record<string, SeriesStep>> = {
  jitter: jitter(0.1),
  'magnitude-warp': magnitudeWarp({ deviation: 0.35 }),
  'time-warp': timeWarp({ deviation: 0.3 }),
  'window-slice': windowSlice(0.6),
};
const SOUND_STEPS: Readonly<Record<string, SoundStep>> = { noise: noise([10, 10]), shift: shift(60) };

function writeLines(): void {
  // Two weeks of a shop's sales, by hour of opening; and a struck bell.
  const sales = Float32Array.from(
    { length: 140 },
    (_, i) => Math.sin((i % 10) * 0.34) * (i % 70 > 48 ? 1.2 : 0.7) - 0.3,
  );
  for (const [name, step] of Object.entries(SERIES_STEPS)) {
    const { values } = step(
      { steps: sales.length, channels: 1, values: sales },
      new Random(`series ${name}`),
    );
    writeFileSync(join(PICTURES, `${name}.svg`), lines(name, sales, values));
  }
  const bell = Float32Array.from({ length: 260 }, (_, i) =>
    i < 70 ? 0 : 1.3 * Math.sin(i * 0.7) * Math.exp(-(i - 70) / 60),
  );
  for (const [name, step] of Object.entries(SOUND_STEPS))
    writeFileSync(
      join(PICTURES, `${name}.svg`),
      lines(name, bell, step(bell, new Random(`sound ${name} 2`))),
    );
}

/** A rising and falling voice: harmonics along a curve, some louder than others. */
function voice(): Spectrogram {
  const [frames, bins] = [160, 64];
  const values = Float32Array.from({ length: frames * bins }, (_, at) => {
    const [frame, bin] = [Math.floor(at / bins), at % bins];
    const pitch = 6 + 2.5 * Math.sin(frame / 22);
    const loud = Math.max(0, Math.sin((frame / frames) * 3 * Math.PI) ** 2);
    const harmonics = [1, 2, 3, 4, 5, 6, 7].map(
      (n) => Math.exp(-(((bin - n * pitch) / 1.4) ** 2)) / n ** 0.6,
    );
    return loud * harmonics.reduce((a, b) => a + b, 0);
  });
  return { frames, bins, values };
}

async function writeSpectrograms(): Promise<void> {
  const before = voice();
  const step = specAugment({ warp: 20, bandWidth: 12, stretchLength: 24 });
  const all = [before, step(before, new Random('a')), step(before, new Random('c'))];
  const gap = 4;
  const width = all.length * (before.frames + gap) - gap;
  const shades = new Uint8Array(width * before.bins).fill(255);
  for (const [i, { values, frames, bins }] of all.entries()) {
    for (let frame = 0; frame < frames; frame++) {
      for (let bin = 0; bin < bins; bin++) {
        const shade = Math.max(0, 235 - 220 * values[frame * bins + bin]!);
        shades[(bins - 1 - bin) * width + i * (frames + gap) + frame] = shade;
      }
    }
  }
  const image = sharp(shades, { raw: { width, height: before.bins, channels: 1 } });
  writeFileSync(
    join(PICTURES, 'spec-augment.png'),
    await image.png({ palette: true, colours: 32 }).toBuffer(),
  );
}

const TEXTS = [
  'The kettle boils fast and the handle stays cool, but the lid leaks.',
  '水壶烧水很快，手柄不烫，就是盖子漏水。',
];

/** Learnt from the reviews of examples/, as a user would from their own texts. */
async function embedding() {
  const { columns, rows } = await readTable(
    new URL('../examples/reviews/reviews.csv', import.meta.url).pathname,
  );
  const documents = rows.map((row) => words(row[columns.indexOf('review')]!));
  const { terms } = fitTfidf(documents, { minDocuments: 5 });
  const { vectors } = wordVectors(documents, terms, {
    dimensions: 40,
    window: 2,
    random: new Random('words'),
  });
  return { words: terms, vectors };
}

async function writeTexts(): Promise<void> {
  const steps: Readonly<Record<string, TextStep>> = {
    'wordDropout(0.2)': wordDropout(0.2),
    'wordSwap(0.2)': wordSwap(0.2),
    'synonyms(embedding, { probability: 0.5, similarity: 0.7 })': synonyms(await embedding(), {
      probability: 0.5,
      similarity: 0.7,
    }),
  };
  const random = new Random('texts');
  const rows = TEXTS.flatMap((text, row) =>
    Object.entries(steps).map(([name, step]) => {
      const made = [1, 2].map((epoch) => augmentText(text, [step], { random, epoch, row }));
      return `| \`${name}\` | ${text} | ${made.join(' <br> ')} |`;
    }),
  );
  for (const name of ['augmentation.md', 'augmentation.zh-CN.md']) {
    const page = readFileSync(join(DOCS, name), 'utf8');
    const between = /(<!-- texts -->\n[^\n]*\n[^\n]*\n).*?(<!-- \/texts -->)/s;
    if (!between.test(page)) throw new Error(`${name} has no table of texts`);
    writeFileSync(
      join(DOCS, name),
      page.replace(between, (_, head, end) => `${head}${rows.join('\n')}\n\n${end}`),
    );
  }
}

mkdirSync(PICTURES, { recursive: true });
await writeImages();
writeLines();
await writeSpectrograms();
await writeTexts();
