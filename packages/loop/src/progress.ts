/**
 * Progress on a terminal: one line that changes in place, or, where the output is a file or a log, a line at the start of
 * each step and every few seconds where there is something new to say.
 */
import { performance } from 'node:perf_hooks';
import type { Language, Localized } from '@gradus/base';
import type { Step } from './recipe.ts';

export interface Progress {
  /** One of a run's steps; or the comparison of two runs, or prediction of a file's rows. */
  readonly step: Step | 'compare' | 'predict';
  /** Part of the step, in a word; absent at its start. */
  readonly what?: Localized;
  readonly done: number;
  /** Absent where it is unknown. */
  readonly total?: number;
}

const STEP_NAMES: Readonly<Record<Progress['step'], Localized>> = {
  prepare: { en: 'prepare', zh: '准备数据' },
  process: { en: 'process', zh: '处理数据' },
  build: { en: 'build', zh: '构建模型' },
  train: { en: 'train', zh: '训练' },
  evaluate: { en: 'evaluate', zh: '评估' },
  deploy: { en: 'deploy', zh: '部署' },
  compare: { en: 'compare', zh: '比较' },
  predict: { en: 'predict', zh: '预测' },
};

/** Milliseconds between lines, in place and one under another. */
const REDRAW = 100;
const NEXT_LINE = 2000;

/** Seconds of a part in which so much of it must be done before the rest is estimated: work warms up. */
const EARLY = 30;
const LEAST_SHARE = 0.05;

interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface TerminalProgress {
  update(progress: Progress): void;
  /** Ends the line. */
  end(): void;
}

export function terminalProgress(output: Output, language: Language): TerminalProgress {
  let part = '';
  let partStarted = 0;
  let before = 0;
  let drawn = Number.NEGATIVE_INFINITY;
  let said = '';
  return {
    update(progress) {
      const now = performance.now();
      const current = `${progress.step}/${progress.what?.en ?? ''}`;
      // What begins again is another piece of work.
      const isNew = current !== part || progress.done < before;
      before = progress.done;
      if (isNew) {
        part = current;
        partStarted = now;
      }
      if (!isNew && now - drawn < (output.isTTY ? REDRAW : NEXT_LINE)) return;
      drawn = now;
      const line = lineOf(progress, (now - partStarted) / 1000, language);
      if (line === said) return;
      said = line;
      output.write(output.isTTY ? `\r\u001b[2K${line.slice(0, (output.columns ?? 80) - 1)}` : `${line}\n`);
    },
    end() {
      said = '';
      if (output.isTTY && part !== '') output.write('\r\u001b[2K');
    },
  };
}

function lineOf({ step, what, done, total }: Progress, seconds: number, language: Language): string {
  const name = [STEP_NAMES[step][language], what?.[language]].filter(Boolean).join(': ');
  if (total === undefined || total === 0 || done === 0) return name;
  const left = (seconds * (total - done)) / done;
  const share = `${Math.floor((100 * done) / total)}%`;
  // An estimate from the first moments would only jump about.
  const isEarly = seconds < 1 || (done / total < LEAST_SHARE && seconds < EARLY);
  if (isEarly || done >= total) return `${name} ${share}`;
  const rest = left < 90 ? `${Math.ceil(left)} s` : `${Math.ceil(left / 60)} min`;
  return `${name} ${share}, ${language === 'zh' ? `还需约 ${rest}` : `about ${rest} left`}`;
}
