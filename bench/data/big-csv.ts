/**
 * A table of orders as large as asked, from a seed: numbers, dates, categories, texts in two languages, gaps. Rows are
 * put together from a pool of parts, so that writing takes less time than reading.
 */

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { Random } from '@gradus/base';

const CITIES = [
  'Shanghai',
  'Beijing',
  'Shenzhen',
  'Chengdu',
  'London',
  'Berlin',
  '杭州',
  '武汉',
  '西安',
  '南京',
];
const CHANNELS = ['app', 'web', 'store', '小程序', 'N/A'];
const COMMENTS = [
  'arrived late and cold',
  '送餐很快，味道不错',
  'would order again',
  '包装破了，汤洒了一半',
  '',
  'the size is wrong, please exchange it for a larger one',
  '客服态度很好，给个好评',
];
const HEADER =
  'order_id,created_at,customer_id,city,channel,quantity,unit_price,discount,rating,weight_kg,is_vip,comment,returned\n';
const POOL = 1 << 14;

/** Writes at least `bytes` bytes. */
export async function writeBigCsv(
  path: string,
  bytes: number,
  seed = 0,
): Promise<{ rows: number; bytes: number }> {
  const random = new Random(`big csv ${seed}`);
  const pick = <T>(items: readonly T[]): T => items[random.below(items.length)]!;
  const middles = Array.from({ length: POOL }, () => {
    const price = Math.exp(random.normal(3, 1));
    const discount = random.uniform() < 0.1 ? '-' : random.uniform(0, 0.5).toFixed(3);
    return `${pick(CITIES)},${pick(CHANNELS)},${1 + random.below(9)},${price.toFixed(2)},${discount},${1 + random.below(5)},${random.normal(2, 0.5).toFixed(4)},${random.uniform() < 0.2}`;
  });
  const ends = Array.from({ length: POOL }, () => {
    const comment = random.uniform() < 0.5 ? '' : `${pick(COMMENTS)} ${random.below(1000)}`;
    return `${comment.includes(',') ? `"${comment}"` : comment},${random.below(2)}\n`;
  });
  const file = createWriteStream(path);
  file.write(HEADER);
  let written = HEADER.length;
  let rows = 0;
  const start = Date.UTC(2023, 0, 1);
  while (written < bytes) {
    const parts: string[] = [];
    for (let i = 0; i < 20_000; i++, rows++) {
      const time = new Date(start + rows * 7000).toISOString().slice(0, 19).replace('T', ' ');
      parts.push(
        `${1_000_000 + rows},${time},C${random.below(500_000)},${middles[random.below(POOL)]},${ends[random.below(POOL)]}`,
      );
    }
    const block = Buffer.from(parts.join(''));
    written += block.length;
    if (!file.write(block)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'close');
  return { rows, bytes: written };
}
