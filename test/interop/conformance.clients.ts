import { join } from 'node:path';
import process from 'node:process';
import { beforeAll, expect, test } from 'vitest';
import { reportChart } from '../../src/cli/verify-chart.ts';
import { verifyClient } from '../../src/testing/verify/client/index.ts';
import type { Verification } from '../../src/testing/verify/index.ts';
import { checkExplanations, checkPage, type Explanations, publishable } from './conformance.report.ts';

const ROOT = join(import.meta.dirname, '../..');

/** A run has three minutes at most. */
const PATIENCE = 180_000;

/** A client of which there is an adapter in `docs/examples/verify`. */
export interface VerifiedClient {
  /** The name of its page in `docs/conformance`. */
  readonly name: string;
  readonly program: string;
  readonly adapter: string;
  readonly over?: 'tcp' | 'websocket';
  readonly explanations: Explanations;
}

/** Verifies a client, and holds its page and the explanations of its deviations to what came of it. */
export function describeClient({ name, program, adapter, over, explanations }: VerifiedClient): () => Verification {
  let verification: Verification;

  beforeAll(async () => {
    const { PATH = '', HOME = '' } = process.env;
    const command = [program, join(ROOT, 'docs/examples/verify', adapter)];
    verification = await verifyClient({ command, env: { PATH, HOME }, over });
  }, PATIENCE);

  test('every deviation is explained, and nothing else is', () => {
    checkExplanations(publishable(verification), explanations);
  });

  test(`docs/conformance/${name}.md says what was measured`, async () => {
    const published = publishable(verification);
    expect(published.findings.length).toBeGreaterThan(40);
    checkPage(name, published, explanations, await reportChart(published));
  });

  return () => verification;
}
