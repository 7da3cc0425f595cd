import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { startProsody } from '../support/prosody.ts';
import type { XmppServer } from '../support/server.ts';
import { describeWith } from '../support/server-suite.ts';
import { ROADS } from './cuts.roads.ts';
import { describeCuts, describeRefusals } from './cuts.suite.ts';

describeWith('prosody', 'Prosody', () => {
  let server: XmppServer;
  beforeAll(async () => {
    // Passwords are hashed, as Prosody keeps them unless told otherwise: it computes nothing while somebody comes back.
    server = await startProsody({ passwordHash: 'SHA-256', without: ['mam'], config: READS_WHOLE });
  });
  afterAll(() => server.stop());

  describeCuts(() => server, [ROADS.STARTTLS, ROADS.WEBSOCKET, ROADS.CLEAR_WEBSOCKET]);

  describe.each([
    ['says how many stanzas it handled', true],
    ['keeps to itself what it handled', false],
  ] as const)('a server that takes up no session, and %s', (_, tellsCount) => {
    let refusing: XmppServer;
    beforeAll(async () => {
      refusing = await startProsody({
        without: ['mam'],
        modules: ['no_resumption'],
        pluginFolders: [join(import.meta.dirname, 'cuts-plugins')],
        config: `${READS_WHOLE}\nno_resumption_tells_count = ${tellsCount}`,
      });
    });
    afterAll(() => refusing.stop());

    describeRefusals(() => refusing, { tellsCount });
  });
});

/**
 * Prosody reads 4096 bytes at a time unless told otherwise, and what it did not get to when a connection breaks is lost: half of
 * a stanza may be left in its parser, which the session goes on with (see `cuts.sieves.ts`). So it reads all that there is.
 */
const READS_WHOLE = 'network_default_read_size = 1048576';
