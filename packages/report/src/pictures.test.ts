import { describe, expect, it } from 'vitest';
import { pictureSvg } from './pictures.ts';

describe('a way over a picture', () => {
  it('is no line between cells that are no neighbours: it goes on elsewhere', () => {
    const picture = { name: 'room', width: 4, height: 2, colours: [], cells: [] };
    const svg = pictureSvg(
      {
        ...picture,
        way: [
          [0, 0],
          [1, 1],
          [0, 0],
          [3, 0],
        ],
      },
      12,
      'room',
    );
    expect(svg).toContain('<path class="way" d="M0.5 0.5L1.5 1.5L0.5 0.5M3.5 0.5"/>');
    expect(pictureSvg(picture, 12, 'room')).not.toContain('class="way"');
  });
});
