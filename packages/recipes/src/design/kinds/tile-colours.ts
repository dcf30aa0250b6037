/** Colours of tiles by what they mean, in reports and in the tiles of maps; others take one of the rest. */
import type { TileMeaning } from '@gradus/tasks';
import type { LevelRules } from './level-rules.ts';

const MEANINGS: readonly (readonly [keyof TileMeaning, string])[] = [
  ['isStart', '#6fa8dc'],
  ['isExit', '#93c47d'],
  ['isCollectable', '#ffd966'],
  ['isDeadly', '#e06666'],
  ['isClimbable', '#c9a26b'],
  ['isDiggable', '#b45f3c'],
  ['isPlatform', '#8e7cc3'],
  ['isSolid', '#7f7f7f'],
];
const SOKOBAN: Readonly<Record<string, string>> = {
  '#': '#7f7f7f',
  $: '#c9873d',
  '*': '#8fbf5a',
  '.': '#f3c6c6',
  '@': '#6fa8dc',
  '+': '#6fa8dc',
};
const OTHER_TILES = ['#f4cccc', '#d9ead3', '#cfe2f3', '#fff2cc', '#ead1dc', '#d0e0e3'];
const NO_TILE = '#f2f4f6';

export function tileColour(tile: string, { game, tiles }: Pick<LevelRules, 'game' | 'tiles'>): string {
  if (game.kind === 'sokoban') return SOKOBAN[tile] ?? NO_TILE;
  const meaning = game.kind === 'platformer' ? game.rules.legend.get(tile) : undefined;
  const known = meaning && MEANINGS.find(([name]) => meaning[name]);
  if (known) return known[1];
  return meaning ? NO_TILE : OTHER_TILES[tiles.indexOf(tile) % OTHER_TILES.length]!;
}
