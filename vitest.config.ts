import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['packages/*/src/**/*.test.ts', 'examples/**/*.test.ts', 'scripts/**/*.test.ts'],
    pool: 'forks',
    // Vitest would leave a core free, which on two cores is half of them.
    maxWorkers: '100%',
    // Tests of real processes and sockets depend on how busy the machine is: one that fails there is tried again.
    retry: process.env.CI ? 2 : 0,
    testTimeout: 300_000,
    hookTimeout: 300_000,
    reporters: ['default', './scripts/count-reporter.ts'],
  },
});
