import { describe, expect, it, onTestFinished } from 'vitest';
import { startScriptedServer } from '../../src/testing/index.ts';
import { ROADS } from '../client/resume-stage.ts';
import { stageClients } from '../support/client-stage.ts';
import { nextEvent } from '../support/next-event.ts';
import { rejectionOf } from '../support/when.ts';
import { standInTheMiddle } from './middleman.ts';
import { outcomeOf } from './outcomes.ts';
import { meet, meetOnline, SASL, secured } from './stage.ts';

/*
 * Compressed streams tell about the secrets in them, and little data becomes a lot (XEP-0138 §7, RFC 7692 §8): this client has no
 * compression.
 */

const stage = stageClients();

const COMPRESSION =
  '<compression xmlns="http://jabber.org/features/compress"><method>zlib</method><method>lzw</method></compression>';
const COMPRESSED = '<compressed xmlns="http://jabber.org/protocol/compress"/>';

describe.each(ROADS)('over %s, compression', (road) => {
  it('that is offered is not asked for, wherever it is offered', async () => {
    const { client, peer, sent } = await meet(stage, road);
    const mechanisms = `<mechanisms ${SASL}><mechanism>PLAIN</mechanism></mechanisms>`;
    const script = secured(peer, road);
    const success = script
      .header()
      .features(COMPRESSION + mechanisms)
      .receives(`<auth ${SASL} mechanism="PLAIN"/>`)
      .sends(`<success ${SASL}/>`);
    await Promise.all([client.online(), success.bind('juliet@capulet.example', { features: COMPRESSION })]);
    expect(sent.filter((text) => text.includes('compress'))).toEqual([]);
  });

  it('that begins unasked, before there is a session, ends the connection', async () => {
    const { client, peer } = await meet(stage, road);
    const failed = nextEvent(client, 'failed');
    await secured(peer, road).authenticate().header().sends(COMPRESSED);
    expect((await failed).error).toMatchObject({ code: 'transport/protocol-violation' });
  });

  it('that begins unasked in a session is nothing', async () => {
    const meeting = await meetOnline(stage, road);
    expect(await outcomeOf(meeting, COMPRESSED)).toEqual(['dropped compressed: unknown-kind']);
  });
});

describe.each(ROADS.filter((road) => road !== 'WebSocket'))('over %s, compressed bytes', (road) => {
  it('are no XML', async () => {
    const { client, peer } = await meetOnline(stage, road);
    const failed = nextEvent(client, 'failed');
    // What zlib makes of a stanza begins like this (RFC 1950 §2.2).
    await peer.sends(Uint8Array.of(0x78, 0x9c, 0xb3, 0xc9, 0x4d, 0x2d, 0x2e, 0x4e, 0x4c, 0x4f, 0x55));
    expect((await failed).error).toMatchObject({ name: 'StreamError' });
  });
});

describe('a WebSocket', () => {
  it('is not asked to be compressed, and none that is compressed all the same is taken (RFC 7692)', async () => {
    const server = await startScriptedServer({ domain: 'capulet.example', tls: false, websocket: true });
    onTestFinished(() => server.stop());
    const url = new URL(server.websocketUrl);
    const agreement = 'Sec-WebSocket-Extensions: permessage-deflate\r\n';
    const middleman = await standInTheMiddle(Number(url.port), {
      toClient: (piece) => piece.replace(/^HTTP\/1\.1 101 .*\r\n/, (line) => line + agreement),
    });
    url.port = String(middleman.port);
    const client = stage.make({ websocket: url.href });
    client.start();
    expect(await rejectionOf(client.online())).toMatchObject({ code: 'transport/websocket-refused' });
    expect(middleman.heard()).toMatch(/^sec-websocket-protocol: xmpp/im);
    expect(middleman.heard()).not.toMatch(/^sec-websocket-extensions/im);
  });
});
