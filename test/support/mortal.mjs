// A client in a process of its own, to be killed at any moment. Writes down, synchronously, what it was told and what it heard.

import { appendFileSync, readFileSync } from 'node:fs';
import { createClient, element, fileSessionStore } from '../../dist/src/node.js';
import { messageProtocol } from '../../dist/src/subprotocols/message.js';

const { port, ca, folder, first, count } = JSON.parse(process.env.MORTAL ?? '{}');

const client = createClient({
  jid: 'juliet@capulet.example/balcony',
  password: 'secret',
  host: '127.0.0.1',
  port,
  tls: { ca: readFileSync(ca, 'utf8') },
  reconnect: () => 20,
  sessions: fileSessionStore(`${folder}/sessions`),
});
client.use(messageProtocol());
client.on('message', ({ message }) => appendFileSync(`${folder}/heard`, `${message.body}\n`));
client.on('online', ({ resumed }) => appendFileSync(`${folder}/online`, `${resumed}\n`));
for (const type of ['error', 'delivery.failed']) {
  client.on(type, ({ error }) => appendFileSync(`${folder}/errors`, `${error.code} ${error.message}\n`));
}
client.start();
await client.online();

const deliveries = [];
for (let number = first; number < first + count; number += 1) {
  const body = element('{jabber:client}body', {}, `${number}`);
  const message = element('{jabber:client}message', { to: 'romeo@capulet.example/orchard', type: 'chat' }, body);
  const delivery = client.send(message);
  deliveries.push(delivery.settled());
  void delivery.written().then(() => appendFileSync(`${folder}/written`, `${number}\n`));
  await new Promise((resolve) => setTimeout(resolve, 1));
}
await Promise.all(deliveries);
appendFileSync(`${folder}/online`, 'done\n');
await client.stop();
