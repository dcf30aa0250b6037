import { performance } from 'node:perf_hooks';
import { describe, expect, it, vi } from 'vitest';
import { terminalProgress } from './index.ts';

function output(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, columns: 60, write: (text: string) => written.push(text), written };
}

describe('terminalProgress', () => {
  it('writes a line at the start of each part at once, in the chosen language', () => {
    const log = output(false);
    const progress = terminalProgress(log, 'zh');
    progress.update({ step: 'prepare', done: 0 });
    progress.update({ step: 'train', what: { en: 'network', zh: '网络' }, done: 0, total: 100 });
    for (let done = 1; done < 100; done++)
      progress.update({ step: 'train', what: { en: 'network', zh: '网络' }, done, total: 100 });
    progress.end();
    expect(log.written).toEqual(['准备数据\n', '训练: 网络\n']);
  });

  it('estimates the rest once enough is done, anew where work begins again, and says nothing twice', () => {
    const clock = vi.spyOn(performance, 'now');
    const log = output(false);
    const progress = terminalProgress(log, 'en');
    const learning = (seconds: number, done: number) => {
      clock.mockReturnValue(1000 * seconds);
      progress.update({ step: 'train', what: { en: 'learning', zh: '学习' }, done, total: 1000 });
    };
    learning(0, 0);
    learning(3, 500);
    learning(6, 1);
    learning(9, 2);
    learning(12, 100);
    learning(40, 40);
    clock.mockRestore();
    expect(log.written.map((line) => line.replace('train: learning', '').trim())).toEqual([
      '',
      '50%, about 3 s left',
      '0%',
      '10%, about 54 s left',
      '4%',
    ]);
  });

  it('changes one line in place on a terminal, and leaves none behind', () => {
    const terminal = output(true);
    const progress = terminalProgress(terminal, 'en');
    progress.update({
      step: 'train',
      what: { en: 'a part whose name is longer than the terminal is wide, by far', zh: '' },
      done: 1,
      total: 4,
    });
    progress.end();
    expect(terminal.written[0]).toMatch(/^\r.*train: a part/);
    expect(terminal.written[0]!.length).toBeLessThan(66);
    expect(terminal.written.at(-1)).toBe('\r\u001b[2K');
  });
});
