// A process of its own: one login over STARTTLS and SCRAM after the other, by a bare script and by ours in turn, against
// the embedded server. Reports `LoginCosts`.

import { fork } from 'node:child_process';
import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import process from 'node:process';
import { connect as connectTls } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { createClient } from '../src/node.ts';

/** Where the embedded server is. */
interface Place {
  readonly port: number;
  readonly ca: string;
}

/** Milliseconds of one login, from the first call to the bound address, and of CPU. */
interface LoginCost {
  readonly elapsed: number;
  readonly cpu: number;
}

const HEADER =
  '<?xml version="1.0"?><stream:stream xmlns="jabber:client" xmlns:stream="http://etherx.jabber.org/streams" to="capulet.example" version="1.0">';

/** Logins before those that count. */
const WARM_UP = 30;

/** What a login costs by hand, and with this library. */
export interface LoginCosts {
  readonly bare: LoginCost;
  readonly ours: LoginCost;
}

/** Medians of `rounds` logins each, taken in turn so that other work on this machine slows down both. */
async function compareLogins(rounds: number): Promise<LoginCosts> {
  const child = fork(fileURLToPath(new URL('servers/embedded-server.js', import.meta.url)), { execArgv: [] });
  const [place]: Place[] = await once(child, 'message');
  if (!place) throw new Error('the embedded server did not start');
  const bare: LoginCost[] = [];
  const ours: LoginCost[] = [];
  for (let round = 0; round < rounds + WARM_UP; round++) {
    const costs = [await cost(() => bareLogin(place)), await cost(() => ourLogin(place))] as const;
    if (round < WARM_UP) continue;
    bare.push(costs[0]);
    ours.push(costs[1]);
  }
  child.disconnect();
  return { bare: median(bare), ours: median(ours) };
}

async function cost(login: () => Promise<() => Promise<void>>): Promise<LoginCost> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const close = await login();
  const elapsed = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  await close();
  return { elapsed, cpu: (user + system) / 1000 };
}

function median(costs: readonly LoginCost[]): LoginCost {
  const middle = (numbers: number[]): number => numbers.sort((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;
  return { elapsed: middle(costs.map(({ elapsed }) => elapsed)), cpu: middle(costs.map(({ cpu }) => cpu)) };
}

async function ourLogin({ port, ca }: Place): Promise<() => Promise<void>> {
  const client = createClient({
    jid: 'juliet@capulet.example',
    password: 'balcony',
    host: '127.0.0.1',
    port,
    tls: { ca },
  });
  client.start();
  await client.online();
  return () => client.stop();
}

/** The same bytes by hand: nothing is parsed that a script can do without. */
async function bareLogin({ port, ca }: Place): Promise<() => Promise<void>> {
  const plain = connect({ host: '127.0.0.1', port, noDelay: true });
  const inClear = reader(plain);
  plain.write(HEADER);
  await inClear('</stream:features>', '</features>');
  plain.write('<starttls xmlns="urn:ietf:params:xml:ns:xmpp-tls"/>');
  await inClear('<proceed');
  plain.removeAllListeners('data');
  const socket = connectTls({ socket: plain, servername: 'capulet.example', ca });
  await once(socket, 'secureConnect');
  const read = reader(socket);
  socket.write(HEADER);
  await read('</stream:features>', '</features>');
  await scram(socket, read);
  socket.write(HEADER);
  await read('</stream:features>', '</features>');
  socket.write('<iq type="set" id="b"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/></iq>');
  await read('</iq>');
  return async () => {
    socket.end('</stream:stream>');
    await once(socket, 'close');
  };
}

type Read = (...ends: readonly string[]) => Promise<string>;

/** Reads until one of these texts has come. */
function reader(socket: Socket): Read {
  let text = '';
  let look = (): void => {};
  socket.on('data', (bytes: Buffer) => {
    text += bytes.toString();
    look();
  });
  return (...ends) =>
    new Promise((resolve) => {
      look = () => {
        if (!ends.some((end) => text.includes(end))) return;
        const all = text;
        text = '';
        look = () => {};
        resolve(all);
      };
      look();
    });
}

async function scram(socket: Socket, read: Read): Promise<void> {
  const auth = (name: string, text: string, mechanism = ''): void => {
    const payload = Buffer.from(text).toString('base64');
    socket.write(`<${name} xmlns="urn:ietf:params:xml:ns:xmpp-sasl"${mechanism}>${payload}</${name}>`);
  };
  const clientFirst = `n=juliet,r=${randomBytes(18).toString('base64')}`;
  auth('auth', `n,,${clientFirst}`, ' mechanism="SCRAM-SHA-512"');
  const serverFirst = payloadOf(await read('</challenge>'));
  const [, nonce = '', salt = '', iterations = ''] = /^r=([^,]*),s=([^,]*),i=(\d+)/.exec(serverFirst) ?? [];
  const salted = pbkdf2Sync('balcony', Buffer.from(salt, 'base64'), Number(iterations), 64, 'sha512');
  const hmac = (key: Buffer, text: string): Buffer => createHmac('sha512', key).update(text).digest();
  const clientKey = hmac(salted, 'Client Key');
  const stored = createHash('sha512').update(clientKey).digest();
  const withoutProof = `c=biws,r=${nonce}`;
  const signature = hmac(stored, `${clientFirst},${serverFirst},${withoutProof}`);
  const proof = clientKey.map((byte, index) => byte ^ (signature[index] ?? 0));
  auth('response', `${withoutProof},p=${Buffer.from(proof).toString('base64')}`);
  const final = payloadOf(await read('</success>'));
  const expected = hmac(hmac(salted, 'Server Key'), `${clientFirst},${serverFirst},${withoutProof}`).toString('base64');
  if (final !== `v=${expected}`) throw new Error('the server did not prove itself');
}

function payloadOf(text: string): string {
  return Buffer.from(/>([^<]+)<\//.exec(text)?.[1] ?? '', 'base64').toString();
}

process.send?.(await compareLogins(300), () => process.exit());
