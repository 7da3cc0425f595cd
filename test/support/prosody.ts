import { join } from 'node:path';
import { accountText, type ProsodyOptions, prosodyConfig, storageFile } from './prosody-config.ts';
import { type ServerFacts, USUAL_ACCOUNTS, type XmppServer } from './server.ts';
import { certificateFiles, makeFolder, writeFiles } from './server-folder.ts';
import { freePorts } from './server-ports.ts';
import { type ServerProgram, startServer } from './server-process.ts';

/** Starts a Prosody in a temporary folder, on free ports of 127.0.0.1. Rejects with its log when it does not come up. */
export async function startProsody(options: ProsodyOptions = {}): Promise<XmppServer> {
  const domain = options.domain ?? 'capulet.example';
  const anonymousDomain = `anonymous.${domain}`;
  const { authority, certificate, files } = await certificateFiles(options, [domain, anonymousDomain]);
  const facts: ServerFacts = {
    software: 'Prosody',
    domain,
    anonymousDomain,
    host: '127.0.0.1',
    ports: await freePorts(),
    webSocketPath: '/xmpp-websocket',
    authority,
    certificate,
    folder: await makeFolder('Prosody'),
  };
  const accounts = Object.entries(options.accounts ?? USUAL_ACCOUNTS);
  await writeFiles(facts.folder, {
    ...files,
    'prosody.cfg.lua': prosodyConfig(facts, options),
    ...Object.fromEntries(
      accounts.map(([name, password]) => [`data/${storageFile('accounts', domain, name)}`, accountText(password)]),
    ),
  });
  return startServer(facts, prosodyProgram(facts.folder));
}

/** How Prosody is started in a folder where everything lies ready; see `prosody-plugins/mod_parent.lua`. */
export function prosodyProgram(folder: string): ServerProgram {
  return {
    command: 'prosody',
    args: ['-F', '--config', join(folder, 'prosody.cfg.lua')],
    environment: {},
    logs: ['prosody.log'],
    closedPort: /Failed to open server port.*/,
  };
}
