import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { type Client, createClient } from '../../src/node.ts';
import { messageProtocol } from '../../src/subprotocols/message.ts';
import { presenceProtocol } from '../../src/subprotocols/presence.ts';
import { nextEvent } from '../support/next-event.ts';
import { describeWith } from '../support/server-suite.ts';
import { type OpenPage, type Stage, startStage } from './stage.ts';

const JRD = '/.well-known/host-meta.json';
const XRD = '/.well-known/host-meta';
const RELATION = 'urn:xmpp:alt-connections:websocket';
/** What is loaded to find a WebSocket. */
const DISCOVERY = /\/discovery-web-[^/]*\.js$/;
const JULIET = { jid: 'juliet@capulet.example', password: 'balcony' };

describeWith(['chromium', 'prosody'], 'a page in Chromium, and a Prosody over wss', () => {
  let stage: Stage;
  let open: OpenPage;
  let others: Client[] = [];

  beforeAll(async () => {
    const accounts = { juliet: 'balcony', romeo: 'orchard', nurse: 'gr\u00fcn IV' };
    stage = await startStage(accounts);
  });
  beforeEach(async () => {
    stage.hostMeta.documents = { [JRD]: jrd(stage.websocket), [XRD]: xrd(stage.websocket) };
    stage.hostMeta.isForEverybody = true;
    open = await stage.open();
  });
  afterEach(async () => {
    await Promise.all(others.map((client) => client.stop()));
    others = [];
    await open.logOut();
    await untilState('offline');
    await expect.poll(() => open.webSockets.filter((webSocket) => !webSocket.isClosed()).length).toBe(0);
    expect(open.crashes).toEqual([]);
    expect(open.console.join('\n')).not.toMatch(/balcony|gr.+n IV|Content Security Policy/i);
    await open.page.close();
  });
  afterAll(() => stage.close());

  const untilState = (state: string) =>
    expect
      .poll(() => open.state(), { timeout: 15_000 })
      .toSatisfy((path: string) => `${path}.`.startsWith(`${state}.`));

  it('find each other through the host-meta of the domain (XEP-0156)', async () => {
    await open.logIn(JULIET);
    await untilState('linked.online');
    expect(open.webSockets.map((webSocket) => webSocket.url())).toEqual([stage.websocket]);
    expect(open.console).toEqual([]);
  });

  it('find each other also where the domain has the XML form alone', async () => {
    stage.hostMeta.documents = { [XRD]: xrd(stage.websocket) };
    await open.logIn(JULIET);
    await untilState('linked.online');
    expect(open.webSockets.map((webSocket) => webSocket.url())).toEqual([stage.websocket]);
  });

  it('do not where pages may not read the documents (XEP-0156 §3), and the page hears what to do', async () => {
    stage.hostMeta.isForEverybody = false;
    await open.logIn(JULIET);
    await untilState('reconnecting');
    expect(await open.error()).toMatch(/^transport\/discovery-failed: .*Access-Control-Allow-Origin: \*/);
    expect(open.webSockets).toEqual([]);
  });

  it('do not where the domain says nothing', async () => {
    stage.hostMeta.documents = {};
    await open.logIn(JULIET);
    await untilState('reconnecting');
    expect(await open.error()).toMatch(/^transport\/host-not-found: /);
  });

  it('do when what finds the WebSocket can be loaded, and not before', async () => {
    await open.page.route(DISCOVERY, (route) => route.abort());
    await open.logIn(JULIET);
    await untilState('reconnecting');
    expect(await open.error()).toMatch(/^transport\/discovery-failed: .*Check the network\./);
    await open.page.unroute(DISCOVERY);
    await untilState('linked.online');
  });

  it('need neither host-meta nor what reads it where the page knows the WebSocket', async () => {
    stage.hostMeta.documents = {};
    await open.page.route(DISCOVERY, (route) => route.abort());
    await open.logIn({ ...JULIET, websocket: stage.websocket });
    await untilState('linked.online');
    expect(open.console).toEqual([]);
  });

  it('agree on a password that is typed in another way, with tables that are loaded then (RFC 4013)', async () => {
    await open.logIn({ jid: 'nurse@capulet.example', password: 'gru\u0308n \u2163' });
    await untilState('linked.online');
  });

  it('do not agree on a wrong password; with the right one they do', async () => {
    await open.logIn({ ...JULIET, password: 'balcon' });
    await untilState('failed.needsCredentials');
    expect(await open.error()).toMatch(/^sasl\/not-authorized: /);
    await open.logIn(JULIET);
    await untilState('linked.online');
    expect(await open.error()).toBe('');
    expect(open.console).toEqual([]);
  });

  it('carry messages to and from others, and others see the page come and go', async () => {
    const tower = join('juliet@capulet.example/tower', 'balcony');
    tower.use(presenceProtocol()).available();
    const romeo = join('romeo@capulet.example', 'orchard');
    const messages = romeo.use(messageProtocol());
    await Promise.all([tower.online(), romeo.online()]);

    const came = nextEvent(tower, 'presence', ({ presence }) => presence.from?.full !== tower.jid.full);
    await open.logIn(JULIET);
    const { from: page } = (await came).presence;
    const heard = nextEvent(romeo, 'message');
    await open.send(romeo.jid.full, 'Wherefore art thou <b>&amp; Romeo</b>? \u{1f339}');
    expect((await heard).message).toMatchObject({
      from: page,
      body: 'Wherefore art thou <b>&amp; Romeo</b>? \u{1f339}',
    });
    messages.send({ to: page ?? '', body: '<img src="x" onerror="alert(1)"> I know not how to tell thee' });
    await expect
      .poll(() => open.messages())
      .toEqual([
        `to ${romeo.jid.full}: Wherefore art thou <b>&amp; Romeo</b>? \u{1f339}`,
        'romeo@capulet.example: <img src="x" onerror="alert(1)"> I know not how to tell thee',
      ]);

    const went = nextEvent(tower, 'presence', ({ presence }) => presence.from?.full === page?.full);
    await open.logOut();
    expect((await went).presence.type).toBe('unavailable');
    expect(open.console).toEqual([]);
  });

  it('come together again after the server was killed and started anew', async () => {
    await open.logIn({ ...JULIET, websocket: stage.websocket });
    await untilState('linked.online');
    await stage.server.kill();
    await untilState('reconnecting');
    expect(await open.error()).toMatch(/^transport\/connection-/);
    await stage.server.restart();
    await untilState('linked.online');
    expect(await open.error()).toBe('');
    expect(open.webSockets.map((webSocket) => webSocket.isClosed()).slice(-2)).toEqual([true, false]);
  });

  it('agree also in a page that lets nobody parse text into a DOM (Trusted Types)', async () => {
    const isForbidden = await open.page.evaluate(() => {
      const policy = document.createElement('meta');
      policy.httpEquiv = 'Content-Security-Policy';
      policy.content = "require-trusted-types-for 'script'";
      document.head.append(policy);
      try {
        return new DOMParser().parseFromString('<a/>', 'application/xml') === undefined;
      } catch {
        return true;
      }
    });
    expect(isForbidden).toBe(true);
    open.console.splice(0);
    stage.hostMeta.documents = { [XRD]: xrd(stage.websocket) };
    await open.logIn(JULIET);
    await untilState('linked.online');
    expect(open.console.filter((text) => /Trusted/.test(text))).toEqual([]);
  });

  it('do all of this under a policy that forbids `eval` and strangers', async () => {
    const breach = await open.page.evaluate(
      () =>
        new Promise((resolve) => {
          document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => resolve(effectiveDirective));
          setTimeout('window.isUnderNoPolicy = true');
        }),
    );
    expect(breach).toBe('script-src');
    open.console.splice(0);
  });

  /** Another client, in this process and over STARTTLS. */
  function join(jid: string, password: string): Client {
    const { host, ports, authority } = stage.server;
    const client = createClient({ jid, password, host, port: ports.startTls, tls: { ca: authority } });
    others.push(client);
    client.start();
    return client;
  }
});

function jrd(href: string): string {
  return JSON.stringify({ links: [{ rel: RELATION, href }] });
}

function xrd(href: string): string {
  return `<?xml version="1.0"?><XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0"><Link rel="${RELATION}" href="${href}"/></XRD>`;
}
