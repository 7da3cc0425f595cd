import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { startProsody } from '../../test/support/prosody.ts';
import type { ProsodyOptions } from '../../test/support/prosody-config.ts';
import type { XmppServer } from '../../test/support/server.ts';
import { DOMAIN, LOCALPART, PASSWORD, type Place, type RealServer } from './place.ts';

/** A Prosody for all peers in turn. */
export interface PeersProsody {
  readonly server: RealServer;
  /** For the processes of the peers: not every library lets its user name an authority. */
  readonly environment: { readonly NODE_EXTRA_CA_CERTS: string };
  stop(): Promise<void>;
}

/** Where dist/bench/logins/prosody.js is three folders down. */
const ROOT = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
/** The modules of tests are no TypeScript, and stay where they are. */
const PLUGINS = join(ROOT, 'test/support/prosody-plugins');

/** A package of Debian: Prosody, or what it needs for SASL2 and tokens. */
type Package = 'prosody' | 'prosody-modules';

/** Says which of these packages is missing; undefined where none is. */
export function missingPackages(needed: readonly Package[]): string | undefined {
  const missing = needed.filter((name) => !isInstalled(name));
  if (missing.length === 0) return undefined;
  return `Not installed: ${missing.join(', ')} (names of Debian's packages). What needs it is not measured.`;
}

/** Keeps passwords as they are, for only so Prosody offers each SCRAM that a peer may want. Without Prosody: says so. */
export async function startPeersProsody(): Promise<PeersProsody | undefined> {
  const missing = missingPackages(['prosody']);
  if (missing !== undefined) {
    console.error(missing);
    return undefined;
  }
  const prosody = await startQuietProsody({ tlsVersion: '1.3' });
  const file = join(prosody.folder, 'authority.pem');
  await writeFile(file, prosody.authority);
  const url = `ws://${prosody.host}:${prosody.ports.http}${prosody.webSocketPath}`;
  return {
    server: { ...placeOf(prosody), url },
    environment: { NODE_EXTRA_CA_CERTS: file },
    stop: prosody.stop,
  };
}

/** A Prosody of the measurement's own, that writes no more into its log than one in use. */
export function startQuietProsody(options: ProsodyOptions): Promise<XmppServer> {
  return startProsody({
    domain: DOMAIN,
    accounts: { [LOCALPART]: PASSWORD },
    pluginFolders: [PLUGINS],
    config: 'log = { { levels = { min = "warn" }, to = "file", filename = "prosody.log" } }',
    ...options,
  });
}

export function placeOf({ host, ports, authority }: XmppServer): Place {
  return { host, startTls: ports.startTls, directTls: ports.directTls, ca: authority };
}

function isInstalled(name: Package): boolean {
  if (name === 'prosody-modules') return existsSync('/usr/lib/prosody/modules/mod_sasl2');
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return folders.some((folder) => existsSync(join(folder, name)));
}
