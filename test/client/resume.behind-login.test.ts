import { describe, expect, it, onTestFinished } from 'vitest';
import { type Sasl2StepOptions, startScriptedServer } from '../../src/testing/index.ts';
import { stageClients } from '../support/client-stage.ts';
import { nextEvent } from '../support/next-event.ts';
import { messageWith, messageXml } from '../support/stanzas.ts';
import { makeReturning } from './resume-stage.ts';

const stage = stageClients();
const SM = 'xmlns="urn:xmpp:sm:3"';
const BIND = '<bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/>';

describe('a server that offers SASL2 and XEP-0198, but not resumption along with SASL2 (XEP-0198 §9.2 is optional)', () => {
  it.each([
    ['nor Bind 2', { bind: undefined, sm: false }],
    ['though Bind 2', { bind: [], sm: false }],
  ])('%s, is asked for the lost session behind the login (XEP-0198 §5)', async (_title, inline) => {
    const server = await startScriptedServer({ domain: 'capulet.example', listen: false });
    onTestFinished(() => server.stop());
    const offer: Sasl2StepOptions = { mechanism: 'PLAIN', inline, features: `${BIND}<sm ${SM}/>` };
    const client = makeReturning(stage, { memory: server.connect });
    client.start();
    const script = (await server.connection()).sasl2(offer);
    if (inline.bind === undefined) {
      const request = await script.receives(`<iq type="set">${BIND}</iq>`);
      const jid = '<jid>juliet@capulet.example/balcony</jid>';
      script.sends(
        `<iq type="result" id="${request.attributes.id}"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind">${jid}</bind></iq>`,
      );
    }
    await script.receives(`<enable ${SM} resume="true"/>`).sends(`<enabled ${SM} id="s1" resume="true"/>`);
    await client.online();
    const delivery = client.send(messageWith('one'));
    await script.receives(messageXml('one')).reset();
    const online = nextEvent(client, 'online');
    // Behind the login the server offers what XEP-0198 §5 says: features with <sm/>, before any resource is bound.
    await (await server.connection())
      .sasl2(offer)
      .receives(`<resume ${SM} previd="s1" h="0"/>`)
      .sends(`<resumed ${SM} previd="s1" h="0"/>`)
      .receives(messageXml('one'));
    expect([(await online).resumed, delivery.state]).toEqual([true, 'written']);
  });
});
