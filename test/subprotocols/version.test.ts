import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { versionProtocol } from '../../src/subprotocols/version.ts';
import { type ScriptedServer, type Server, startScriptedServer, startServer } from '../../src/testing/index.ts';
import { stageClients } from '../support/client-stage.ts';
import { logIn } from '../support/scripted-login.ts';
import { rejectionOf } from '../support/when.ts';

const stage = stageClients();

describe('the version of software', () => {
  let server: Server;
  beforeEach(async () => {
    server = await startServer({
      domain: 'capulet.example',
      accounts: { juliet: 'secret', romeo: 'secret' },
      listen: false,
      software: { name: 'balcony', version: '3', os: 'Verona' },
    });
  });
  afterEach(() => server.stop());

  it('is that of the own server, unless another address is named', async () => {
    const version = (await online('juliet')).use(versionProtocol());
    expect(await version.query()).toEqual({ name: 'balcony', version: '3', os: 'Verona' });
    expect(await version.query('capulet.example')).toEqual({ name: 'balcony', version: '3', os: 'Verona' });
  });

  it('of another client is what it wants to tell', async () => {
    const romeo = await online('romeo');
    romeo.use(versionProtocol({ answer: { name: 'orchard', version: '2' } }));
    const version = (await online('juliet')).use(versionProtocol());
    expect(await version.query(romeo.jid)).toEqual({ name: 'orchard', version: '2', os: undefined });
  });

  it('of another client is refused where it wants to tell none', async () => {
    const romeo = await online('romeo');
    romeo.use(versionProtocol({ answer: false }));
    const version = (await online('juliet')).use(versionProtocol());
    expect(await rejectionOf(version.query(romeo.jid))).toMatchObject({
      name: 'StanzaError',
      code: 'stanza/service-unavailable',
      errorType: 'cancel',
    });
    expect([versionProtocol({ answer: false }).features, versionProtocol().features]).toEqual([
      [],
      ['jabber:iq:version'],
    ]);
  });

  it('of this one is that of its package', async () => {
    const { name, version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    const romeo = await online('romeo');
    romeo.use(versionProtocol());
    const asked = (await online('juliet')).use(versionProtocol()).query(romeo.jid);
    expect(await asked).toEqual({ name, version, os: undefined });
  });

  it('of somebody who is not there is an error', async () => {
    const version = (await online('juliet')).use(versionProtocol());
    const error = await rejectionOf(version.query('romeo@capulet.example/nowhere'));
    expect(error).toMatchObject({ code: 'stanza/service-unavailable' });
  });

  async function online(name: string) {
    const client = stage.make({ memory: server.connect, jid: `${name}@capulet.example/home` });
    client.start();
    await client.online();
    return client;
  }
});

describe('an answer that says nothing of a version', () => {
  let server: ScriptedServer;
  beforeEach(async () => {
    server = await startScriptedServer({ domain: 'capulet.example', listen: false });
  });
  afterEach(() => server.stop());

  it.each([
    ['empty names', '<query xmlns="jabber:iq:version"/>', { name: '', version: '', os: undefined }],
    [
      'what it says of it',
      '<query xmlns="jabber:iq:version"><name>x</name></query>',
      { name: 'x', version: '', os: undefined },
    ],
  ])('gives %s', async (_title, payload, expected) => {
    expect(await ask(payload)).toEqual(expected);
  });

  it.each([
    ['nothing', ''],
    ['something else', '<query xmlns="jabber:iq:roster"/>'],
  ])('with %s in it is an error', async (_title, payload) => {
    expect(await rejectionOf(ask(payload))).toMatchObject({ code: 'stanza/bad-request' });
  });

  async function ask(payload: string) {
    const client = stage.make({ memory: server.connect });
    const version = client.use(versionProtocol());
    const { peer } = await logIn(client, server);
    const answer = version.query();
    answer.catch(() => {});
    await peer
      .receives('<iq type="get" to="capulet.example"><query xmlns="jabber:iq:version"/></iq>')
      .sends(({ attributes: { id } }) => `<iq type="result" id="${id}" from="capulet.example">${payload}</iq>`);
    return answer;
  }
});
