/**
 * A bilingual language model of one's own, from nothing: a tokenizer trained on the texts, a decoder of Llama's shape with random
 * weights, trained by `tune` as any model is. Stopped or killed, it goes on when it is called again, to the same weights. At the end
 * stands how well it foretells held-out documents of each language, beside counts of the three tokens before.
 *
 *     npx node examples/bilingual-lm.ts --data FOLDER           5.2 million weights, all texts: for development only
 *     npx node examples/bilingual-lm.ts --data FOLDER --small   0.6 million, only texts whose licence lets weights be passed on
 */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { UserError } from '@gradus/base';
import { readTokenizer, type Tokenizer, trainBpe } from '@gradus/data';
import { convert, load, lossesOf, newModel, tune, weightsIn } from '@gradus/lm';
import { fitNgram, ngramNats } from '@gradus/tasks';
import { example } from './lib/arguments.ts';
import { bilingualTexts, licences, type TextDocument } from './lib/bilingual-texts.ts';

interface Size {
  readonly tokens: number;
  readonly hidden: number;
  readonly layers: number;
  readonly heads: number;
  readonly feedForward: number;
  readonly epochs: number;
  /** Rows of a step: few tokens are better spent on many small steps than on few large ones. */
  readonly rows: number;
  readonly learningRate: number;
}

const SIZES: Readonly<Record<'large' | 'small', Size>> = {
  large: {
    tokens: 6144,
    hidden: 256,
    layers: 5,
    heads: 4,
    feedForward: 704,
    epochs: 4,
    rows: 8,
    learningRate: 1.5e-3,
  },
  small: {
    tokens: 2048,
    hidden: 96,
    layers: 4,
    heads: 3,
    feedForward: 256,
    epochs: 2,
    rows: 16,
    learningRate: 4e-3,
  },
};
/** Tokens of a row: documents are cut into pieces of at most so many. */
const LENGTH = 256;
const END = '<|endoftext|>';
const ORDER = 3;

/** Questions and answers stand in the texts so. */
const TEMPLATE =
  "{% for message in messages %}{{ ('User: ' if message['role'] == 'user' else 'Assistant: ') + message['content'] + '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ 'Assistant:' }}{% endif %}";

const configOf = ({ tokens, hidden, layers, heads, feedForward }: Size) => ({
  architectures: ['LlamaForCausalLM'],
  model_type: 'llama',
  vocab_size: tokens,
  hidden_size: hidden,
  num_hidden_layers: layers,
  num_attention_heads: heads,
  num_key_value_heads: heads % 2 === 0 ? heads / 2 : heads,
  intermediate_size: feedForward,
  max_position_embeddings: 1024,
  rms_norm_eps: 1e-5,
  rope_theta: 10_000,
  hidden_act: 'silu',
  tie_word_embeddings: true,
  bos_token_id: 0,
  eos_token_id: 0,
});

const BESIDE = {
  'tokenizer_config.json': {
    tokenizer_class: 'PreTrainedTokenizerFast',
    bos_token: END,
    eos_token: END,
    chat_template: TEMPLATE,
  },
  'generation_config.json': { bos_token_id: 0, eos_token_id: 0 },
};

/** A character takes three tokens at most here, and hardly ever more than one. */
const LONGEST_SENTENCE = 80;
const shortened = (sentence: string): string[] =>
  sentence.match(new RegExp(`.{1,${LONGEST_SENTENCE}}`, 'gsu')) ?? [];

await example(async () => {
  const { values } = parseArgs({
    options: {
      data: { type: 'string', default: new URL('../../shared/data', import.meta.url).pathname },
      out: { type: 'string' },
      small: { type: 'boolean', default: false },
      epochs: { type: 'string' },
      threads: { type: 'string', default: '1' },
    },
  });
  if (!existsSync(values.data)) throw new UserError(`--data ${values.data}: there is no such folder`);
  const size = SIZES[values.small ? 'small' : 'large'];
  const out = values.out ?? `out/bilingual-lm${values.small ? '-small' : ''}`;
  const trained = join(out, 'model');
  mkdirSync(out, { recursive: true });
  for (const line of licences(values.small)) console.log(line);

  const documents = bilingualTexts(values.data, { free: values.small });
  const tokenizer = await tokenizerAt(join(out, 'tokenizer.json'), documents, size.tokens);
  const pieces = documents.flatMap((document) =>
    cut(document.text, tokenizer).map((text) => ({ ...document, text })),
  );
  const training = pieces.filter(({ heldOut }) => !heldOut);
  const data = join(out, 'training.jsonl');
  writeFileSync(data, training.map(({ text }) => `${JSON.stringify({ text })}\n`).join(''));

  if (!existsSync(trained)) {
    const start = join(out, 'start');
    newModel(start, { config: configOf(size), tokenizer, beside: BESIDE, seed: 0 });
    const model = await load(start);
    try {
      await tune(model, data, {
        out: trained,
        full: true,
        length: LENGTH,
        batch: size.rows,
        epochs: values.epochs === undefined ? size.epochs : Number(values.epochs),
        learningRate: size.learningRate,
        weightDecay: 0.1,
        heldOut: 0.005,
        threads: Number(values.threads),
        onPlan: ({ examples, tokens, steps, trainedParameters }) =>
          console.log(`${examples} pieces, ${tokens} tokens, ${trainedParameters} weights, ${steps} steps`),
        onStep: ({ step, steps, loss }) => {
          if (step % 10 === 0 || step === steps) console.log(`${step} of ${steps}: loss ${loss.toFixed(3)}`);
        },
      });
    } finally {
      model.close();
    }
    rmSync(start, { recursive: true });
  }

  const model = await load(trained);
  const gguf = `${out}/model-int8.gguf`;
  if (!existsSync(gguf)) convert(model, { to: 'gguf', bits: 8, out: gguf });
  const encoded = (text: string) => [
    ...tokenizer.encode(text, { addSpecial: false, parseSpecial: false }).ids,
  ];
  // Token 0 ends a document in both, and stands before it.
  const counts = fitNgram(
    training.map(({ text }) => encoded(text)),
    size.tokens,
    { offsets: Array.from({ length: ORDER }, (_, i) => i + 1) },
  );
  for (const language of ['en', 'zh'] as const) {
    const held = pieces.filter((piece) => piece.heldOut && piece.language === language);
    const ids = held.map(({ text }) => encoded(text));
    const examples = ids.map((ids, row) => ({
      row,
      ids: [0, ...ids, 0],
      learnt: [false, ...ids.map(() => true), true],
    }));
    const losses = await lossesOf(model.config, weightsIn(model.weights, 32), examples, {
      length: LENGTH,
      threads: Number(values.threads),
    });
    const tokens = losses.reduce((sum, { tokens }) => sum + tokens, 0);
    const loss = losses.reduce((sum, { loss }) => sum + loss, 0) / tokens;
    const baseline = ngramNats(counts, ids);
    const bytes = held.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
    const bits = (nats: number) => ((nats * tokens) / Math.LN2 / bytes).toFixed(3);
    console.log(
      `${language}: ${held.length} held-out pieces, ${tokens} tokens: perplexity ${Math.exp(loss).toFixed(1)} ` +
        `(${bits(loss)} bits a byte); Kneser-Ney of ${ORDER + 1} tokens ${Math.exp(baseline).toFixed(1)} (${bits(baseline)})`,
    );
  }
  model.close();
});

/** A tokenizer of the training documents, that puts the end of a text before the next one. */
async function tokenizerAt(
  path: string,
  documents: readonly TextDocument[],
  size: number,
): Promise<Tokenizer> {
  if (existsSync(path)) return readTokenizer(path);
  const texts = documents.filter(({ heldOut }) => !heldOut).map(({ text }) => text);
  const { post_processor, ...file } = (await trainBpe(texts, { size, specialTokens: [END] })).toJSON();
  const one = { id: END, type_id: 0 };
  const template = {
    type: 'TemplateProcessing',
    single: [{ SpecialToken: one }, { Sequence: { id: 'A', type_id: 0 } }],
    pair: [
      { SpecialToken: one },
      { Sequence: { id: 'A', type_id: 0 } },
      { Sequence: { id: 'B', type_id: 0 } },
    ],
    special_tokens: { [END]: { id: END, ids: [0], tokens: [END] } },
  };
  const processors = [post_processor, template];
  writeFileSync(path, JSON.stringify({ ...file, post_processor: { type: 'Sequence', processors } }));
  return readTokenizer(path);
}

/** A document in pieces that a row has room for, cut after sentences. */
function cut(text: string, tokenizer: Tokenizer): string[] {
  const pieces: string[] = [];
  let open = '';
  let taken = 0;
  for (const sentence of text.split(/(?<=[。！？\n]|[.!?] )/).flatMap(shortened)) {
    const tokens = tokenizer.encode(sentence, { addSpecial: false, parseSpecial: false }).ids.length;
    if (open !== '' && taken + tokens > LENGTH - 4) {
      pieces.push(open);
      open = '';
      taken = 0;
    }
    open += sentence;
    taken += tokens;
  }
  return [...pieces, open].map((piece) => piece.trim()).filter((piece) => piece !== '');
}
