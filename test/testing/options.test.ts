import { afterEach, describe, expect, test } from 'vitest';
import { OptionError } from '../../src/errors/index.ts';
import { connectScriptedClient, startScriptedServer, startServer } from '../../src/testing/index.ts';
import { meet, stopAll } from './scripted-pair.ts';

const SERVER = { domain: 'capulet.example', accounts: { juliet: 'r0m30' }, listen: false };
const SCRIPTED = { domain: 'capulet.example', listen: false };
const CLIENT = { domain: 'capulet.example', memory: () => ({ write: () => {}, end: () => {} }) };
const NAMES =
  'SCRAM-SHA-512-PLUS, SCRAM-SHA-256-PLUS, SCRAM-SHA-1-PLUS, SCRAM-SHA-512, SCRAM-SHA-256, SCRAM-SHA-1, PLAIN, EXTERNAL, OAUTHBEARER, ANONYMOUS';
const VERSIONS = 'TLSv1, TLSv1.1, TLSv1.2, TLSv1.3';

afterEach(stopAll);

/** Calls as JavaScript would, where no types are in the way. */
function call(start: unknown, ...given: readonly unknown[]): Promise<unknown> {
  return typeof start === 'function' ? start(...given) : Promise.reject(new Error('Nothing to call'));
}

describe('a server', () => {
  test.each<[object, string]>([
    [
      { mechanisms: ['PLAIN', 'SCRAM-SHA-3', 7] },
      `\`mechanisms\`, a list of some of ${NAMES}, got one with 'SCRAM-SHA-3', 7`,
    ],
    [{ mechanisms: 'PLAIN' }, `\`mechanisms\`, a list of some of ${NAMES}, got 'PLAIN'`],
    [{ startTls: 'never' }, "`startTls`, one of required, optional, none, got 'never'"],
    [{ startTls: false }, '`startTls`, one of required, optional, none, got false'],
    [{ onConflict: {} }, '`onConflict`, one of end-older, refuse-newer, rename-newer, got a value of type object'],
    [{ sasl2: 'yes' }, '`sasl2`, true or false, got a text'],
    [{ scramIterations: 0 }, '`scramIterations`, a whole number above 0, got 0'],
    [{ resumptionTime: -1 }, '`resumptionTime`, a number that is not negative, got -1'],
    [{ resumptionTime: '600' }, "`resumptionTime`, a number that is not negative, got '600'"],
    [{ intercept: true }, '`intercept`, a function, got a value of type boolean'],
    [{ accounts: undefined }, '`accounts`, an object with a password for each localpart, got none'],
    [{ accounts: ['juliet'] }, '`accounts`, an object with a password for each localpart, got a list'],
    [{ accounts: new Map() }, '`accounts`, an object with a password for each localpart, got a value of type object'],
    [
      { accounts: { juliet: 1595 } },
      "`accounts`, an object with a password for each localpart, got a value of type number for 'juliet'",
    ],
    [{ limits: { maxDepth: null } }, '`limits.maxDepth`, a number that is not negative, got null'],
    [{ tlsVersions: { max: '1.2' } }, `\`tlsVersions.max\`, one of ${VERSIONS}, got '1.2'`],
    [
      { certificate: { key: 'k' } },
      '`certificate`, an object with `certificate` and `key`, both PEM, got a value of type object',
    ],
    [{ domain: '' }, '`domain`, a text that is not empty, got an empty text'],
    [
      { tlsVersions: { maximum: 'TLSv1.2' } },
      'options that `tlsVersions` of startServer() has (min, max), got `maximum`',
    ],
  ])('refuses %j', async (options, message) => {
    await expect(call(startServer, { ...SERVER, ...options })).rejects.toThrow(new OptionError(`Expected ${message}`));
  });

  test('refuses an option that there is not, and names those that there are', async () => {
    const failure = call(startServer, { ...SERVER, mechanism: ['PLAIN'] });
    await expect(failure).rejects.toThrow(OptionError);
    await expect(failure).rejects.toThrow(
      /^Expected options that startServer\(\) has \(domain, listen, .*mechanisms, .*onTraffic\), got `mechanism`$/,
    );
  });

  test('wants options', async () => {
    await expect(call(startServer)).rejects.toThrow(new OptionError('Expected options for startServer, got none'));
    await expect(call(startServer, null)).rejects.toThrow('Expected options for startServer, got null');
  });
});

describe('a script', () => {
  test.each<[object, string]>([
    [{ password: 1595 }, '`password`, a text that is not empty, got a value of type number'],
    [{ timeout: '5s' }, "`timeout`, a number that is not negative, got '5s'"],
    [{ limits: 7 }, '`limits`, an object, got a value of type number'],
  ])('of a server refuses %j', async (options, message) => {
    const failure = call(startScriptedServer, { ...SCRIPTED, ...options });
    await expect(failure).rejects.toThrow(new OptionError(`Expected ${message}`));
  });

  test.each<[object, string]>([
    [{ memory: {} }, '`memory`, a function, got a value of type object'],
    [{ port: '5222' }, '`port`, a port, up to 65535, got 5222'],
    [
      { websocketUrl: 'https://capulet.example' },
      '`websocketUrl`, an address that begins with ws: or wss:, got https://capulet.example',
    ],
    [{ clientCertificate: 'PEM' }, '`clientCertificate`, an object with `certificate` and `key`, both PEM, got a text'],
  ])('of a client refuses %j', async (options, message) => {
    const failure = call(connectScriptedClient, { ...CLIENT, ...options });
    await expect(failure).rejects.toThrow(new OptionError(`Expected ${message}`));
  });

  test('has no options of others', async () => {
    await expect(call(startScriptedServer, { ...SCRIPTED, accounts: {} })).rejects.toThrow(
      'Expected options that startScriptedServer() has (domain, listen, tls, websocket, maxBacklog, certificate, tlsVersions, clientAuthority, password, scramIterations, timeout, limits), got `accounts`',
    );
    await expect(call(connectScriptedClient, { ...CLIENT, tls: true })).rejects.toThrow(
      'Expected options that connectScriptedClient() has (domain, memory, port, tlsPort, host, websocketUrl, timeout, limits, ca, clientCertificate), got `tls`',
    );
  });

  test('takes as much at once as it was told to', async () => {
    const long = `<message><body>${'O'.repeat(2 * 1024 * 1024)}</body></message>`;
    const limits = { maxElementBytes: 4 * 1024 * 1024 };
    const { client, peer } = await meet({ limits });
    const script = client.header().sends(long).receives('<message/>').catch(String);
    await peer.header().receives(long).sends(long);
    expect(await script).toContain('Instead: it sent (no XML: ');
  });
});
