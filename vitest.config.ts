import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Packages whose tests start processes and servers, and change what a process has only one of: each file in a process of its own. */
const PROCESSES = ['cli', 'client', 'lifecycle', 'server'];

export default defineConfig({
  test: {
    // What a test gives does not depend on what is quick on this machine.
    env: { GRADUS_CACHE: 'none' },
    projects: [
      {
        extends: true,
        test: {
          name: 'processes',
          include: [
            `packages/{${PROCESSES.join(',')}}/src/**/*.test.ts`,
            'examples/**/*.test.ts',
            'scripts/**/*.test.ts',
          ],
        },
      },
      {
        extends: true,
        test: {
          name: 'libraries',
          include: [`packages/!(${PROCESSES.join('|')})/src/**/*.test.ts`],
          // A process runs many files and loads the packages once, which took a fifth of the time.
          isolate: false,
        },
      },
    ],
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
