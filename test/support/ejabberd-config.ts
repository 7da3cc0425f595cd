import type { ServerFacts, ServerOptions } from './server.ts';

/** What a test may choose of ejabberd; everything has a default. */
export interface EjabberdOptions extends ServerOptions {
  /** Modules with their options, beside {@link USUAL_MODULES}. */
  readonly modules?: Readonly<Record<string, object>>;
  /** Keeps passwords salted, and so offers SCRAM with this hash function alone; kept as they are, which allows all three. */
  readonly passwordHash?: 'SHA-1' | 'SHA-256' | 'SHA-512';
  /** Top-level settings, which win over those of the support. */
  readonly config?: Readonly<Record<string, unknown>>;
}

/** Modules of every ejabberd for tests: what Prosody's have, as far as there is such a module. */
const USUAL_MODULES: Readonly<Record<string, object>> = {
  mod_blocking: {},
  mod_caps: {},
  mod_carboncopy: {},
  mod_client_state: {},
  mod_disco: {},
  mod_last: {},
  mod_mam: {},
  mod_offline: {},
  mod_ping: {},
  mod_privacy: {},
  mod_private: {},
  mod_pubsub: { plugins: ['flat', 'pep'] },
  mod_roster: {},
  mod_stream_mgmt: {},
  mod_time: {},
  mod_vcard: {},
  mod_version: {},
};

const SCRAM_HASHES = { 'SHA-1': 'sha', 'SHA-256': 'sha256', 'SHA-512': 'sha512' } as const;

/** The text of `ejabberd.yml`: JSON, which is YAML too. */
export function ejabberdConfig(facts: ServerFacts, options: EjabberdOptions): string {
  const { folder, domain, anonymousDomain } = facts;
  const hash = options.passwordHash;
  const config = {
    hosts: [domain, anonymousDomain],
    host_config: { [anonymousDomain]: { auth_method: ['anonymous'], anonymous_protocol: 'sasl_anon' } },
    loglevel: 'debug',
    certfiles: [`${folder}/certificate-with-key.pem`],
    ...(options.clientAuthority ? { c2s_cafile: `${folder}/clients.pem` } : {}),
    acme: { auto: false },
    s2s_access: 'none',
    auth_method: ['internal'],
    auth_password_format: hash ? 'scram' : 'plain',
    ...(hash ? { auth_scram_hash: SCRAM_HASHES[hash] } : {}),
    listen: listeners(facts, options),
    modules: { ...USUAL_MODULES, ...options.modules },
    ...options.config,
  };
  return JSON.stringify(config, undefined, 2);
}

function listeners({ ports }: ServerFacts, { tlsVersion, clientAuthority }: EjabberdOptions): readonly object[] {
  const refused = { '1.2': 'no_tlsv1_3', '1.3': 'no_tlsv1_2' };
  const versions = ['no_sslv3', 'no_tlsv1', 'no_tlsv1_1', ...(tlsVersion ? [refused[tlsVersion]] : [])];
  const everywhere = { ip: '127.0.0.1', protocol_options: versions };
  const streams = { ...everywhere, module: 'ejabberd_c2s', shaper: 'none', tls_verify: clientAuthority !== undefined };
  const http = { ...everywhere, module: 'ejabberd_http', request_handlers: { '/ws': 'ejabberd_http_ws' } };
  return [
    { ...streams, port: ports.startTls, starttls_required: true },
    { ...streams, port: ports.directTls, tls: true },
    { ...http, port: ports.http },
    { ...http, port: ports.https, tls: true },
  ];
}

/** The text of `accounts.term`. Strings become lists of bytes: no character needs thought. */
export function accountTerms(domain: string, accounts: Readonly<Record<string, string>>): string {
  return Object.entries(accounts)
    .map(([name, password]) => `{${[name, domain, password].map(binary).join(', ')}}.\n`)
    .join('');
}

function binary(text: string): string {
  return `<<${[...Buffer.from(text)].join(',')}>>`;
}
