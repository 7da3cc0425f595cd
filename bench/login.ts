// A process of its own: one login after the other, by a bare script and by ours in turn, against one server:
// `login.js <name>`. Reports `LoginReport`.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { bareScramLogin, bareTokenLogin } from './logins/bare-login.ts';
import { compareLogins } from './logins/compare.ts';
import { getToken, ourScramLogin, ourTokenLogin } from './logins/our-login.ts';
import type { Place } from './logins/place.ts';
import { missingPackages, placeOf, startQuietProsody } from './logins/prosody.ts';
import { type ComparedLogin, LOGIN_NAMES, type LoginName, type LoginReport } from './logins/report.ts';

const COMPARISONS: Readonly<Record<LoginName, () => Promise<LoginReport>>> = {
  'secure-login': embeddedServer,
  'prosody-login': () => orMissing(missingPackages(['prosody']), passwords),
  'token-login': () => orMissing(missingPackages(['prosody', 'prosody-modules']), tokens),
};

/** Our client keeps to what the script does: no -PLUS, no stream management, no tokens. */
async function embeddedServer(): Promise<LoginReport> {
  const child = fork(fileURLToPath(new URL('servers/embedded-server.js', import.meta.url)), { execArgv: [] });
  const [place]: Place[] = await once(child, 'message');
  if (!place) throw new Error('the embedded server did not start');
  const bare = bareScramLogin(place, { hash: 'sha512', managesStream: false });
  const costs = await compareLogins(300, bare, ourScramLogin(place, 'SCRAM-SHA-512', false));
  child.disconnect();
  return { compared: [{ title: 'embedded server, STARTTLS, SCRAM-SHA-512', ...costs, goal: { times: 1.3 } }] };
}

async function orMissing(
  missing: string | undefined,
  measure: () => Promise<readonly ComparedLogin[]>,
): Promise<LoginReport> {
  return missing === undefined ? { compared: await measure() } : { missing };
}

/** Passwords are kept hashed, as Prosody keeps them by default: it computes no PBKDF2 while the client waits. */
async function passwords(): Promise<readonly ComparedLogin[]> {
  const server = await startQuietProsody({ tlsVersion: '1.3', passwordHash: 'SHA-256' });
  const place = placeOf(server);
  const bare = bareScramLogin(place, { hash: 'sha256', managesStream: true });
  const costs = await compareLogins(300, bare, ourScramLogin(place, 'SCRAM-SHA-256', true));
  await server.stop();
  return [{ title: 'Prosody, STARTTLS, SCRAM-SHA-256', ...costs, goal: { times: 1.25, cpu: 10 } }];
}

async function tokens(): Promise<readonly ComparedLogin[]> {
  return [
    {
      title: 'Prosody, TLS 1.3, token',
      ...(await tokenLogins('1.3', 300, 'auto')),
      goal: { times: 1.25, cpu: 10 },
    },
    { title: 'Prosody, TLS 1.3, token in one flight', ...(await tokenLogins('1.3', 50, 'always')) },
    { title: 'Prosody, TLS 1.2, token in one flight', ...(await tokenLogins('1.2', 150, 'always')) },
  ];
}

async function tokenLogins(tlsVersion: '1.2' | '1.3', rounds: number, pipelining: 'auto' | 'always') {
  const server = await startQuietProsody({ tlsVersion, sasl2: true });
  const place = placeOf(server);
  const bare = bareTokenLogin(place, { ...(await getToken(place)), isPipelined: pipelining === 'always' });
  const costs = await compareLogins(rounds, bare, await ourTokenLogin(place, pipelining));
  await server.stop();
  return costs;
}

const name = LOGIN_NAMES.find((each) => each === process.argv[2]);
if (!name) throw new Error(`Expected one of ${LOGIN_NAMES.join(', ')}, got ${process.argv[2]}`);
process.send?.(await COMPARISONS[name](), () => process.exit());
