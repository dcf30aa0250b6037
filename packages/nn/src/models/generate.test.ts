/** Generation, and drawing of tokens. */
import { Random, UserError } from '@gradus/base';
import { constant } from '@gradus/engine';
import { compile } from '@gradus/engine/node';
import { describe, expect, it } from 'vitest';
import { generate, gpt, initialize, sampleToken } from '../index.ts';

const model = () => {
  const net = gpt({ vocabulary: 11, length: 12, layers: 2, heads: 2, features: 8 });
  net.forward(constant({ dtype: 'int64', dims: [1, 1], data: BigInt64Array.of(0n) }));
  initialize(net, new Random('generate'));
  return net;
};

describe('generation', () => {
  it('with the keys and values kept is what it is without', async () => {
    const net = model();
    const prompt = [3, 1, 4];
    const drawn = await generate(net, prompt, { tokens: 9, random: new Random(0), temperature: 0.7 });
    expect(drawn).toHaveLength(9);
    // Every token anew from the whole sequence before it.
    const random = new Random(0);
    const sequence = [...prompt];
    for (let i = 0; i < drawn.length; i++) {
      const data = BigInt64Array.from(sequence, BigInt);
      const tokens = constant({ dtype: 'int64', dims: [1, sequence.length], data });
      const graph = await compile({ name: 'whole', inputs: {}, outputs: { logits: net.forward(tokens) } });
      const logits = (await graph.run({})).logits!.data as Float32Array;
      await graph.close();
      sequence.push(sampleToken(logits.slice(-11), random, { temperature: 0.7 }));
    }
    expect(sequence.slice(prompt.length)).toEqual(drawn);
  });

  it('stops at the end token, and says what does not fit', async () => {
    const net = model();
    const greedy = { random: new Random(0), temperature: 0 };
    const [first, second] = await generate(net, [5], { tokens: 2, ...greedy });
    const ended = await generate(net, [5], { tokens: 9, end: second!, ...greedy });
    expect(ended).toEqual(first === second ? [first] : [first, second]);
    await expect(generate(net, [5], { tokens: 12, ...greedy })).rejects.toThrow(UserError);
    await expect(generate(net, [], { tokens: 1, ...greedy })).rejects.toThrow('expected at least one token');
  });
});

describe('a token is drawn', () => {
  const logits = Float32Array.of(1, 3, 2, -1);
  const shares = (options: Parameters<typeof sampleToken>[2]) => {
    const random = new Random(1);
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < 4000; i++) counts[sampleToken(logits, random, options)]! += 1 / 4000;
    return counts;
  };
  const softmax = (values: readonly number[]) => {
    const powers = values.map(Math.exp);
    return powers.map((power) => power / powers.reduce((a, b) => a + b));
  };

  it('as often as its probability says, at any temperature', () => {
    for (const temperature of [0.5, 1, 2]) {
      const expected = softmax(Array.from(logits, (z) => z / temperature));
      for (const [i, share] of shares({ temperature }).entries()) expect(share).toBeCloseTo(expected[i]!, 1);
    }
    expect(shares({ temperature: 0 })).toEqual([0, expect.closeTo(1), 0, 0]);
  });

  it('among the k likeliest, or those that together have probability p', () => {
    const two = softmax([3, 2]);
    // 0.64 + 0.24 reach 0.8.
    for (const options of [{ topK: 2 }, { topP: 0.8 }]) {
      const [none, first, second, least] = shares(options);
      expect([none, least]).toEqual([0, 0]);
      expect(first).toBeCloseTo(two[0]!, 1);
      expect(second).toBeCloseTo(two[1]!, 1);
    }
  });
});
