import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['packages/*/src/**/*.test.ts', 'examples/**/*.test.ts', 'scripts/**/*.test.ts'],
    pool: 'forks',
    // One more than there are cores: tests of processes and sockets wait, and left a third of two cores idle.
    maxWorkers: availableParallelism() + 1,
    // Tests of real processes and sockets depend on how busy the machine is: one that fails there is tried again.
    retry: process.env.CI ? 2 : 0,
    testTimeout: 300_000,
    hookTimeout: 300_000,
    reporters: ['default', './scripts/count-reporter.ts'],
  },
});
