import type { Recipe } from '@gradus/loop';
import type { Command } from 'commander';
import type { Terminal } from './terminal.ts';

/** Adds a command that is no operation: it serves or works until it is stopped, or is about the command line itself. */
export type AddCommand = (program: Command, terminal: Terminal, recipes: readonly Recipe[]) => void;
