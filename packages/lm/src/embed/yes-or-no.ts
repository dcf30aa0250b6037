/** Whether a text answers a query, as a decoder says it with yes or no (Qwen3-Reranker; Zhang et al., 2025). */
import type { Constraint } from '../constrain/constraint.ts';
import type { LanguageModel } from '../model/language-model.ts';

/** The prompt that Qwen3-Reranker was trained with. */
const JUDGE =
  'Judge whether the Document meets the requirements based on the Query and the Instruct provided. Note that the answer can only be "yes" or "no".';
const BEFORE = `<|im_start|>system\n${JUDGE}<|im_end|>\n<|im_start|>user\n`;
const AFTER = '<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n';
const SEARCH = 'Given a web search query, retrieve relevant passages that answer the query';

export interface YesOrNoQuestion {
  readonly ids: readonly number[];
  /** Whether the end of the text was cut off. */
  readonly cut: boolean;
}

export class YesOrNo {
  readonly #tokenizer: LanguageModel['tokenizer'];
  readonly #yes: number;
  readonly #no: number;
  readonly #before: readonly number[];
  readonly #after: readonly number[];

  /** Nothing where the model is not of the architecture, or has no tokens for the two words. */
  static of({ config, tokenizer }: Pick<LanguageModel, 'config' | 'tokenizer'>): YesOrNo | undefined {
    const [yes, no] = ['yes', 'no'].map((word) => tokenizer.idOf(word));
    const isKnown = config.modelType === 'qwen3' && yes !== undefined && no !== undefined;
    return isKnown ? new YesOrNo(tokenizer, yes, no) : undefined;
  }

  private constructor(tokenizer: LanguageModel['tokenizer'], yes: number, no: number) {
    this.#tokenizer = tokenizer;
    this.#yes = yes;
    this.#no = no;
    const marks = (text: string) => [...tokenizer.encode(text, { addSpecial: false }).ids];
    [this.#before, this.#after] = [marks(BEFORE), marks(AFTER)];
  }

  /** @param instruction what makes a text a good answer. Default: a search on the web */
  question(query: string, text: string, places: number, instruction = SEARCH): YesOrNoQuestion {
    const asked = `<Instruct>: ${instruction}\n<Query>: ${query}\n<Document>: ${text}`;
    const { ids } = this.#tokenizer.encode(asked, { addSpecial: false, parseSpecial: false });
    const room = places - this.#before.length - this.#after.length;
    const kept = ids.slice(0, Math.max(0, room));
    return { ids: [...this.#before, ...kept, ...this.#after], cut: ids.length > room };
  }

  /** How probable yes is against no. */
  score(logits: Float32Array): number {
    return 1 / (1 + Math.exp(logits[this.#no]! - logits[this.#yes]!));
  }

  /** Keeps an answer to one of the two words, and tells how probable yes was. */
  constraint(onScore: (score: number) => void): Constraint {
    return {
      shortest: 1,
      start: () => {
        let isSaid = false;
        return {
          mask: (logits) => {
            onScore(this.score(logits));
            const [yes, no] = [logits[this.#yes]!, logits[this.#no]!];
            logits.fill(Number.NEGATIVE_INFINITY);
            [logits[this.#yes], logits[this.#no]] = [yes, no];
          },
          accept: () => {
            isSaid = true;
          },
          get complete() {
            return isSaid;
          },
          get finished() {
            return isSaid;
          },
        };
      },
    };
  }
}
