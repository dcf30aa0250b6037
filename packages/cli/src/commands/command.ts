import type { Recipe } from '@gradus/loop';
import type { Command } from 'commander';
import type { Terminal } from '../terminal.ts';

/** Adds a command to the program. */
export type AddCommand = (program: Command, terminal: Terminal, recipes: readonly Recipe[]) => void;
