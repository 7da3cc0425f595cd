import { join } from 'node:path';
import type { ServerFacts, ServerOptions } from './server.ts';

/** How SASL2 behaves; see {@link ProsodyOptions.sasl2}. */
interface Sasl2Options {
  /** Seconds until a FAST token expires; 21 days. */
  readonly tokenLifetime?: number;
  /** Age in seconds from which a FAST token is replaced when it is used; a day. */
  readonly tokenRotation?: number;
}

/** What a test may choose of Prosody; everything has a default. */
export interface ProsodyOptions extends ServerOptions {
  /** Modules beside {@link USUAL_MODULES}. */
  readonly modules?: readonly string[];
  /** Of the usual modules, those to leave out. */
  readonly without?: readonly string[];
  /** Keeps passwords salted, and so offers SCRAM with this hash function alone; kept as they are, which allows both. */
  readonly passwordHash?: 'SHA-1' | 'SHA-256';
  /** Offers OAUTHBEARER: localparts by token. Any other token is told to be no longer valid. */
  readonly tokens?: Readonly<Record<string, string>>;
  /**
   * Offers SASL2 with Bind 2, stream management inline, and FAST, along with {@link channelBindings}. Takes the modules of
   * the community (package `prosody-modules`).
   */
  readonly sasl2?: boolean | Sasl2Options;
  /** Binds to tls-exporter and tls-server-end-point too, and lists what there is (XEP-0440); 0.12 has tls-unique alone. */
  readonly channelBindings?: boolean;
  /** Folders with modules of the tests' own. */
  readonly pluginFolders?: readonly string[];
  /** Lua text, global; wins over what stands before it. */
  readonly config?: string;
  /** Lua text at the end of the virtual host; components may follow. */
  readonly hostConfig?: string;
}

/** Modules of every Prosody for tests. No `limits`: it would cap every number of a benchmark. */
const USUAL_MODULES: readonly string[] = [
  'posix',
  'saslauth',
  'tls',
  'roster',
  'disco',
  'ping',
  'version',
  'time',
  'lastactivity',
  'private',
  'pep',
  'bookmarks',
  'blocklist',
  'vcard4',
  'vcard_legacy',
  'carbons',
  'csi',
  'smacks',
  'mam',
  'http',
  'websocket',
  'bosh',
];

const OWN_MODULES = join(import.meta.dirname, 'prosody-plugins');

/** The text of `prosody.cfg.lua`. A later line wins, so the tests' own text comes last. */
export function prosodyConfig(facts: ServerFacts, options: ProsodyOptions): string {
  const { folder, ports, domain } = facts;
  return `
run_as_root = true
network_backend = "epoll"
data_path = ${lua(`${folder}/data`)}
pidfile = ${lua(`${folder}/prosody.pid`)}
certificates = ${lua(folder)}
plugin_paths = ${luaList([OWN_MODULES, ...(options.pluginFolders ?? [])])}
log = { { levels = { min = "debug" }, to = "file", filename = ${lua(`${folder}/prosody.log`)}, timestamps = "%H:%M:%S " } }
storage = "internal"
modules_enabled = ${luaList(modulesOf(options))}
modules_disabled = { "s2s" }
interfaces = { "127.0.0.1" }
c2s_ports = { ${ports.startTls} }
c2s_direct_tls_ports = { ${ports.directTls} }
http_ports = { ${ports.http} }
https_ports = { ${ports.https} }
http_default_host = ${lua(domain)}
consider_websocket_secure = true
c2s_require_encryption = true
ssl = ${tls(folder, options)}
c2s_direct_tls_ssl = ${tls(folder, options)}
https_ssl = ${tls(folder, options)}
archive_expires_after = "never"
${options.config ?? ''}

VirtualHost ${lua(facts.anonymousDomain)}
ssl = ${tls(folder, options)}
authentication = "anonymous"

VirtualHost ${lua(domain)}
ssl = ${tls(folder, options)}
authentication = ${lua(options.passwordHash ? 'internal_hashed' : 'internal_plain')}
password_hash = ${lua(options.passwordHash ?? 'SHA-1')}
modules_enabled = ${luaList(waysInOf(options))}
${options.tokens ? `oauth_tokens = ${luaTable(options.tokens)}` : ''}
${sasl2Settings(options)}
${options.hostConfig ?? ''}
`;
}

function modulesOf(options: ProsodyOptions): readonly string[] {
  const usual = USUAL_MODULES.filter((name) => !options.without?.includes(name));
  return ['parent', ...usual, ...(options.modules ?? [])];
}

/** Modules for the ways to log in that a bare Prosody does not have. */
function waysInOf(options: ProsodyOptions): readonly string[] {
  const { sasl2, channelBindings, clientAuthority, tokens } = options;
  return [
    ...(sasl2 ? ['sasl2_backport'] : []),
    ...(channelBindings ? ['channel_bindings'] : []),
    ...(clientAuthority ? ['client_certificate'] : []),
    ...(tokens ? ['oauth_tokens'] : []),
  ];
}

function sasl2Settings({ sasl2 }: ProsodyOptions): string {
  if (typeof sasl2 !== 'object') return '';
  const { tokenLifetime, tokenRotation } = sasl2;
  const lifetime = tokenLifetime === undefined ? '' : `sasl2_fast_token_ttl = ${tokenLifetime}`;
  const rotation = tokenRotation === undefined ? '' : `sasl2_fast_token_min_ttl = ${tokenRotation}`;
  return `${lifetime}\n${rotation}`;
}

function tls(folder: string, { tlsVersion, clientAuthority }: ProsodyOptions): string {
  const certificate = `key = ${lua(`${folder}/key.pem`)}; certificate = ${lua(`${folder}/certificate.pem`)};`;
  const version = tlsVersion ? `protocol = ${lua(`tlsv${tlsVersion.replace('.', '_')}`)};` : '';
  // Asks for a certificate, and goes on with none or any: who is let in by it is decided where EXTERNAL is offered.
  const clients = clientAuthority ? `verify = { "peer" }; cafile = ${lua(`${folder}/clients.pem`)};` : '';
  return `{ ${certificate} ${version} ${clients} }`;
}

/** Path, within the data folder, of what Prosody's internal storage knows of an account in one of its stores. */
export function storageFile(store: string, domain: string, localpart: string): string {
  return `${storageName(domain)}/${store}/${storageName(localpart)}.dat`;
}

/** Content of an account's file in the store `accounts`. Prosody salts it at the first login if it is to. */
export function accountText(password: string): string {
  return `return { ["password"] = ${lua(password)} };\n`;
}

/** `util.datamanager` keeps ASCII letters and digits and writes every other byte as two hexadecimal digits. */
function storageName(text: string): string {
  return [...Buffer.from(text)]
    .map((byte) => (/[0-9A-Za-z]/.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : hex(byte)))
    .join('');
}

function hex(byte: number): string {
  return `%${byte.toString(16).padStart(2, '0')}`;
}

function luaList(values: readonly string[]): string {
  return `{ ${values.map(lua).join('; ')} }`;
}

function luaTable(values: Readonly<Record<string, string>>): string {
  const entries = Object.entries(values).map(([key, value]) => `[${lua(key)}] = ${lua(value)}`);
  return `{ ${entries.join('; ')} }`;
}

/** A Lua string. Bytes other than plain ASCII as decimal escapes: quotes, backslashes and line ends need no thought. */
function lua(text: string): string {
  const bytes = [...Buffer.from(text)];
  const plain = (byte: number) => byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c;
  const characters = bytes.map((byte) =>
    plain(byte) ? String.fromCharCode(byte) : `\\${String(byte).padStart(3, '0')}`,
  );
  return `"${characters.join('')}"`;
}
