import { describe, expect, it, onTestFinished } from 'vitest';
import { createAuthority, startScriptedServer } from '../../src/testing/index.ts';
import { stageClients } from '../support/client-stage.ts';
import { nextEvent } from '../support/next-event.ts';
import { lose, meetManaged, resume } from './managed.ts';

/*
 * A server may say where it keeps a session (XEP-0198 §5). Its word is worth as much as a redirect.
 */

const stage = stageClients();

describe.each(['STARTTLS', 'direct TLS'] as const)('over %s, a server that keeps the session elsewhere', (road) => {
  it('changes nothing about whom the certificate must name: without one, the session is asked for where it was', async () => {
    const authority = await createAuthority();
    const issued = await authority.issue({ domains: ['localhost', 'evil.example'] });
    const certificate = { ...issued, ca: authority.certificate };
    const elsewhere = await startScriptedServer({ domain: 'capulet.example', certificate });
    onTestFinished(() => elsewhere.stop());
    const genuine = await authority.issue({ domains: ['capulet.example'] });
    const { client, server, peer, sent } = await meetManaged(stage, road, {
      returns: true,
      location: `localhost:${road === 'STARTTLS' ? elsewhere.port : elsewhere.tlsPort}`,
      onServer: { certificate: { ...genuine, ca: authority.certificate } },
      tls: { ca: authority.certificate },
    });
    const online = nextEvent(client, 'online');
    const before = sent.length;
    await lose(client, peer);
    if (road === 'STARTTLS') await (await elsewhere.connection()).startTls();
    const again = await server.connection();
    expect(client.actor.getSnapshot().context.tried).toMatchObject([{ code: 'transport/certificate-wrong-host' }]);
    expect(sent.slice(before).filter((text) => /<auth|juliet|resume/.test(text))).toEqual([]);
    await resume(again, road, 0);
    expect(await online).toMatchObject({ resumed: true });
  });

  it.each([
    [''],
    [' '],
    ['evil.example:0'],
    ['evil.example:99999'],
    ['//evil.example'],
    ['evil example'],
    ['http://evil.example/'],
    ['[::1'],
    ['juliet@evil.example'],
    ['x'.repeat(100_000)],
    ['127.0.0.1:1'],
  ])('at %j, which is no place or nobody’s, is asked where it was', async (location) => {
    const { client, server, peer } = await meetManaged(stage, road, { returns: true, location });
    const online = nextEvent(client, 'online');
    await lose(client, peer);
    await resume(await server.connection(), road, 0);
    expect(await online).toMatchObject({ resumed: true });
  });
});
