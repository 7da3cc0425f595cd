import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { accountTerms, type EjabberdOptions, ejabberdConfig } from './ejabberd-config.ts';
import { type ServerFacts, USUAL_ACCOUNTS, type XmppServer } from './server.ts';
import { certificateFiles, makeFolder, writeFiles } from './server-folder.ts';
import { freePorts } from './server-ports.ts';
import { type ServerProgram, startServer } from './server-process.ts';
import { findProgram } from './server-suite.ts';

/**
 * Starts an ejabberd in a temporary folder, on free ports of 127.0.0.1. Rejects with its log when it does not come up. It is
 * ready after 1 to 3 s.
 *
 * Not by `ejabberdctl`: that changes to the user `ejabberd`, who may not read our folder, and starts a node of Erlang's
 * distribution, along with an `epmd` that outlives it. A node without a name does neither, and logs to its standard output
 * at once, to a file only every few seconds.
 *
 * What to know of version 23.01: -PLUS means tls-unique and nothing else, also on TLS 1.3, where no client should use it;
 * there is no list of channel bindings (XEP-0440), and no -PLUS over WebSockets. Where there is a client authority, EXTERNAL
 * is offered to all who come over TLS, whether they have a certificate or not, but never over WebSockets. Guests are
 * offered PLAIN beside ANONYMOUS. For tokens there is X-OAUTH2, not OAUTHBEARER. There is no SASL2. Whoever speaks another
 * version of TLS is cut off without an alert. Streams that are bound to a resource end with `system-shutdown`, others without
 * a word.
 */
export async function startEjabberd(options: EjabberdOptions = {}): Promise<XmppServer> {
  const domain = options.domain ?? 'capulet.example';
  const anonymousDomain = `anonymous.${domain}`;
  const { authority, certificate, files } = await certificateFiles(options, [domain, anonymousDomain]);
  const facts: ServerFacts = {
    software: 'ejabberd',
    domain,
    anonymousDomain,
    host: '127.0.0.1',
    ports: await freePorts(),
    webSocketPath: '/ws',
    authority,
    certificate,
    folder: await makeFolder('ejabberd'),
  };
  await writeFiles(facts.folder, {
    ...files,
    'certificate-with-key.pem': `${certificate}\n${files['key.pem']}`,
    'ejabberd.yml': ejabberdConfig(facts, options),
    'accounts.term': accountTerms(domain, options.accounts ?? USUAL_ACCOUNTS),
    'logs/error.log': '',
    inetrc: '{lookup, [file]}.\n',
  });
  return startServer(facts, ejabberdProgram(facts.folder));
}

/** How ejabberd is started in a folder where everything lies ready; see `ejabberd-start.erl`. */
export function ejabberdProgram(folder: string): ServerProgram {
  const start = `file:eval(${JSON.stringify(START_FILE)})`;
  const evaluation = `case ${start} of ok -> ok; Error -> erlang:display(Error), halt(1) end.`;
  return {
    command: 'erl',
    args: [
      '-noshell',
      // Schedulers that wait without work let others have the processor.
      ...['+sbwt', 'none'],
      // Names are looked up in files alone, not by a helper process.
      ...['-kernel', 'inetrc', '"./inetrc"'],
      ...['-mnesia', 'dir', '"./database"'],
      ...['-eval', evaluation],
    ],
    environment: {
      HOME: folder,
      ERL_LIBS: libraries(),
      ERL_CRASH_DUMP_BYTES: '0',
      EJABBERD_CONFIG_PATH: join(folder, 'ejabberd.yml'),
      EJABBERD_LOG_PATH: join(folder, 'logs', 'ejabberd.log'),
    },
    logs: [],
  };
}

const START_FILE = join(import.meta.dirname, 'ejabberd-start.erl');

/** Where ejabberd lies, and what it is made of; its own script knows. */
function libraries(): string {
  const script = readFileSync(findProgram('ejabberdctl') ?? '/usr/sbin/ejabberdctl', 'utf8');
  const folder = /^ERL_LIBS='?([^'\n]+)/m.exec(script)?.[1];
  if (!folder) throw new Error('ejabberdctl does not say where its libraries are');
  return folder;
}
