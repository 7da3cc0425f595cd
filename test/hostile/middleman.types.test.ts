import { describe, expect, it, onTestFinished } from 'vitest';
import { createAuthority, startServer } from '../../src/testing/index.ts';
import { stageClients } from '../support/client-stage.ts';
import { standInTheMiddle } from './middleman.ts';
import { codeOf } from './outcomes.ts';

const stage = stageClients();
const TYPES = /<sasl-channel-binding .*?<\/sasl-channel-binding>/;

/** Somebody in the middle has a certificate that the client trusts, and takes nothing away but the list of XEP-0440. */
describe('somebody in the middle who takes away the list of channel bindings alone (XEP-0440 §4, rule 4)', () => {
  it('gets nothing', async () => {
    const authority = await createAuthority();
    const domains = ['capulet.example'];
    const [genuine, forged] = await Promise.all([authority.issue({ domains }), authority.issue({ domains })]);
    const server = await startServer({
      domain: 'capulet.example',
      accounts: { juliet: 'secret' },
      certificate: { ...genuine, ca: authority.certificate },
      sasl2: true,
    });
    onTestFinished(() => server.stop());
    const tampering = { toClient: (piece: string) => piece.replace(TYPES, '') };
    const middleman = await standInTheMiddle(server.tlsPort, tampering, {
      certificate: forged,
      ca: authority.certificate,
      domain: 'capulet.example',
    });
    const client = stage.make({
      host: '127.0.0.1',
      port: middleman.port,
      directTls: true,
      tls: { ca: authority.certificate },
    });
    client.start();
    const outcome = await client.online().then(
      () => 'online, through somebody in the middle',
      (error: unknown) => codeOf(error),
    );
    const tried = [...middleman.heard().matchAll(/mechanism="(SCRAM[^"]*)"|mechanism='(SCRAM[^']*)'/g)].map(
      ([, a, b]) => a ?? b,
    );
    expect({ outcome, logins: server.sessions(), tried }).toEqual({
      outcome: expect.stringMatching(/^sasl\//),
      logins: [],
      tried: expect.not.arrayContaining(['SCRAM-SHA-512']),
    });
  });
});
