/** Made-up support tickets of three teams, most of whose words are of their team. */
import { Random } from '@gradus/base';
import type { TaskRow } from '../task.ts';

const WORDS: Readonly<Record<string, readonly string[]>> = {
  billing: ['invoice', 'refund', 'charged twice', '发票', '退款'],
  delivery: ['parcel', 'courier', 'late', '快递', '包裹'],
  login: ['password', 'sign in', 'locked out', '密码', '登录'],
};

export function tickets(count: number, seed: number): (TaskRow<string> & { readonly label: string })[] {
  const random = new Random(seed);
  const teams = Object.keys(WORDS);
  const word = (of: string) => WORDS[of]![random.below(WORDS[of]!.length)]!;
  return Array.from({ length: count }, (_, i) => {
    const label = teams[random.below(teams.length)]!;
    const other = teams[random.below(teams.length)]!;
    const input = `${word(label)} ${word(label)} ${random.uniform() < 0.6 ? word(other) : ''} no ${i % 97}`;
    return { row: i + 1, input, label, slices: { channel: i % 2 ? 'mail' : 'chat' }, time: i };
  });
}
