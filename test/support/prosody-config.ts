/** What a Prosody for tests is made of; see {@link ProsodyOptions} of `prosody.ts` for what tests choose. */
export interface ProsodyLayout {
  readonly folder: string;
  readonly domain: string;
  readonly ports: ProsodyPorts;
  readonly modules: readonly string[];
  readonly authentication: 'internal_plain' | 'internal_hashed';
  readonly pluginFolders: readonly string[];
  readonly config: string;
  readonly hostConfig: string;
}

/** All on 127.0.0.1. Always chosen, but `http` and `https` are open only where the option asks for them. */
export interface ProsodyPorts {
  readonly startTls: number;
  readonly directTls: number;
  readonly http: number;
  readonly https: number;
}

/** Modules of every Prosody for tests. No `limits`: it would cap every number of a benchmark. */
export const USUAL_MODULES: readonly string[] = [
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
];

export const HTTP_MODULES: readonly string[] = ['http', 'websocket', 'bosh'];

/** What {@link PARENT_MODULE} writes to standard output when all ports are open and signals are handled. */
export const READY_LINE = 'ready';

/**
 * Tells whoever started this Prosody that it is ready, and ends it when the other end of its standard input is gone:
 * then the one who started it has died without saying so.
 */
export const PARENT_MODULE = `
module:set_global();
local server = require "net.server";
local input;
module:hook("server-started", function ()
  module:add_timer(0.001, function ()
    input = server.watchfd(0, function () os.exit(1); end);
    io.stdout:write("${READY_LINE}\\n");
    io.stdout:flush();
  end);
end);
module:hook("server-stopping", function () if input then input:close(); end end);
`;

/** The text of `prosody.cfg.lua`. A later line wins, so the tests' own text comes last. */
export function prosodyConfig(layout: ProsodyLayout): string {
  const { folder, ports } = layout;
  const http = layout.modules.includes('http');
  const certificate = `{ key = ${lua(`${folder}/key.pem`)}; certificate = ${lua(`${folder}/certificate.pem`)} }`;
  return `
run_as_root = true
network_backend = "epoll"
data_path = ${lua(`${folder}/data`)}
pidfile = ${lua(`${folder}/prosody.pid`)}
plugin_paths = ${luaList([`${folder}/plugins`, ...layout.pluginFolders])}
log = { { levels = { min = "debug" }, to = "file", filename = ${lua(`${folder}/prosody.log`)}, timestamps = "%H:%M:%S " } }
storage = "internal"
authentication = ${lua(layout.authentication)}
modules_enabled = ${luaList(['parent', ...layout.modules])}
modules_disabled = { "s2s" }
interfaces = { "127.0.0.1" }
c2s_ports = { ${ports.startTls} }
c2s_direct_tls_ports = { ${ports.directTls} }
http_ports = { ${http ? ports.http : ''} }
https_ports = { ${http ? ports.https : ''} }
http_default_host = ${lua(layout.domain)}
c2s_require_encryption = true
ssl = ${certificate}
c2s_direct_tls_ssl = ${certificate}
https_ssl = ${certificate}
archive_expires_after = "never"
${layout.config}

VirtualHost ${lua(layout.domain)}
ssl = ${certificate}
${layout.hostConfig}
`;
}

/** Path, within the data folder, of what Prosody's internal storage knows about an account's password. */
export function accountFile(domain: string, localpart: string): string {
  return `${storageName(domain)}/accounts/${storageName(localpart)}.dat`;
}

/** Content of that file. Prosody turns it into a salted one at the first login where `internal_hashed` asks for it. */
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

/** A Lua string. Bytes other than plain ASCII as decimal escapes: quotes, backslashes and line ends need no thought. */
function lua(text: string): string {
  const bytes = [...Buffer.from(text)];
  const plain = (byte: number) => byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c;
  const characters = bytes.map((byte) =>
    plain(byte) ? String.fromCharCode(byte) : `\\${String(byte).padStart(3, '0')}`,
  );
  return `"${characters.join('')}"`;
}
