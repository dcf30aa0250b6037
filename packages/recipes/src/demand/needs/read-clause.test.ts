import { describe, expect, it } from 'vitest';
import { GENERIC_WORDS } from './lexicon/generic-words.ts';
import { JUDGEMENTS } from './lexicon/judgements.ts';
import { NEEDS } from './lexicon/needs.ts';
import { readClause } from './read-clause.ts';

/** "need judgement", with a minus for blame and a plus for praise. */
function said(text: string): string[] {
  const { statements } = readClause(text, /\p{Script=Han}/u.test(text) ? 'zh' : 'en');
  return statements.map(
    ({ need, noun, judgement, isBlame }) =>
      `${isBlame ? '-' : '+'}${need?.id ?? noun ?? 'whole'} ${judgement.id}`,
  );
}

describe('a clause', () => {
  it.each([
    ['送餐太慢了', ['-delivery slow']],
    ['Delivery was late again', ['-delivery slow']],
    ['等了两个小时', ['-delivery slow']],
    ['米饭太咸', ['-taste salty']],
    ['隔音差', ['-noise noisy']],
    ['电话打不通', ['-contact unanswered']],
    ['The lid leaks after a month', ['-leak leaks']],
    ['太贵了', ['-price expensive']],
    ['Overpriced', ['-price expensive']],
    ['煎饼都凉了', ['-food cold']],
    ['The app keeps crashing', ['-app crashes']],
    ['味道一般', ['-taste mediocre']],
    ['送餐时间也太长了', ['-delivery slow']],
    ['送餐少', ['-whole little']],
    ['the fabric is thin', ['-material thin']],
    ['不是很好吃', ['-taste bad-taste']],
    ['不是特别好吃', ['-taste bad-taste']],
    ['里面的肥肉坏了', ['-food broken']],
    ['The battery dies after two hours', ['-battery broken']],
    ['The battery only gives six hours', ['-battery short-lived']],
    ['I took the netbook out of its box', []],
    ['The soup was luke warm', ['-food cold']],
    ['The computer shuts itself off', ['-working crashes']],
    ['We would not recommend it', ['-whole bad']],
    ['The battery gives no trouble', ['+battery fails']],
    ['They do not care about customers', ['-staff rude']],
    ['A kind of soup', []],
    ['The parcel came after three days', ['-delivery slow']],
    ['The screen flickers when it is cold', ['-screen fails']],
    ['客服回复很及时', ['+contact slow-answer']],
    ['Support answered within minutes', ['+contact slow-answer']],
    ['The support team was slow to respond', ['-contact slow-answer']],
    ['来的时候全都漏了', ['-leak leaks']],
    ['居然还没送过来', ['-delivery undelivered']],
    ['根本就没给我送到', ['-delivery undelivered']],
    ['19点15送到', ['-delivery slow']],
    ['预计一点半才送来', ['-delivery slow']],
    ['味道和以前完全不一样', ['-taste worse']],
    ['订单还取消不了', ['-refund no-cancelling']],
    ['You cannot cancel once you have paid', ['-refund no-cancelling']],
    ['没看到一点芝士', ['-order missing']],
    ['辣油根本喝不了', ['-taste bad-taste']],
    ['这不是欺骗消费者嘛', ['-honesty deceptive']],
    ['这不是骗人', ['+honesty deceptive']],
    ['实在是受不了', []],
    ['a tear-jerking finale', []],
    ['尺码偏小', ['-size too-small']],
    ['就是送的比较晚', ['-delivery slow']],
    ['配餐有误', ['-order wrong']],
    ['手机始终无法接通', ['-contact unanswered']],
    ['菜量太少了', ['-portion little']],
    ['还是不错的', ['+whole bad']],
    ['应该是个不错的住地', ['+whole bad']],
    ['送来的东西是错的', ['-order wrong']],
    ['正好到这里出差', []],
    ['步行十分钟', []],
    ['只能扔掉了', []],
    ['值得一读', []],
    ['不足的是停车', []],
    ['和照片相差很远', []],
    ['隔音效果太差', ['-noise noisy']],
    ['很值得', ['+price expensive']],
    ['worth watching', []],
    ['太烂了', ['-whole bad']],
    ['米饭少了点', ['-food little']],
    ['一次比一次少了', ['-portion little']],
    ['送来还少了一个', ['-order missing']],
    ['美中不足就是没有保温箱', []],
    ['这个价格确实也不能期望太高', []],
    ['The sleeves are too tight', ['-size too-small']],
  ])('%s', (text, expected) => {
    expect(said(text)).toEqual(expected);
  });

  it.each([
    ['The sleeves are way too long', ['-size too-large']],
    ['The delivery took too long', ['-delivery slow']],
    ['I could not zip it up', ['-size too-small']],
    ['completely see through', ['-material thin']],
    ['a cheap plastic thing', ['-material thin']],
    ['A button fell off', ['-quality broken']],
    ['Arrived with a stain', ['-hygiene dirty']],
    ['It does not look like this in real life', ['-description different']],
    ['It looks like a picnic', []],
    ['The battery only lasts an hour', ['-battery short-lived']],
    ['They charged me after I cancelled', ['-fees wrong-charge']],
    ['办理入住等了很久', ['-queue slow']],
    ['热水忽冷忽热', ['-facilities fails']],
    ['房间没有窗户', ['-facilities no-facilities']],
    ['离车站很远', ['-location far']],
    ['床垫太硬', ['-comfort uncomfortable']],
    ['错别字很多', ['-print misprinted']],
    ['纸张太薄', ['-print thin']],
    ['手机像是二手的', ['-authenticity not-new']],
    ['一直不开发票', ['-invoice no-invoice']],
    ['a bad phone battery', ['-battery bad']],
    ['没送到指定位置', ['-delivery not-handed-over']],
    ['真没传说中的那么好吃', ['-taste bad-taste']],
    ['还是非常的甜', ['-taste sweet-or-hot']],
    ['送来直接全糊了', ['-food texture']],
  ])('of clothes, stays, books and devices: %s', (text, expected) => {
    expect(said(text)).toEqual(expected);
  });

  it.each([
    ['出貨太慢', ['-delivery slow'], '出貨太慢'],
    ['客服態度很差', ['-support rude'], '客服態度很差'],
    ['手續費太高', ['-fees expensive'], '手續費太高'],
    ['房間很髒', ['-room dirty'], '房間很髒'],
  ])('%s, in traditional characters, is read likewise and told in its own', (text, expected, words) => {
    expect(said(text)).toEqual(expected);
    expect(readClause(text, 'zh').statements[0]!.words).toBe(words);
  });

  it('speaks of needs of the kind that its file judges', () => {
    const needs = (text: string, scope: 'things' | 'works') =>
      readClause(text, 'en', scope).statements.map(({ need }) => need?.id);
    expect(needs('the material is thin', 'things')).toEqual(['material']);
    expect(needs('the material is dull', 'works')).toEqual(['story']);
    expect(needs('it stretched out after an hour', 'things')).toEqual(['material']);
  });

  it.each([
    ['不贵', ['+price expensive']],
    ['送餐不慢', ['+delivery slow']],
    ['The room was not dirty', ['+room dirty']],
    ['味道不好', ['-taste bad']],
    ['态度特别好', ['+staff bad']],
    ["it doesn't leak", ['+leak leaks']],
    ['凉的没敢吃，怕拉肚子', ['-food cold']],
  ])('%s is turned by its negation, and by nothing that looks like one', (text, expected) => {
    expect(said(text)).toEqual(expected);
  });

  it('wishes for the better where it is not so', () => {
    const [statement] = readClause('希望送餐快一点', 'zh').statements;
    expect(statement).toMatchObject({ isBlame: true, need: { id: 'delivery' } });
  });

  it.each([
    '差不多',
    '慢慢来',
    '香菜',
    '质量',
    '多少钱',
    '饿坏了',
    '天冷的时候',
    'when it is cold outside',
    'the capital',
    'a latecomer',
  ])('%s holds a word of the lexicon and does not mean it', (text) => {
    expect(said(text)).toEqual([]);
  });

  it('takes nouns of the file for what they are, and no verbs, times or people', () => {
    const { nouns } = readClause('The zipline crashed yesterday and my husband laughed', 'en');
    expect(nouns.map(({ lemma }) => lemma)).toEqual(['zipline']);
  });
});

describe('the lexicons', () => {
  it('name each need and each judgement once, and imply needs that are there', () => {
    for (const ids of [NEEDS.map(({ id }) => id), JUDGEMENTS.map(({ id }) => id)])
      expect(new Set(ids).size).toBe(ids.length);
    const known = new Set(NEEDS.map(({ id }) => id));
    for (const { implies, notOf = [], never = [] } of JUDGEMENTS)
      for (const id of [implies, ...notOf, ...never]) if (id !== undefined) expect(known).toContain(id);
  });

  it('make whole sentences of every judgement of a need', () => {
    for (const { says, fix, alone, implies } of JUDGEMENTS) {
      // Without a need of its own it is said of one that the text names.
      if (!says.en.includes('{}')) expect(implies).toBeDefined();
      for (const { en, zh } of [says, fix, ...(alone ? [alone] : [])]) {
        expect(en).not.toBe('');
        expect(zh).toMatch(/\p{Script=Han}/u);
      }
    }
  });

  it('have no word for a need that is generic elsewhere', () => {
    const words = NEEDS.flatMap(({ zh }) => zh.trim().split(/\s+/));
    expect(words.filter((word) => GENERIC_WORDS.zh.has(word)).length).toBeLessThan(6);
  });
});
