/** Steps that are done to texts before the graph: redaction, tokens. */

import { Random } from '@gradus/base';
import { constant, input } from '@gradus/engine';
import { compile } from '@gradus/engine/node';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { trainBpe } from '../../text/tokenizers/training/train-bpe.ts';
import { fold } from '../fold.ts';
import {
  describePipeline,
  fitPipeline,
  fitTransform,
  graphInputs,
  invert,
  pipeline,
  transform,
} from '../pipeline.ts';
import { readPipeline, writePipeline } from '../stored.ts';
import { rowsOf } from '../testing/processed.ts';
import * as steps from './declared.ts';
import { tokenizerOf } from './tokens.ts';

const reviews = [
  'The app is slow. Call 13812345678, the app!',
  'The kettle is fast, 快递很快',
  '快递太慢，电话 13812345678',
  '',
  '快递很快，水壶很好',
];

describe('tokens', () => {
  it('are of words of both languages, fitted on training texts only', async () => {
    const declared = pipeline({ text: 'text' }, [steps.tokens()]);
    const fitted = await fitPipeline(
      declared,
      { text: [...reviews, 'unseen unseen'] },
      { rows: [0, 1, 2, 3, 4] },
    );
    const tokenizer = tokenizerOf(fitted, 'text');
    const { text } = await transform(fitted, { text: ['the unseen 快递', null] });
    const length = text!.dims[1]!;
    expect(rowsOf(text!)).toEqual([
      [tokenizer.idOf('the'), 1, tokenizer.idOf('快递'), ...new Array(length - 3).fill(0)],
      new Array(length).fill(0),
    ]);
    expect(tokenizer.idOf('unseen')).toBeUndefined();
    // In one text only.
    expect(tokenizer.idOf('kettle')).toBeUndefined();
  });

  it('are cut and filled up to a length', async () => {
    const fitted = await fitPipeline(
      pipeline({ text: 'text' }, [steps.tokens({ model: 'characters', minTexts: 1, length: 3 })]),
      { text: reviews },
    );
    const { text } = await transform(fitted, { text: ['快递很快', '快'] });
    expect(rowsOf(text!).map((row) => row.map((id) => tokenizerOf(fitted, 'text').tokenOf(id)))).toEqual([
      ['快', '递', '很'],
      ['快', '<pad>', '<pad>'],
    ]);
  });

  it('of byte pairs give every text back, whatever is in it', async () => {
    const declared = pipeline({ text: 'text' }, [steps.tokens({ model: 'bpe', size: 300, length: 400 })]);
    const fitted = await fitPipeline(declared, { text: reviews });
    const special = fc.constantFrom('<pad>', '<|endoftext|>');
    const texts = fc.array(fc.oneof(fc.string({ unit: 'grapheme', maxLength: 20 }), special), {
      minLength: 1,
    });
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        const made = await transform(fitted, { text });
        expect((await invert(fitted, 'text', made.text!)).data).toEqual(text);
      }),
      { numRuns: 30 },
    );
  });

  it('are those of the tokenizer in the options', async () => {
    const given = await trainBpe(reviews, { size: 300 });
    const fitted = await fitPipeline(
      pipeline({ text: 'text' }, [steps.tokens({ tokenizer: given.toJSON() })]),
      { text: reviews.slice(0, 1) },
    );
    const { text } = await transform(readPipeline(writePipeline(fitted)), { text: [reviews[0]] });
    expect(rowsOf(text!)[0]).toEqual(Array.from(given.encode(reviews[0]!).ids));
  });

  it('are what the deployed graph takes, and what it computes is what training computed', async () => {
    const declared = pipeline({ text: 'text', stars: 'number' }, [
      steps.redact({ columns: ['text'] }),
      steps.tokens({ columns: ['text'] }),
      steps.standardize(),
    ]);
    const columns = { text: reviews, stars: [1, 2, 3, 4, 5] };
    const { fitted, columns: made } = await fitTransform(declared, columns);
    const length = made.text!.dims[1]!;
    const random = new Random(0);
    const { size } = tokenizerOf(fitted, 'text');
    const data = Float32Array.from({ length: 4 * size }, () => random.normal());
    const table = constant({ dtype: 'float32', dims: [size, 4], data });
    const ids = input('text', ['batch', length], 'int64');
    const stars = input('stars', ['batch', 1], 'float64');
    const y = table.gather(ids).mean([1]).add(stars.cast('float32'));
    const model = { name: 'model', inputs: { text: ids, stars }, outputs: { y } };
    const trained = await compile(model);
    const stored = readPipeline(writePipeline(fitted));
    const deployed = await compile(fold(stored, model));
    expect(deployed.inputs.toSorted()).toEqual(['stars', 'text']);
    const expected = await trained.run({ text: made.text!, stars: made.stars! });
    const got = await deployed.run(graphInputs(stored, columns));
    await Promise.all([trained.close(), deployed.close()]);
    expect(got.y!.data).toEqual(expected.y!.data);
  });

  it('says what it does in both languages', async () => {
    const fitted = await fitPipeline(pipeline({ text: 'text' }, [steps.redact(), steps.tokens()]), {
      text: reviews,
    });
    expect(describePipeline(fitted).en).toMatch(
      /1\. Redact \(text\): personal data replaced by tags, before the graph\n {3}text: looked through cell by cell\n2\. Tokens \(text\): words, at most 20000, before the graph\n {3}text: \d+ tokens, \d+ a text/,
    );
    expect(describePipeline(fitted).zh).toMatch(/1\. 脱敏（text）：个人信息替换为标签/);
  });

  it('refuses what cannot be', async () => {
    const fit = (...given: Parameters<typeof pipeline>[1]) =>
      fitPipeline(pipeline({ text: 'text' }, given), { text: reviews });
    await expect(
      fitPipeline(pipeline({ text: 'text' }, [steps.tokens()]), { text: ['', ' '] }),
    ).rejects.toThrow('tokens: column "text": all its training rows are missing');
    expect(() => pipeline({ text: 'text' }, [steps.missing(), steps.tokens()])).toThrow(
      'tokens: is done before the graph, and so comes before missing',
    );
    await expect(fit(steps.tokens({ tokenizer: { model: { type: 'Nothing' } } }))).rejects.toThrow(
      'tokenizer.model',
    );
    const fitted = await fit(steps.tokens());
    const file = JSON.parse(writePipeline(fitted));
    file.steps[0].parameters[0].tokenizer = null;
    expect(() => readPipeline(JSON.stringify(file))).toThrow('there is no tokenizer');
    file.steps.unshift({ step: 'drop', columns: [], options: {}, parameters: {} });
    expect(() => readPipeline(JSON.stringify(file))).toThrow('comes before drop');
    const y = input('text', ['batch', 3], 'int64').add(1);
    const x = input('text', ['batch', 3], 'int64');
    const length = {
      ...fitted.steps[0]!,
      parameters: [{ ...(fitted.steps[0]!.parameters as object[])[0], length: 3 }],
    };
    expect(() =>
      fold(
        { ...fitted, steps: [length] },
        { name: 'm', inputs: { text: x }, outputs: { y } },
        { invert: { y: 'text' } },
      ),
    ).toThrow('turned back behind the graph');
  });
});

describe('redaction', () => {
  let before: string | undefined;
  beforeEach(() => {
    before = process.env.GRADUS_PSEUDONYM_KEY;
  });
  afterEach(() => {
    if (before === undefined) delete process.env.GRADUS_PSEUDONYM_KEY;
    else process.env.GRADUS_PSEUDONYM_KEY = before;
  });
  const fit = (text: string[], ...given: Parameters<typeof steps.redact>) =>
    fitPipeline(pipeline({ text: 'text' }, [steps.redact(...given)]), { text });

  it('takes personal data out of texts, in the language of each', async () => {
    const { text } = await transform(await fit(reviews), { text: reviews });
    expect(text!.data).toEqual([
      'The app is slow. Call [PHONE], the app!',
      reviews[1],
      '快递太慢，电话 [电话]',
      '',
      reviews[4],
    ]);
  });

  it('leaves a column of numbers or dates as it is', async () => {
    const numbers = Array.from({ length: 50 }, (_, i) => String(13812345600 + i));
    const fitted = await fit(numbers, { kinds: ['email'] });
    expect(describePipeline(fitted).en).toContain('numbers or dates, left as they are');
    expect((await transform(fitted, { text: numbers })).text!.data).toEqual(numbers);
  });

  it('takes all of a column that holds nothing else', async () => {
    const mails = Array.from({ length: 50 }, (_, i) => `person${i}@example.com`);
    const fitted = await fit(mails);
    expect(describePipeline(fitted).en).toContain('all of it is: email');
    const { text } = await transform(fitted, { text: ['not a mail', 'a@b.com', ''] });
    expect(text!.data).toEqual(['[EMAIL]', '[EMAIL]', '']);
  });

  it('makes pseudonyms by a key that no file holds', async () => {
    delete process.env.GRADUS_PSEUDONYM_KEY;
    await expect(fit(reviews, { pseudonyms: true })).rejects.toThrow('GRADUS_PSEUDONYM_KEY');
    process.env.GRADUS_PSEUDONYM_KEY = 'a key of our own, 32 characters.';
    const fitted = await fit(reviews, { pseudonyms: true });
    const { text } = await transform(readPipeline(writePipeline(fitted)), {
      text: ['Call 13812345678', '电话 138 1234 5678'],
    });
    const [one, other] = (text!.data as string[]).map((cell) => /PHONE_\w{16}/.exec(cell)?.[0]);
    expect(one).toBeDefined();
    expect(other).toBe(one);
    expect(writePipeline(fitted)).not.toContain('a key of our own');
  });
});
