import { createPrivateKey, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { TLSSocket } from 'node:tls';
import { inspect } from 'node:util';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ClientCertificate, TlsSettings } from '../../machines/settings.ts';
import { secureContextFor } from '../../src/actors/secure-context.ts';
import { type AcceptedNames, connectTls } from '../../src/actors/tls-options.ts';
import { OptionError } from '../../src/errors/index.ts';
import { type Authority, createAuthority } from '../../src/testing/certificate.ts';
import { closed, closeServers, listenTls } from './tcp-servers.ts';

const PASSPHRASE = 'a rose by any other name';

let authority: Authority;
let own: ClientCertificate;
let other: ClientCertificate;

beforeAll(async () => {
  authority = await createAuthority();
  own = await authority.issue({ domains: ['juliet.example'] });
  other = await authority.issue({ domains: ['juliet.example'] });
});

afterEach(closeServers);

describe('a TLS connection', () => {
  it('accepts a certificate for any of the names, and asks for the first', async () => {
    const asked: unknown[] = [];
    const accept = (socket: TLSSocket): void => {
      asked.push(Reflect.get(socket, 'servername'));
      socket.write('x');
    };
    const port = await listenTls(await authority.issue({ domains: ['example.org'] }), accept);
    const lists: AcceptedNames[] = [['example.org'], ['ws.example.net', 'example.org'], ['127.0.0.1', 'example.org']];
    for (const names of lists) {
      const socket = connectTls(settings(), names, { host: '127.0.0.1', port });
      await once(socket, 'data');
      socket.destroy();
    }
    expect(asked).toEqual(['example.org', 'ws.example.net', false]);
    const socket = connectTls(settings(), ['ws.example.net', '[::1]'], { host: '127.0.0.1', port });
    await expect(once(socket, 'secureConnect')).rejects.toMatchObject({
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
      message: expect.stringContaining('ws.example.net'),
    });
  });

  it('takes no path of a web page for a place to connect to', async () => {
    const port = await listenTls(await authority.issue({ domains: ['example.org'] }), () => {});
    const socket = connectTls(settings(), ['example.org'], { host: '127.0.0.1', port, path: '/xmpp-websocket' });
    await once(socket, 'secureConnect');
    socket.destroy();
  });

  it.each<[string, string, Partial<TlsSettings>]>([
    ['the name is wrong', 'example.net', {}],
    ['the fingerprint is wrong', 'example.org', { fingerprints: ['1'.repeat(64)] }],
    [
      'the fingerprint is wrong and nothing else matters',
      'example.org',
      { fingerprints: ['1'.repeat(64)], trustsAnyCertificate: true },
    ],
    ['nobody trusts it', 'example.org', { ca: undefined }],
  ])('sends nothing of what was written before the certificate came, if %s', async (_title, name, given) => {
    const heard: string[] = [];
    const certificate = await authority.issue({ domains: ['example.org'] });
    const port = await listenTls(certificate, (socket) => socket.on('data', (bytes) => heard.push(String(bytes))));
    const socket = connectTls(settings(given), [name], { host: '127.0.0.1', port });
    socket.write('secret');
    const [error] = await once(socket, 'error');
    await closed();
    expect(error).toBeInstanceOf(Error);
    expect(heard).toEqual([]);
  });
});

describe('a certificate of the client', () => {
  it('with an encrypted key is shown with its passphrase', async () => {
    const key = encrypted(own);
    const shown: unknown[] = [];
    const accept = (socket: TLSSocket): void => void shown.push(socket.getPeerCertificate().fingerprint256);
    const asking = { requestCert: true, rejectUnauthorized: false };
    const port = await listenTls(await authority.issue({ domains: ['example.org'] }), accept, asking);
    const tls = settings({ clientCertificate: () => ({ ...own, key, passphrase: PASSPHRASE }) });
    const socket = connectTls(tls, ['example.org'], { host: '127.0.0.1', port });
    await once(socket, 'secureConnect');
    socket.end();
    await closed();
    expect(shown).toEqual([new X509Certificate(own.certificate).fingerprint256]);
  });

  it.each<[string, () => ClientCertificate]>([
    ['is no PEM', () => ({ ...own, certificate: 'juliet.pem' })],
    ['has a key that is no PEM', () => ({ ...own, key: `key of ${PASSPHRASE}` })],
    ['has the key of another one', () => ({ ...own, key: other.key })],
    ['has a wrong passphrase', () => ({ ...own, key: encrypted(own), passphrase: 'orchard' })],
    ['has no passphrase, but needs one', () => ({ ...own, key: encrypted(own) })],
    ['has a passphrase that is none', () => ({ ...own, passphrase: Object(4711) })],
    [
      'cannot be had',
      () => {
        throw new Error(`no file with ${PASSPHRASE}`);
      },
    ],
  ])('that %s cannot be used, and the error shows nothing of the key', (_title, clientCertificate) => {
    const error = thrownBy(() => secureContextFor(settings({ clientCertificate })));
    expect(error).toBeInstanceOf(OptionError);
    expect(error).toMatchObject({
      message: expect.stringMatching(/^`tls\.clientCertificate` cannot be used: (?:ERR_[A-Z0-9_]+|it throws)$/),
      hint: expect.stringContaining('PEM'),
    });
    const seen = inspect(error, { depth: null, showHidden: true });
    for (const secret of [PASSPHRASE, 'orchard', '4711', ...linesOf(own.key), ...linesOf(other.key)]) {
      expect(seen).not.toContain(secret);
    }
  });
});

describe('an authority', () => {
  it.each([
    ['the name of a file', 'ca.pem'],
    ['nothing', ''],
    ['a list with nothing in it', ['']],
    ['a key', () => own.key],
  ])('that is %s cannot be used', (_title, ca) => {
    const error = thrownBy(() => secureContextFor(settings({ ca: typeof ca === 'function' ? ca() : ca })));
    expect(error).toBeInstanceOf(OptionError);
    expect(error).toMatchObject({ message: expect.stringMatching(/^`tls\.ca` cannot be used: ERR_/) });
  });
});

describe('what was read from certificates', () => {
  it('is shared by connections with the same settings', () => {
    const first = secureContextFor(settings());
    expect(secureContextFor(settings({ ca: `${authority.certificate}` }))).toBe(first);
    expect(secureContextFor(settings({ ca: [authority.certificate] }))).not.toBe(first);
    expect(secureContextFor(settings({ minVersion: 'TLSv1.3' }))).not.toBe(first);
  });

  it('is shared by those who show the same certificate, and by nobody else', () => {
    const tls = settings({ clientCertificate: () => own });
    const first = secureContextFor(tls);
    expect(secureContextFor(settings({ clientCertificate: () => own }))).toBe(first);
    expect(secureContextFor(settings())).not.toBe(first);
    expect(secureContextFor(settings({ clientCertificate: () => other }))).not.toBe(first);
    expect(secureContextFor({ ...tls, minVersion: 'TLSv1.3' })).not.toBe(first);
  });

  it('is forgotten for the oldest settings where there are many', () => {
    const first = secureContextFor(settings());
    const others = Array.from({ length: 9 }, (_none, count) => Array(count + 2).fill(authority.certificate));
    for (const ca of others) secureContextFor(settings({ ca }));
    expect(secureContextFor(settings())).not.toBe(first);
  });
});

function settings(given: Partial<TlsSettings> = {}): TlsSettings {
  return {
    ca: authority.certificate,
    minVersion: 'TLSv1.2',
    clientCertificate: undefined,
    fingerprints: [],
    trustsAnyCertificate: false,
    ...given,
  };
}

function encrypted({ key }: ClientCertificate): string {
  const options = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: PASSPHRASE } as const;
  return createPrivateKey(key).export(options).toString();
}

function linesOf(pem: string): string[] {
  return pem.split('\n').filter((line) => line.length > 20 && !line.startsWith('-----'));
}

function thrownBy(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    return error;
  }
}
