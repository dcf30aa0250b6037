import { deserialize, serialize } from 'node:v8';
import { Random } from '@gradus/base';
import { describe, expect, it } from 'vitest';
import { clausesOf } from '../clauses.ts';
import type { Clause, Review } from '../review.ts';
import { kindOfFile } from './file-kind.ts';
import { assignThemes, findThemes } from './find-themes.ts';
import { NeedModelSchema, needBalance } from './need-model.ts';

function found(texts: readonly string[]) {
  const reviews = texts.map((text, i): Review => ({ row: i + 1, text }));
  const kind = kindOfFile(reviews);
  const clauses = reviews.flatMap(({ text }, review) =>
    clausesOf(text, kind.isWhole).map((clause): Clause => ({ review, text: clause })),
  );
  const themes = findThemes(reviews, clauses, { kind, random: new Random(0) });
  const themeOf = (text: string) => {
    const at = clauses.findIndex((clause) => clause.text === text.trim());
    const theme = themes.themeOf[at]!;
    return theme < 0 ? null : themes.model.clusters[theme]!.id;
  };
  return { reviews, clauses, ...themes, idOf: themeOf };
}

const REVIEWS = [
  ...new Array(20)
    .fill(0)
    .flatMap((_, i) => [
      `送餐太慢了，等了${i + 1}个小时`,
      `Delivery took ${i + 2} days, far too slow`,
      `味道不错，分量也足 ${i}`,
      `Great taste but a small portion ${i}`,
      `昨天和老公一起 ${i}`,
      `I bought it for my sister ${i}`,
    ]),
];

describe('themes', () => {
  const all = found(REVIEWS);

  it('are needs, each once in both languages', () => {
    const ids = all.model.clusters.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(all.idOf('送餐太慢了，')).toBe('delivery');
    expect(all.idOf('Delivery took 2 days,')).toBe('delivery');
    expect(all.idOf('味道不错，')).toBe('taste');
    expect(all.idOf('Great taste')).toBe('taste');
  });

  it('are none for what is told and not judged', () => {
    expect(all.idOf('昨天和老公一起 3')).toBeNull();
    expect(all.idOf('I bought it for my sister 3')).toBeNull();
  });

  it('are assigned again to the same clauses, one by one', () => {
    const again = assignThemes(
      all,
      all.clauses.map(({ text }) => text),
      all.clauses.map(({ review }) => review),
      all.reviews.map(({ text }) => text),
    );
    expect(again.assignment).toEqual(all.themeOf);
  });

  it('are few in a small file', () => {
    expect(found(REVIEWS.slice(0, 30)).model.clusters.length).toBeLessThanOrEqual(3);
    expect(all.model.clusters.length).toBeLessThanOrEqual(8);
  });

  it('are clusters of what is asked where texts ask', () => {
    const { needs, statements } = found(new Array(60).fill(0).map((_, i) => `Where is my card number ${i}?`));
    expect(needs).toBeNull();
    expect(statements.flat()).toEqual([]);
  });

  it('of a film are what films are judged by: "slow" is no delivery', () => {
    const films = new Array(30)
      .fill(0)
      .flatMap((_, i) => [
        `the plot is dull ${i}`,
        `great acting ${i}`,
        `the story is boring ${i}`,
        `the pace is far too slow ${i}`,
      ]);
    const { needs, model } = found(films);
    expect(needs?.isOfWorks).toBe(true);
    const ids = model.clusters.map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(['story', 'acting', 'pace']));
    expect(ids).not.toContain('delivery');
  });

  it('of books are their story and their print, parcel and price', () => {
    const books = new Array(30)
      .fill(0)
      .flatMap((_, i) => [
        `故事很精彩 ${i}`,
        `作者的文笔很好 ${i}`,
        `印刷模糊 ${i}`,
        `包装破了 ${i}`,
        `盗版书 ${i}`,
      ]);
    const { needs, model } = found(books);
    expect(needs).toMatchObject({ isOfWorks: true, isSold: true });
    const ids = model.clusters.map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(['story', 'writing', 'print', 'packaging', 'authenticity']));
  });

  it('of devices are no rooms or meals, and what is slow there is the device', () => {
    const { needs, model } = found(
      new Array(40)
        .fill(0)
        .flatMap((_, i) => [
          `the app is slow ${i}`,
          `far too slow ${i}`,
          `the battery is great ${i}`,
          `raw photos look great ${i}`,
          i === 0 ? 'the program opens a new window' : `nice screen ${i}`,
        ]),
    );
    expect(needs).toMatchObject({ domains: [], slow: 'performance' });
    const ids = model.clusters.map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(['app', 'performance', 'battery']));
    for (const id of ['food', 'taste', 'room', 'delivery']) expect(ids).not.toContain(id);
  });
});

it('what is said of needs is the same of stored statements', () => {
  const { statements } = found(['A great evening, but the delivery was late', '味道好吃']);
  const stored = deserialize(serialize(statements)) as typeof statements;
  expect(stored.map(needBalance)).toEqual(statements.map(needBalance));
  expect(stored.map(needBalance)).toEqual([0, -1, 1]);
});

it('a packaging is to be packed better, not to be sturdier', () => {
  const { statements } = found(['The packaging was crushed and broken', 'The handle broke']);
  const [packaging, handle] = statements.map(
    (said) => said.find(({ judgement }) => judgement.id === 'broken')!,
  );
  expect(packaging!.judgement.fix.en).toMatch(/^Pack it/);
  expect(handle!.judgement.fix.en).toMatch(/sturdier/);
});

it('what touches is a film as a whole, what bores its story, and what happens in minutes is no pace', () => {
  const films = found([
    'A touching film',
    'The story is touching',
    'Predictable from the start',
    'The acting is superb',
    'Early on a few minutes of fun',
    'Far too slow',
  ]);
  expect(
    films.statements.map((said) => said.map(({ about, judgement }) => `${about.id} ${judgement.id}`)),
  ).toEqual([['whole boring'], ['story boring'], ['story boring'], ['acting bad'], [], ['pace slow']]);
});

it('a thin story is no thin cloth', () => {
  const films = found(['The story is thin', 'Wooden acting', 'The acting is superb', 'The plot drags']);
  expect(films.statements[0]!.map(({ about, judgement }) => `${about.id} ${judgement.id}`)).toEqual([
    'story shallow',
  ]);
});

it('what is too small is the portion where people eat, and the size of clothes', () => {
  const ofFood = found([...REVIEWS, '饼好小啊', 'It is far too small', '都装在一个盒里挤着']);
  const saying = (all: ReturnType<typeof found>, text: string) =>
    all.statements[all.clauses.findIndex((clause) => clause.text === text)]!.map(
      ({ about, judgement }) => `${about.id} ${judgement.id}`,
    );
  expect(saying(ofFood, '饼好小啊')).toEqual(['food little']);
  expect(saying(ofFood, 'It is far too small')).toEqual(['portion little']);
  expect(saying(ofFood, '都装在一个盒里挤着')).toEqual(['size too-small']);
  const ofClothes = found(['裤子太小了', '面料很薄', '颜色好看', '袖子太长']);
  expect(saying(ofClothes, '裤子太小了')).toEqual(['size too-small']);
});

it('where people stay, too little is no portion and convenient no program', () => {
  const all = found([
    ...['The room was clean', 'Great location', 'The lobby elevator was broken', '房间很大'],
    'Not enough',
    'Very convenient',
    'The breakfast is not enough',
  ]);
  const about = (text: string) =>
    all.statements[all.clauses.findIndex((clause) => clause.text === text)]!.map(({ about }) => about.id);
  expect(about('Not enough')).toEqual(['whole']);
  expect(about('Very convenient')).toEqual(['whole']);
  expect(about('The breakfast is not enough')).toEqual(['food']);
});

it('a late driver is a late delivery, a slow waiter is not', () => {
  const all = found(['The driver was late', 'The waiter was slow']);
  expect(all.statements.map((said) => said.map(({ about }) => about.id))).toEqual([['delivery'], ['staff']]);
});

describe('themes of a file of another kind than its words seem', () => {
  const clothes = found(
    new Array(40)
      .fill(0)
      .flatMap((_, i) => [
        `I love this dress ${i}`,
        `This dress is gorgeous and the pockets are great ${i}`,
        `the fabric is soft and easy to wear ${i}`,
        `there is room in the shoulders, I paired it with boots ${i}`,
        `it is kind of long and hangs beautifully ${i}`,
      ]),
  );
  const ids = clothes.model.clusters.map(({ id }) => id);

  it('are parts of the thing, and not the thing that is pointed at', () => {
    expect(ids).toContain('noun-pocket');
    expect(ids).not.toContain('noun-dress');
  });

  it('are none that only words of other senses name', () => {
    expect(clothes.needs).toMatchObject({ domains: [], slow: null, isOperated: false });
    for (const id of ['room', 'app', 'staff', 'interface', 'working']) expect(ids).not.toContain(id);
  });

  it('hold what is judged of a need that is told of all the time', () => {
    const all = found(
      new Array(40)
        .fill(0)
        .flatMap((_, i) => [
          `再打电话到前台 ${i}`,
          `打电话问了一下 ${i}`,
          `电话打不通 ${i}`,
          `房间很干净 ${i}`,
          `于是又打电话 ${i}`,
        ]),
    );
    expect(all.needs?.told).toContain('contact');
    expect(all.idOf('打电话问了一下 3')).not.toBe('contact');
    expect(all.idOf('电话打不通 3')).toBe('contact');
  });
});

describe('what cannot be said of a need', () => {
  const all = found(
    new Array(30)
      .fill(0)
      .flatMap((_, i) => [
        `the fabric is soft ${i}`,
        `the colour is lovely ${i}`,
        `the sleeves shrank ${i}`,
        `the design is boring ${i}`,
        `the price is fair ${i}`,
      ]),
  );
  const saying = (text: string) =>
    all.statements[all.clauses.findIndex((clause) => clause.text === text)]!.map(
      ({ about, judgement }) => `${about.id} ${judgement.id}`,
    );

  it('is about what it implies, or plain blame', () => {
    expect(saying('the sleeves shrank 1')).toEqual(['material fades']);
    expect(saying('the design is boring 1')).toEqual(['looks bad']);
  });
});

it('of flights are trips, luggage and seats; bags of other files are none', () => {
  const flights = found(
    new Array(40)
      .fill(0)
      .flatMap((_, i) => [
        `my flight was delayed ${i}`,
        `they lost my luggage ${i}`,
        `the seat is cramped ${i}`,
        `flight cancelled again ${i}`,
      ]),
  );
  expect(flights.needs?.domains).toEqual(['travel']);
  expect(flights.idOf('my flight was delayed 3')).toBe('trips');
  expect(
    flights.statements[flights.clauses.findIndex(({ text }) => text === 'my flight was delayed 3')]!.map(
      ({ judgement }) => judgement.id,
    ),
  ).toEqual(['late-trip']);
  expect(found(['The bag is torn', 'A cheap bag', 'The fabric is soft']).needs?.domains).toEqual([]);
});

it('a run of before parcels were a domain still knows its deliveries', () => {
  const { told: _, ...before } = found(REVIEWS).needs!;
  const read = NeedModelSchema.parse({ ...before, domains: ['food'] });
  expect(read.domains).toEqual(['food', 'parcels']);
  expect(NeedModelSchema.parse({ ...read, domains: ['food'], told: [] }).domains).toEqual(['food']);
});
