import { describe, expect, it } from 'vitest';
import { levelShapeForecaster } from './level-shape.ts';

describe('level and shape', () => {
  it('gives every weekday its own day, at the level that comes', () => {
    // Weekends swing half as much as workdays; all grows by a tenth of the first day each day.
    const at = (t: number): number => {
      const day = Math.floor(t / 24);
      const swing = day % 7 > 4 ? 0.2 : 0.4;
      return (10 + day) * (1 + swing * Math.sin((2 * Math.PI * t) / 24));
    };
    const hours = Float64Array.from({ length: 24 * 7 * 8 }, (_, t) => at(t));
    const told = levelShapeForecaster([24, 168])
      .fit(hours, 24)!
      .forecast(24 * 7);
    for (let h = 0; h < told.length; h++)
      expect(Math.abs(told[h]! / at(hours.length + h) - 1)).toBeLessThan(0.05);
  });
});
