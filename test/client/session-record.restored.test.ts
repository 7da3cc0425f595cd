import { expect, it, onTestFinished } from 'vitest';
import type { SessionRecord, SessionStore } from '../../src/node.ts';
import { buildIq, element } from '../../src/node.ts';
import { clientStateProtocol } from '../../src/subprotocols/client-state.ts';
import { startScriptedServer } from '../../src/testing/index.ts';
import { stageClients } from '../support/client-stage.ts';
import { makeReturning } from './resume-stage.ts';

const stage = stageClients();
const SM = 'xmlns="urn:xmpp:sm:3"';
const BIND = '<bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/>';
const FULL = 'juliet@capulet.example/balcony';
const CSI = 'urn:xmpp:csi:0';

function recorded(enabled: readonly string[]): SessionStore {
  const record: SessionRecord = {
    version: 1,
    account: 'juliet@capulet.example',
    session: {
      jid: FULL,
      id: 's1',
      enabled,
      features: ['urn:xmpp:sm:3', CSI],
      received: 0,
      acknowledged: 0,
      isLive: false,
    },
    outgoing: [],
    written: 0,
  };
  return { load: () => record, save: () => {} };
}

async function resumed(
  before: (client: ReturnType<typeof makeReturning>) => void = () => {},
  enabled: readonly string[] = [],
) {
  const server = await startScriptedServer({ domain: 'capulet.example', listen: false });
  onTestFinished(() => server.stop());
  const client = makeReturning(stage, { memory: server.connect, sessions: recorded(enabled) });
  before(client);
  client.start();
  const script = (await server.connection())
    .authenticate('PLAIN')
    .header()
    .features(`<sm ${SM}/><csi xmlns="${CSI}"/>${BIND}`)
    .receives(`<resume ${SM} previd="s1" h="0"/>`)
    .sends(`<resumed ${SM} previd="s1" h="0"/>`);
  await script;
  await client.online();
  return { client, script };
}

async function fresh() {
  const server = await startScriptedServer({ domain: 'capulet.example', listen: false });
  onTestFinished(() => server.stop());
  const client = makeReturning(stage, { memory: server.connect });
  client.start();
  const script = (await server.connection()).login({ mechanism: 'PLAIN', resource: 'balcony' });
  await Promise.all([script, client.online()]);
  return { client, script };
}

it.each([
  ['in a session of its own', fresh],
  ['in a session of an earlier process', () => resumed()],
])('a request to the account may be answered from the full address that is bound, %s', async (_title, begin) => {
  const { client, script } = await begin();
  const answer = client.request(buildIq({ type: 'get' }, element('{urn:example:own}query')), { timeout: 1000 });
  const caught = answer.then(
    () => 'answered',
    (error: { code: string }) => error.code,
  );
  const request = await script.receives('<iq type="get"/>');
  await script.sends(`<iq type="result" from="${FULL}" id="${request.attributes.id}"/>`);
  await new Promise((resolve) => setImmediate(resolve));
  stage.clock.increment(1000);
  expect(await caught).toBe('answered');
});

it.each([
  ['active', []],
  ['inactive', [CSI]],
])(
  'a process that nobody uses says so on the stream that it resumes, where the session began as %s (XEP-0352 §5)',
  async (_title, enabled) => {
    const { client, script } = await resumed((each) => {
      each.use(clientStateProtocol()).inactive();
    }, enabled);
    await script.receives(`<inactive xmlns="${CSI}"/>`);
    expect(client.jid.full).toBe(FULL);
  },
);
