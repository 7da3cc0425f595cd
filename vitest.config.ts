import { defineConfig } from 'vitest/config';
import { authenticationMachine, clientMachine, sessionMachine } from './machines/index.ts';
import { chartCoverageReporter } from './src/testing/coverage/vitest-reporter.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // Before everything that loads a machine.
    setupFiles: ['src/testing/coverage/setup.ts'],
    reporters: [
      'default',
      chartCoverageReporter({ machines: [clientMachine, sessionMachine, authenticationMachine], gate: 100 }),
    ],
  },
});
