/**
 * A model of static embeddings in a folder: tokenizer.json and model.safetensors with `embedding.weight` [tokens, dimensions], as
 * sentence-transformers' StaticEmbedding has them; with `classifier.weight` [classes, dimensions] and `classifier.bias` [classes], and
 * `id2label` in config.json, one that tells classes.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '@gradus/base';
import { softmaxRows } from '@gradus/classical';
import { readTokenizer, type Tokenizer } from '@gradus/data';
import { z } from 'zod';
import type { Embeddings } from '../embed/embed.ts';
import { readJson } from '../json.ts';
import { safetensorsFolder } from '../weights/safetensors.ts';
import { writeSafetensorsFile } from '../weights/write-safetensors.ts';
import { tokensIn } from './static-embeddings.ts';
import type { TokenTable } from './token-table.ts';

export interface StaticHead {
  /** [classes, dimensions] */
  readonly weights: Float32Array;
  readonly bias: Float32Array;
  readonly classes: readonly string[];
}

const TYPE = 'static-embedding';
const CONFIG = z.looseObject({
  model_type: z.string(),
  id2label: z.record(z.string().regex(/^\d+$/), z.string()).optional(),
});

export const isStaticModel = (path: string): boolean =>
  existsSync(join(path, 'config.json')) && readJson(join(path, 'config.json'), CONFIG).model_type === TYPE;

export class StaticModel {
  readonly tokenizer: Tokenizer;
  readonly table: TokenTable;
  readonly head: StaticHead | undefined;

  constructor(tokenizer: Tokenizer, table: TokenTable, head?: StaticHead) {
    this.tokenizer = tokenizer;
    this.table = table;
    this.head = head;
  }

  /** @throws UserError naming the file that is missing or wrong */
  static open(path: string): StaticModel {
    const { id2label } = readJson(join(path, 'config.json'), CONFIG);
    const tokenizer = readTokenizer(join(path, 'tokenizer.json'));
    const file = safetensorsFolder(path);
    try {
      const [rows, dimensions] = file.shapes.get('embedding.weight') ?? [];
      if (dimensions === undefined || rows! < tokenizer.size) {
        throw new UserError({
          en: `${path}: embedding.weight [${rows ?? ''}] has no row for each of the tokenizer's ${tokenizer.size} tokens`,
          zh: `${path}：embedding.weight [${rows ?? ''}] 少于分词器的 ${tokenizer.size} 个词元`,
        });
      }
      const table = { data: file.read('embedding.weight'), dimensions };
      if (!id2label) return new StaticModel(tokenizer, table);
      const classes = Object.keys(id2label)
        .sort((a, b) => Number(a) - Number(b))
        .map((id) => id2label[id]!);
      const [weights, bias] = [file.read('classifier.weight'), file.read('classifier.bias')];
      if (weights.length !== classes.length * dimensions || bias.length !== classes.length) {
        throw new UserError({
          en: `${path}: classifier.weight has ${weights.length} numbers; by its config it should have ${classes.length} × ${dimensions}`,
          zh: `${path}：classifier.weight 有 ${weights.length} 个数；按 config 应为 ${classes.length} × ${dimensions}`,
        });
      }
      return new StaticModel(tokenizer, table, { weights, bias, classes });
    } finally {
      file.close();
    }
  }

  /** The mean of a text's tokens; zeros where it has none. */
  vector(text: string): Float32Array {
    const { data, dimensions } = this.table;
    const mean = new Float32Array(dimensions);
    const ids = tokensIn(this.tokenizer, text);
    for (const id of ids)
      for (let k = 0; k < dimensions; k++) mean[k]! += data[id * dimensions + k]! / ids.length;
    return mean;
  }

  /** Vectors of length 1, [texts, dimensions]. */
  embed(texts: readonly string[]): Omit<Embeddings, 'cut'> {
    const { dimensions } = this.table;
    const data = new Float32Array(texts.length * dimensions);
    for (const [row, text] of texts.entries()) {
      const vector = this.vector(text);
      const size = Math.hypot(...vector) || 1;
      data.set(
        vector.map((value) => value / size),
        row * dimensions,
      );
    }
    const tokens = texts.reduce((sum, text) => sum + tokensIn(this.tokenizer, text).length, 0);
    return { data, dimensions, tokens };
  }

  /** Of a text, the probability of each class. For a model with a head. */
  probabilities(text: string): Float64Array {
    const { weights, bias, classes } = this.head!;
    const vector = this.vector(text);
    const scores = Float64Array.from(classes, (_, c) =>
      vector.reduce((sum, value, k) => sum + value * weights[c * vector.length + k]!, bias[c]!),
    );
    return Float64Array.from(softmaxRows(scores, classes.length));
  }

  /** Writes it into a folder that is there. */
  write(folder: string): void {
    const { table, head, tokenizer } = this;
    const { dimensions, data } = table;
    const config = {
      model_type: TYPE,
      hidden_size: dimensions,
      ...(head && { id2label: Object.fromEntries(head.classes.map((label, i) => [i, label])) }),
    };
    const modules = ['StaticEmbedding', 'Normalize'].map((type, idx) => ({
      idx,
      name: String(idx),
      path: idx === 0 ? '' : `${idx}_${type}`,
      type: `sentence_transformers.models.${type}`,
    }));
    writeFileSync(join(folder, 'config.json'), `${JSON.stringify(config, undefined, 2)}\n`);
    writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(tokenizer));
    if (!head) writeFileSync(join(folder, 'modules.json'), JSON.stringify(modules, undefined, 2));
    const entry = (name: string, dims: readonly number[], values: Float32Array) => ({
      name,
      dims,
      read: () => values,
    });
    writeSafetensorsFile(
      join(folder, 'model.safetensors'),
      [
        entry('embedding.weight', [data.length / dimensions, dimensions], data),
        ...(head
          ? [
              entry('classifier.weight', [head.classes.length, dimensions], head.weights),
              entry('classifier.bias', [head.classes.length], head.bias),
            ]
          : []),
      ],
      'F32',
    );
  }
}
