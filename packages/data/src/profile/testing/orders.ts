/** A table in which everything is wrong that a profile should find, each thing planted on purpose. */
import { Random } from '@gradus/base';
import { person } from '../../personal/testing/people.ts';

const CITIES = ['Shanghai', 'Beijing', '深圳', '成都', 'London'];
const SAID = [
  'arrived late and cold',
  '味道不错，会再来',
  'the size is wrong, please exchange it',
  '包装破了，汤洒了一半',
  'great value for the money',
];

/** @returns lines of CSV, the header first */
export function orders(count: number, seed = 0): string[] {
  const random = new Random(`orders ${seed}`);
  const pick = <T>(items: readonly T[]): T => items[random.below(items.length)]!;
  const lines = [
    'order_id,created_at,customer,手机号,city,amount,discount,age,weight,weight_lb,channel,country,comment,refund_reason,returned',
  ];
  for (let i = 0; i < count; i++) {
    const { zh, en } = person(random);
    const returned = random.uniform() < 0.2;
    const amount = Math.exp(random.normal(4, 0.6));
    const time = new Date(Date.UTC(2024, 0, 1) + (i * 31_536_000_000) / count)
      .toISOString()
      .slice(0, 19)
      .replace('T', ' ');
    const weight = random.normal(2, 0.5);
    // Drift: the app takes over from the web, and prices rise.
    const late = i / count;
    const channel = random.uniform() < 0.2 + 0.6 * late ? 'app' : 'web';
    const comment = random.uniform() < 0.05 ? `call me on ${en.phone}` : `${pick(SAID)} ${i}`;
    lines.push(
      [
        100_000 + i,
        time,
        random.below(2) ? zh.name : en.name,
        zh.phone,
        pick(CITIES),
        (amount * (1 + late)).toFixed(2),
        random.uniform() < 0.15 ? pick(['N/A', '-', '未知', '']) : random.uniform(0, 0.5).toFixed(2),
        random.uniform() < 0.02 ? 999 : 18 + random.below(60),
        weight.toFixed(3),
        (weight * 2.20462).toFixed(3),
        channel,
        'CN',
        `"${comment}"`,
        // The leak: only returns have a reason.
        returned ? pick(['broken', 'too late', '不合适']) : '',
        returned ? 'yes' : 'no',
      ].join(','),
    );
  }
  // Recorded twice.
  lines.push(...lines.slice(1, 1 + Math.floor(count / 100)));
  return lines;
}
