import { group, mutate } from './test/mutated/groups.mjs';

export default {
  mutate,
  plugins: ['./test/mutated/runner.mjs'],
  testRunner: 'bundles',
  coverageAnalysis: 'perTest',
  concurrency: 1,
  // Beside the time that the tests take: a test that goes round in a circle is noticed by Stryker alone.
  timeoutMS: 1500,
  disableTypeChecks: false,
  // It would be rewritten by means of TypeScript's API, which version 7 does not have. There is no such file.
  tsconfigFile: 'none.json',
  ignorePatterns: ['/bench', '/dist', '/docs', '/coverage'],
  reporters: ['clear-text', 'json', 'html', 'progress-append-only'],
  clearTextReporter: { allowColor: false, reportTests: false, skipFull: true },
  jsonReporter: { fileName: `coverage/mutated/${group}.json` },
  htmlReporter: { fileName: `coverage/mutated/${group}.html` },
  thresholds: { high: 95, low: 85, break: 85 },
  warnings: { slow: false },
};
