import { describe, expect, it } from 'vitest';
import { decodeText } from './decode-text.ts';

const TEXT = 'Amber\n琥珀\n青瓷茶盏\n松风\n一叶知秋\n';

describe('decodeText', () => {
  it('reads UTF-8 and UTF-16, with a mark and without', () => {
    const wide = Buffer.from(TEXT, 'utf16le');
    const mark = (...bytes: number[]) => Uint8Array.from(bytes);
    for (const bytes of [
      Buffer.from(TEXT),
      Buffer.concat([mark(0xef, 0xbb, 0xbf), Buffer.from(TEXT)]),
      wide,
      Buffer.concat([mark(0xff, 0xfe), wide]),
      Buffer.concat([mark(0xfe, 0xff), Buffer.from(wide).swap16()]),
    ])
      expect(decodeText(bytes)).toBe(TEXT);
  });

  it('reads what Windows writes in China', () => {
    const gbk = Uint8Array.from([
      ...[0xc4, 0xe3, 0xba, 0xc3, 0xa3, 0xac, 0xca, 0xc0, 0xbd, 0xe7, 0x0a],
      ...[0xce, 0xd2, 0xc3, 0xc7, 0xc0, 0xb4, 0xc1, 0xcb, 0x0a],
    ]);
    expect(decodeText(gbk)).toBe('你好，世界\n我们来了\n');
  });

  it('tells what is no text', () => {
    expect(decodeText(Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a))).toBeUndefined();
    expect(decodeText(Uint8Array.from({ length: 400 }, (_, i) => (i * 37) % 256))).toBeUndefined();
    expect(decodeText(Buffer.concat([Buffer.from(TEXT.repeat(9)), Uint8Array.of(0xff)]))).toBeUndefined();
  });
});
