import { describe, expect, it } from 'vitest';
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
