/** People who do not exist: made by chance from parts, with right check digits, in both languages. */
import type { Random } from '@gradus/base';
import type { PersonalKind } from '../kinds.ts';

const FAMILY = '王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高'.split('');
const GIVEN = '伟芳娜敏静丽强磊军洋勇艳杰涛明超秀霞平刚桂英文辉玲'.split('');
const FIRST = 'James Mary Robert Patricia Linda David Susan Karen Daniel Sarah Emily Kevin'.split(' ');
const LAST = 'Smith Johnson Williams Brown Garcia Miller Davis Wilson Anderson Taylor Moore Clark'.split(' ');
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

export function person(random: Random) {
  const pick = <T>(items: readonly T[]): T => items[random.below(items.length)]!;
  const digits = (count: number) => Array.from({ length: count }, () => random.below(10)).join('');
  const two = (most: number) => String(1 + random.below(most)).padStart(2, '0');
  const born = `${1950 + random.below(55)}-${two(12)}-${two(28)}`;
  const id = `${pick(['110105', '310115', '440305', '330106', '510107'])}${born.replaceAll('-', '')}${digits(3)}`;
  const sum = WEIGHTS.reduce((total, weight, i) => total + weight * Number(id[i]), 0);
  const card = `${pick(['4', '62', '51'])}${digits(14)}`.slice(0, 15);
  return {
    zh: {
      name: pick(FAMILY) + pick(GIVEN) + (random.below(2) ? pick(GIVEN) : ''),
      phone: `1${pick(['38', '39', '50', '58', '86', '88'])}${digits(8)}`,
      id: id + '10X98765432'[sum % 11],
      address: `${pick(['上海市浦东新区张江路', '北京市海淀区中关村大街', '广东省深圳市南山区科技园路', '浙江省杭州市西湖区文三路'])}${1 + random.below(900)}号${1 + random.below(30)}栋${101 + random.below(900)}室`,
      plate: `${pick('京沪粤浙苏'.split(''))}${pick('ABCDE'.split(''))}${pick('ABCDEFGH'.split(''))}${digits(4)}`,
      account: `${pick(['sunny', 'lucky', 'tiger'])}_${digits(4)}`,
    },
    en: {
      name: `${pick(FIRST)} ${pick(LAST)}`,
      phone: pick([
        `+1 415-${2 + random.below(7)}${digits(2)}-${digits(4)}`,
        `+44 20 7${digits(3)} ${digits(4)}`,
      ]),
      id: `${100 + random.below(500)}-${two(98)}-${String(1 + random.below(9998)).padStart(4, '0')}`,
      address: `${1 + random.below(900)} ${pick(['Oak', 'Maple', 'Church', 'Park'])} ${pick(['Street', 'Ave', 'Road'])}, ${pick(['Springfield, IL 62701', 'Austin, TX 78701'])}`,
      email: `${pick(FIRST).toLowerCase()}.${pick(LAST).toLowerCase()}${digits(2)}@example.com`,
      ip: `${11 + random.below(80)}.${random.below(256)}.${random.below(256)}.${1 + random.below(254)}`,
    },
    born,
    card: card + luhn(card),
    secret: `https://example.com/login?token=${digits(6)}abcdef${digits(6)}`,
  };
}

function luhn(digits: string): number {
  const sum = [...digits].reverse().reduce((total, digit, i) => {
    const doubled = Number(digit) * (i % 2 === 0 ? 2 : 1);
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return (10 - (sum % 10)) % 10;
}

/** A text around each thing, as people write, and what stands in it. */
export function sentences(random: Random): { text: string; kind: PersonalKind; value: string }[] {
  const { zh, en, born, card, secret } = person(random);
  return [
    { kind: 'phone', value: zh.phone, text: `外卖迟到了半小时，请打我电话${zh.phone}处理一下` },
    {
      kind: 'phone',
      value: en.phone,
      text: `Nobody called me back. You can reach me on ${en.phone} after six.`,
    },
    { kind: 'name', value: zh.name, text: `你好，我叫${zh.name}，上周买的鞋子尺码不对` },
    { kind: 'name', value: en.name, text: `Hello, my name is ${en.name} and my order never arrived.` },
    { kind: 'id', value: zh.id, text: `实名认证失败，身份证号${zh.id}，请帮忙看看` },
    { kind: 'id', value: en.id, text: `My SSN is ${en.id}, please update the account.` },
    { kind: 'email', value: en.email, text: `请把发票发到 ${en.email} 谢谢` },
    { kind: 'address', value: zh.address, text: `收货地址改成${zh.address}，麻烦尽快发货` },
    { kind: 'address', value: en.address, text: `Please send it to ${en.address} instead.` },
    {
      kind: 'card',
      value: card,
      text: `The card ${card.replace(/(\d{4})(?=\d)/g, '$1 ')} was charged twice.`,
    },
    { kind: 'plate', value: zh.plate, text: `车停在楼下，车牌${zh.plate}，找不到取餐的人` },
    { kind: 'account', value: zh.account, text: `加我微信号：${zh.account} 发你照片` },
    { kind: 'birth date', value: born, text: `date of birth: ${born}, policy holder since 2019` },
    { kind: 'ip', value: en.ip, text: `Login from ${en.ip} was not me!` },
    { kind: 'secret', value: secret, text: `点击 ${secret} 登录后打不开` },
  ];
}
