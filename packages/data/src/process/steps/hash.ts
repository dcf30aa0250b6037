/**
 * Feature hashing (Weinberger et al., 2009): a text falls into one of a fixed number of buckets by its hash, with a sign
 * from the hash too, so that texts that share a bucket cancel out on average. It needs no fit and no list of levels,
 * and takes levels never seen. Bucket and sign are scikit-learn's (FeatureHasher): MurmurHash3 with seed 0.
 *
 * The hash is ONNX Runtime's own op (com.microsoft MurmurHash3), which it has on CPUs and in browsers; other runtimes do not.
 */
import { apply, constant, scalar } from '@gradus/engine';
import { z } from 'zod';
import { oneHotOf } from '../levels.ts';
import { columnStep, declares } from '../step.ts';

export const hashStep = columnStep({
  name: 'hash',
  title: { en: 'Hash encoding', zh: '哈希编码' },
  accepts: ['text'],
  options: z.strictObject({
    buckets: z.int().min(2).max(65_536).default(64),
    /** Half of the texts count −1. */
    signed: z.boolean().default(true),
    seed: z
      .int()
      .min(0)
      .max(2 ** 31 - 1)
      .default(0),
  }),
  parameters: z.object({}),
  fit: () => ({}),
  trace: (block, _, { buckets, signed, seed }) => {
    const { tensor } = block;
    // In 64 bits the size of the least 32-bit number is a number too.
    const hash = apply('MurmurHash3', [tensor], { positive: 0, seed }).cast('int64');
    const places = oneHotOf(apply('Mod', [hash.abs(), scalar(buckets, 'int64')]), buckets);
    const one = scalar(1);
    const sign = signed ? hash.less(0).where(one.neg(), one) : one;
    const empty = tensor.equal(constant({ dtype: 'string', dims: [], data: [''] }));
    return {
      ...block,
      kind: 'encoded',
      features: Array.from({ length: buckets }, (_, i) => `${block.name}#${i}`),
      tensor: places.mul(empty.where(scalar(0), sign)),
    };
  },
  describe: ({ buckets, signed }) => ({
    en: `hashed into ${buckets} buckets${signed ? ', with signs' : ''}`,
    zh: `哈希到 ${buckets} 个桶${signed ? '，带正负号' : ''}`,
  }),
});

/** Missing texts are zeros in all buckets. */
export const hash = declares(hashStep);
