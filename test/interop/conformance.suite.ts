import { afterAll, beforeAll, expect, test } from 'vitest';
import { reportChart } from '../../src/cli/verify-chart.ts';
import { parseJid } from '../../src/jid/index.ts';
import type { Verification } from '../../src/testing/verify/index.ts';
import { verify } from '../../src/testing/verify/server/index.ts';
import type { XmppServer } from '../support/server.ts';
import { checkExplanations, checkPage, type Explanations } from './conformance.report.ts';

/** Verifies a server, and holds its page in `docs/conformance` and the explanations of its deviations to what came of it. */
export function describeConformance(name: string, start: () => Promise<XmppServer>, explanations: Explanations): void {
  let server: XmppServer;
  let verification: Verification;

  beforeAll(async () => {
    server = await start();
    const { host, ports, domain, authority } = server;
    const jid = parseJid(`juliet@${domain}`);
    verification = await verify({ host, port: ports.startTls, jid, password: 'balcony', ca: authority });
  });
  afterAll(() => server.stop());

  test('every move of the model is made', () => {
    expect(verification.omitted).toEqual([]);
    expect(verification.findings.length).toBeGreaterThan(80);
  });

  test('every deviation is explained, and nothing else is', () => {
    checkExplanations(verification, explanations);
  });

  test(`docs/conformance/${name}.md says what was measured`, async () => {
    checkPage(name, verification, explanations, await reportChart(verification));
  });
}
