import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { webhookSignature } from './alerts/deliver.ts';
import { describeTensors } from './log/describe-tensors.ts';
import { loggable } from './log/loggable.ts';
import { idAt, newPredictionId, parsePrediction } from './log/prediction-id.ts';
import { qualityOf } from './watches/quality.ts';
import { TrafficTally } from './watches/traffic-tally.ts';

describe('ids of predictions', () => {
  it('are UUIDs of version 7, in the order of time', () => {
    const times = [0, 1, 1_700_000_000_000, 1_800_000_000_000, 2 ** 48 - 1];
    const ids = times.map((time) => newPredictionId(time));
    for (const id of ids)
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(ids.toSorted()).toEqual(ids);
    for (const [i, time] of times.entries()) {
      expect(idAt(time) < ids[i]!).toBe(true);
      if (i > 0) expect(idAt(time) > ids[i - 1]!).toBe(true);
    }
    expect(new Set(Array.from({ length: 10_000 }, () => newPredictionId())).size).toBe(10_000);
  });

  it('name a row where there are many', () => {
    const id = newPredictionId();
    expect(parsePrediction(` ${id.toUpperCase()}.12 `)).toEqual({ id, row: 12 });
    expect(parsePrediction(id)).toEqual({ id, row: undefined });
    for (const none of ['', 'x', `${id}.`, `${id}.-1`, `${id}.1.2`, crypto.randomUUID()]) {
      expect(parsePrediction(none)).toBeUndefined();
    }
  });
});

describe('what is kept of a request', () => {
  it('is JSON of a bounded size, whatever was sent, and every text was redacted', () => {
    fc.assert(
      fc.property(fc.anything({ withTypedArray: true, maxDepth: 12 }), (value) => {
        const json = loggable(value, () => 'x');
        expect(json.length).toBeLessThan(40_000);
        for (const text of textsIn(JSON.parse(json))) expect(['x', '…']).toContain(text);
      }),
    );
  });

  it('is cut where it is long', () => {
    const redact = (text: string) => text.replaceAll(/\d{5,}/g, '#');
    const kept = JSON.parse(
      loggable({ text: `${'a'.repeat(995)}1234567890`, list: new Array(99).fill(1) }, redact),
    );
    expect(kept.text).toBe(`${'a'.repeat(995)}#`);
    expect(kept.list).toHaveLength(51);
    expect(loggable({ texts: new Array(1000).fill('b'.repeat(5000)) }, redact).length).toBeLessThan(9000);
  });
});

function* textsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'object' && value !== null) {
    for (const [name, item] of Object.entries(value)) {
      if (!Array.isArray(value)) yield name;
      yield* textsIn(item);
    }
  }
}

describe('tensors in numbers and categories', () => {
  it('are columns where narrow, their distribution where wide, the winner where scores', () => {
    const wide = Float32Array.from({ length: 40 }, (_, i) => (i < 20 ? 0 : i - 20));
    expect(
      describeTensors(
        {
          age: { dtype: 'int64', dims: [2, 1], data: BigInt64Array.of(30n, 40n) },
          city: { dtype: 'string', dims: [2, 1], data: ['Bern', 'x'.repeat(65)] },
          image: { dtype: 'float32', dims: [2, 20], data: wide },
        },
        {
          scores: { dtype: 'float32', dims: [2, 3], data: Float32Array.of(0.1, 0.7, 0.2, 0.5, 0.2, 0.3) },
          price: { dtype: 'float32', dims: [2], data: Float32Array.of(1.5, Number.NaN) },
        },
      ),
    ).toEqual([
      {
        inputs: {
          age: 30,
          city: 'Bern',
          'city.length': 4,
          'image.mean': 0,
          'image.std': 0,
          'image.min': 0,
          'image.max': 0,
          'image.zeros': 1,
        },
        outputs: { 'scores.class': '1', 'scores.score': 0.7, price: 1.5 },
      },
      {
        inputs: {
          age: 40,
          'city.length': 65,
          'image.mean': 9.5,
          'image.std': 5.76628,
          'image.min': 0,
          'image.max': 19,
          'image.zeros': 0.05,
        },
        outputs: { 'scores.class': '0', 'scores.score': 0.5, price: null },
      },
    ]);
  });
});

describe('quality', () => {
  it('is told with the intervals of textbooks', () => {
    // 45 right of 50: Wilson's interval as statsmodels has it (proportion_confint(45, 50, method='wilson')).
    const judged = Array.from({ length: 50 }, (_, i) => ({
      outputs: { label: i % 2 ? 'a' : 'b', price: i },
      outcome: i < 45 ? (i % 2 ? 'a' : 'b') : 'c',
    }));
    const [accuracy, f1] = qualityOf(judged);
    expect(accuracy).toMatchObject({ output: 'label', metric: 'accuracy', value: 0.9, n: 50 });
    expect(accuracy!.interval[0]).toBeCloseTo(0.786398, 5);
    expect(accuracy!.interval[1]).toBeCloseTo(0.956524, 5);
    expect(f1!.metric).toBe('macro F1');
    expect(f1!.interval[0]).toBeLessThan(f1!.value);
  });

  it('takes outcomes by name, numbers as numbers, and passes over what was not answered', () => {
    const judged = Array.from({ length: 30 }, (_, i) => ({
      outputs: { price: 10 + (i % 3), seen: null },
      outcome: { price: '10', seen: true, other: 1 },
    }));
    expect(qualityOf(judged)).toEqual([
      { output: 'price', metric: 'mean absolute error', value: 1, interval: expect.anything(), n: 30 },
    ]);
    expect(qualityOf([{ outputs: {}, outcome: 'x' }])).toEqual([]);
  });
});

describe('traffic', () => {
  it('is counted, its quantiles to 5 %', () => {
    const tally = new TrafficTally();
    for (let ms = 1; ms <= 1000; ms++) tally.add(ms % 100 === 0 ? 500 : 200, ms);
    tally.add(503, 1);
    tally.add(429, 1);
    const taken = tally.take();
    expect(taken).toMatchObject({ requests: 1000, errors: 10, shed: 2 });
    expect(Math.abs(taken.p50! / 500 - 1)).toBeLessThan(0.06);
    expect(Math.abs(taken.p99! / 990 - 1)).toBeLessThan(0.06);
    expect(tally.take()).toMatchObject({ requests: 0, p50: null, p99: null });
  });
});

describe('signatures', () => {
  it('are those of Standard Webhooks', () => {
    // The example of the libraries of standard-webhooks/standard-webhooks.
    expect(
      webhookSignature({
        secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
        id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
        seconds: '1614265330',
        body: '{"test": 2432232314}',
      }),
    ).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });
});
