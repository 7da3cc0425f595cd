import { afterEach, describe, expect, test } from 'vitest';
import { parseJid } from '../../../src/jid/index.ts';
import { type Server, type ServerOptions, startServer } from '../../../src/testing/index.ts';
import {
  countVerdicts,
  isDeviation,
  reportJson,
  reportJunit,
  reportLines,
  type Verification,
} from '../../../src/testing/verify/index.ts';
import { type TourGroup, verify } from '../../../src/testing/verify/server/index.ts';
import { childrenOf, type Element, element, parseElement, serialize } from '../../../src/xml/index.ts';

interface Fault {
  readonly fault: string;
  readonly move: string;
  /** What the server says instead; undefined where it does as it should. */
  readonly answer: (stanza: Element, jid: string) => Element | undefined;
  /** Level, section, and what came. */
  readonly finding: readonly [string, string, string];
}

const FAULTS: readonly Fault[] = [
  {
    fault: 'it answers what it does not understand',
    move: 'iq.unknownType',
    answer: ({ name, attributes: { type, id } }) =>
      name === 'iq' && type === 'verify' ? element('{jabber:client}iq', { type: 'result', id }) : undefined,
    finding: ['MUST', 'RFC 6120 §8.2.3', 'iq of type result'],
  },
  {
    fault: 'it lets a client speak in the name of another',
    move: 'message.wrongFrom',
    answer: (stanza) => (stanza.attributes.from?.includes('verify.invalid') ? stanza : undefined),
    finding: ['MUST', 'RFC 6120 §8.1.2.1', 'message of type chat'],
  },
  {
    fault: 'it answers an answer',
    move: 'iq.resultUnasked',
    answer: ({ name, attributes: { type, id } }) =>
      name === 'iq' && type === 'result' ? element('{jabber:client}iq', { type: 'error', id }) : undefined,
    finding: ['MUST', 'RFC 6120 §8.2.3', 'iq of type error'],
  },
  {
    fault: 'it takes no message of 10,000 octets',
    move: 'message.tenThousandBytes',
    answer: (stanza) => {
      const isLong = serialize(stanza).length > 9000;
      return isLong ? element('{jabber:client}message', { type: 'error', id: stanza.attributes.id }) : undefined;
    },
    finding: ['MUST', 'RFC 6120 §13.12', 'message of type error'],
  },
];

let server: Server;
afterEach(() => server.stop());

describe('the server of this package', () => {
  test('does what the specifications say, but for this', async () => {
    const verification = await verifyOwn({ streamManagement: true });
    expect(deviationsOf(verification)).toEqual([
      'deviates (MUST) secure.authenticating tls.again: stream error not-authorized, end of the stream, end of the connection',
      'deviates (SHOULD) authenticated.binding bind.tooLong: iq of type error (bad-request)',
    ]);
    expect(verification.omitted).toEqual([]);
    expect(verification.findings.length).toBeGreaterThan(80);
  });

  test('is walked by several accounts in turn', async () => {
    const seen = new Set<string>();
    const accounts = { juliet: 'balcony', nurse: 'balcony' };
    server = await startServer({
      domain: 'capulet.example',
      accounts,
      intercept: (_stanza, { jid }) => {
        seen.add(jid.bare);
        return false;
      },
    });
    const [jid, nurse] = [parseJid('juliet@capulet.example'), parseJid('nurse@capulet.example')];
    const { port, ca } = server;
    const options = { host: '127.0.0.1', port, jid, others: [nurse], password: 'balcony', ca } as const;
    const { findings } = await verify({ ...options, groups: ['stanzas'] });
    expect(findings.filter(isDeviation)).toEqual([]);
    expect([...seen].sort()).toEqual(['juliet@capulet.example', 'nurse@capulet.example']);
  });

  test('is not asked about stream management where it does not offer it', async () => {
    const { findings, omitted } = await verifyOwn({}, ['management']);
    expect(omitted.map(({ state, move }) => `${state} ${move}`)).toContain('bound sm.enable');
    expect([...new Set(omitted.map(({ reason }) => reason))]).toEqual(['the server does not offer stream management']);
    expect(findings.filter(({ move }) => move.startsWith('sm.'))).toEqual([]);
  });

  test('is not logged in to where it offers no mechanism that shows it no password', async () => {
    const { findings, omitted } = await verifyOwn({ mechanisms: ['PLAIN'] }, ['authentication', 'binding']);
    expect([...new Set(omitted.map(({ reason }) => reason))]).toEqual([
      'the server offers no SCRAM without channel binding',
    ]);
    expect(findings.map(({ move }) => move)).toContain('auth.unknownMechanism');
  });
});

describe('a server that does otherwise', () => {
  test.each(FAULTS)('is found out: $fault', async ({ move, answer, finding }) => {
    const { findings, omitted } = await verifyOwn(
      {
        intercept: (stanza, session) => {
          const wrong = answer(stanza, session.jid.full);
          if (wrong) session.send(wrong);
          return wrong !== undefined;
        },
      },
      ['stanzas'],
    );
    const deviations = findings.filter(isDeviation);
    expect(deviations.map(({ level, section, got, ...each }) => [each.move, level, section, got])).toEqual([
      [move, ...finding],
    ]);
    expect(omitted).toEqual([]);
  });

  test('may say nothing: nobody waits longer than the limit', async () => {
    const { findings } = await verifyOwn({ intercept: () => true }, ['stanzas'], 50);
    expect(findings.find(({ move }) => move === 'iq.ping')).toMatchObject({
      verdict: 'deviates (MUST)',
      required: 'answers',
      got: 'nothing',
    });
  });
});

describe('what goes wrong on the way', () => {
  test('ends it, with what went wrong', async () => {
    await verifyOwn({}, ['negotiation']);
    await server.stop();
    const jid = parseJid('juliet@capulet.example');
    const { port, ca } = server;
    await expect(verify({ host: '127.0.0.1', port, jid, password: 'balcony', ca })).rejects.toMatchObject({
      code: 'transport/connection-failed',
      message: expect.stringContaining(`127.0.0.1:${port}`),
    });
  });

  test('so does whoever interrupts it', async () => {
    await expect(verifyOwn({}, ['negotiation'], undefined, AbortSignal.abort())).rejects.toMatchObject({
      name: 'AbortError',
    });
  });
});

describe('reports', () => {
  test('show of a login no more than that there was one', async () => {
    const { findings } = await verifyOwn({}, ['authentication']);
    expect(findings.find(({ move }) => move === 'auth.begin')?.xml).toBe(
      '<challenge xmlns="urn:ietf:params:xml:ns:xmpp-sasl">[masked]</challenge>',
    );
  });

  test('for people name what deviates, and why', async () => {
    const lines = reportLines(await verifyOwn({}, ['negotiation']));
    expect(lines.slice(0, 5)).toEqual([
      'capulet.example: 14 moves in 11 tours',
      '  12 met',
      '  1 allowed',
      '  0 deviate from a SHOULD',
      '  1 deviate from a MUST',
    ]);
    expect(lines.slice(6, 11)).toEqual([
      'negotiation',
      '  deviates (MUST)  secure.authenticating: tls.again (negotiation 10)',
      '    the client  asks for TLS under TLS',
      '    MUST        answers with a failure of TLS (RFC 6120 §5.4.2.2)',
      '    got         stream error not-authorized, end of the stream, end of the connection',
    ]);
  });

  test('for programs have every finding', async () => {
    const verification = await verifyOwn({}, ['negotiation']);
    const json = JSON.parse(reportJson(verification));
    expect(json).toMatchObject({ subject: 'server', name: 'capulet.example', counts: countVerdicts(verification) });
    expect(json.findings).toEqual(verification.findings);
  });

  test('for continuous integration have a case for each move, and fail for a MUST', async () => {
    const [suite] = childrenOf(parseElement(reportJunit(await verifyOwn({}, ['negotiation']))), 'testsuite');
    expect(suite?.attributes).toMatchObject({ name: 'capulet.example: negotiation', tests: '14', failures: '1' });
    const cases = suite === undefined ? [] : childrenOf(suite, 'testcase');
    expect(cases.filter((each) => childrenOf(each, 'failure').length > 0).map((each) => each.attributes.name)).toEqual([
      'secure.authenticating: tls.again',
    ]);
  });
});

/** The server is stopped behind the test. */
async function verifyOwn(
  options: Partial<ServerOptions>,
  groups?: readonly TourGroup[],
  limit?: number,
  signal?: AbortSignal,
): Promise<Verification> {
  server = await startServer({ domain: 'capulet.example', accounts: { juliet: 'balcony' }, ...options });
  const { port, ca } = server;
  const jid = parseJid('juliet@capulet.example');
  return verify({ host: '127.0.0.1', port, jid, password: 'balcony', ca, groups, limit, signal });
}

function deviationsOf({ findings }: Verification): readonly string[] {
  return findings.filter(isDeviation).map(({ verdict, state, move, got }) => `${verdict} ${state} ${move}: ${got}`);
}
