import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { verifyClient } from '../../../src/testing/verify/client/index.ts';
import { isDeviation, reportLines } from '../../../src/testing/verify/index.ts';
import { childrenOf, parseElement } from '../../../src/xml/index.ts';
import { run } from '../../cli/harness.ts';

const FAULTY = join(import.meta.dirname, '../../support/faulty-client.mjs');
const LIMIT = 3000;

/** Fault, tours to walk, and what deviates: verdict, state, move, what was required and what came. */
const FAULTS: readonly (readonly [fault: string, tours: readonly string[], deviations: readonly string[]])[] = [
  ['none', ['login'], []],
  [
    'trusting',
    ['trust 4', 'trust 5', 'trust 6'],
    ['tls.otherName', 'tls.unknownAuthority', 'tls.expired'].map(
      (move) => `deviates (MUST) plain.securing ${move}: opens no stream there (RFC 6120 §13.7.2): stream header`,
    ),
  ],
  [
    'proud',
    ['streams 13'],
    ['deviates (MUST) online connection.lost: says that it is offline (The contract): end of the connection'],
  ],
];

describe('a client that does otherwise is found out', () => {
  test.each(FAULTS)('%s', async (fault, tours, deviations) => {
    const { findings, omitted } = await verifyFaulty(fault, tours);
    const found = findings.filter(isDeviation).map(({ verdict, state, move, required, section, got }) => {
      return `${verdict} ${state} ${move}: ${required} (${section}): ${got}`;
    });
    expect(found.toSorted()).toEqual(deviations.toSorted());
    expect(omitted).toEqual([]);
  });

  test('also by what it says of itself', async () => {
    const { findings } = await verifyFaulty('lying', ['login 2']);
    expect(
      findings.filter(isDeviation).map(({ move, verdict, required, got }) => [move, verdict, required, got]),
    ).toEqual([
      [
        'bind.grantedOther',
        'deviates (MUST)',
        'takes the address that it was given',
        'says online with another address',
      ],
    ]);
  });

  test('also where it does not end', async () => {
    const { findings } = await verifyFaulty('stubborn', ['login 1'], 500);
    expect(findings.filter(isDeviation).map(({ move, required, got }) => [move, required, got])).toEqual([
      ['client.stopped', 'closes its stream', 'nothing'],
    ]);
  });
});

describe('what a client does not use', () => {
  test('is not asked for, and the report says why', async () => {
    const verification = await verifyFaulty('careless', ['management 1', 'management 2']);
    expect(reportLines(verification).slice(4)).toEqual([
      '  0 deviate from a MUST',
      '',
      'Not tried',
      ...[
        'authenticated.bindingManaged: sm.bound (management 1)',
        'authenticated.enabling: sm.refused (management 1)',
        'authenticated.enabling: sm.enabled (management 2)',
        'managed: sm.request (management 2)',
        'managed: sm.countStanzas (management 2)',
        'managed: sm.cut (management 2)',
        'suspended: sm.resumed (management 2)',
        'managed: client.stopped (management 2)',
      ].map((what) => `  ${what}: the client does not enable stream management`),
    ]);
  });
});

describe('a command that does not keep to the contract', () => {
  const verified = (...argv: readonly string[]) => run(['verify', 'client', '--timeout', '1', ...argv]);
  const cases: readonly (readonly [title: string, command: readonly string[], missing: RegExp])[] = [
    ['does not exist', ['no-such-program'], /ended before it made a connection \(it could not be started: .*ENOENT/],
    [
      'ends at once',
      [process.execPath, '-e', '0'],
      /ended before it made a connection \(exit code 0\)\. It wrote nothing/,
    ],
    ['never connects', [process.execPath, '-e', 'setInterval(() => {}, 1000)'], /made no connection within 3 s/],
    [
      'says nothing of its session',
      faulty('silent'),
      /was logged in, and did not write `online <full JID>` within 1 s/,
    ],
    ['wants no TLS', faulty('unprotected'), /left the plain login where the server made the move tls\.offered/],
    [
      'has another password',
      faulty('forgetful'),
      /left the plain login where the server made the move auth\.succeeded/,
    ],
  ];

  test.each(cases)('%s', async (_, command, missing) => {
    const { exitCode, stderr } = verified('--', ...command);
    expect(await exitCode).toBe(2);
    expect(stderr()).toMatch(missing);
    expect(stderr()).toMatch(
      /XMPP_JID with XMPP_PASSWORD at XMPP_HOST and XMPP_PORT .* docs\/verify\.md has it all\.\n$/,
    );
  });

  test('is told so if there is none', async () => {
    const { exitCode, stderr } = verified();
    expect(await exitCode).toBe(2);
    expect(stderr()).toBe(
      'xstate-xmpp: Expected the command of a client after --, got none. As in: xstate-xmpp verify client -- node my-client.mjs. It keeps to the contract of docs/verify.md.\n',
    );
  });

  test('is nobody to be waited for when somebody interrupts', async () => {
    const command = [process.execPath, '-e', 'console.error("here"); setInterval(() => {}, 1000)'];
    const started = run(['verify', 'client', '--', ...command]);
    started.interrupt();
    expect([await started.exitCode, started.stderr()]).toEqual([130, 'xstate-xmpp: interrupted\n']);
  });
});

describe('the command', () => {
  test('writes a report, and ends with 1 where the client deviates from a MUST', async () => {
    const argv = ['verify', 'client', '--tours', 'trust 4', '--timeout', '3', '--', ...faulty('trusting')];
    const { exitCode, stdout } = run(argv, { env: { ...environment() } });
    expect(await exitCode).toBe(1);
    expect(stdout()).toContain('  deviates (MUST)  plain.securing: tls.otherName (trust 4)\n');
    expect(stdout()).toContain('    the server  shows a certificate for another name\n');
  });

  test('shows what the client wrote without its controls, also where nothing but the login works', async () => {
    const noisy = [
      `if (require('fs').existsSync(process.env.XMPP_CA + '.seen')) { process.stderr.write('\x1b[31m'); process.exit(3); }`,
      `require('fs').writeFileSync(process.env.XMPP_CA + '.seen', '');`,
      `import(${JSON.stringify(pathToFileURL(FAULTY).href)});`,
    ].join('\n');
    const argv = ['verify', 'client', '--tours', 'login 2', '--format', 'junit', '--', process.execPath, '-e', noisy];
    const { exitCode, stdout } = run(argv, { env: environment() });
    expect(await exitCode).toBe(1);
    const [suite] = childrenOf(parseElement(stdout()), 'testsuite');
    expect(suite?.attributes).toMatchObject({ tests: '7', failures: '0', skipped: '7' });
    expect(stdout()).toContain('It wrote: \\u{1b}[31m');
  });

  test('lists all tours', async () => {
    const { exitCode, stdout } = run(['verify', 'client', '--list']);
    expect(await exitCode).toBe(0);
    expect(stdout()).toContain('trust 4           tls.otherName\n');
  });

  test('knows no tours but those', async () => {
    const { exitCode, stderr } = run(['verify', 'client', '--tours', 'login,none', '--', 'true']);
    expect(await exitCode).toBe(2);
    expect(stderr()).toMatch(/^xstate-xmpp: Expected all, or some of login, [^\n]+, got 'none'\. --list[^\n]+\n$/);
  });
});

function faulty(fault: string): readonly string[] {
  return [process.execPath, FAULTY, fault];
}

function verifyFaulty(fault: string, tours: readonly string[], limit = LIMIT) {
  return verifyClient({ command: faulty(fault), env: environment(), tours, limit });
}

/** Without what vitest adds for its own processes. */
function environment(): Record<string, string> {
  const { PATH = '', HOME = '' } = process.env;
  return { PATH, HOME };
}
