import { afterAll, beforeAll, describe } from 'vitest';
import { startEjabberd } from '../support/ejabberd.ts';
import type { XmppServer } from '../support/server.ts';
import { describeWith } from '../support/server-suite.ts';
import { ROADS } from './cuts.roads.ts';
import { describeCuts, describeRefusals } from './cuts.suite.ts';

describeWith('ejabberd', 'ejabberd', () => {
  let server: XmppServer;
  beforeAll(async () => {
    server = await startEjabberd();
  });
  afterAll(() => server.stop());

  // Over a WebSocket, version 23.01 forgets sessions that are cut again and again.
  describeCuts(() => server, [ROADS.STARTTLS]);

  describe('a server that manages streams, and takes up no session', () => {
    let refusing: XmppServer;
    beforeAll(async () => {
      refusing = await startEjabberd({ modules: { mod_stream_mgmt: { resume_timeout: 0 } } });
    });
    afterAll(() => refusing.stop());

    describeRefusals(() => refusing, { tellsCount: false });
  });
});
