import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { build, type PreviewServer, preview } from 'vite';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { type Client, createClient } from '../../src/node.ts';
import { type MessageApi, messageProtocol } from '../../src/subprotocols/message.ts';
import { presenceProtocol } from '../../src/subprotocols/presence.ts';
import { type Server, startServer } from '../../src/testing/index.ts';
import { launchChromium } from '../support/chromium.ts';
import { describeWith } from '../support/server-suite.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const JULIET = 'juliet@capulet.example';
const ROMEO = 'romeo@capulet.example';
const PATIENCE = { timeout: 15_000 };
/** What the page says while it is not connected. */
const LOST = 'The connection is lost. What you write is sent when it is back.';

describeWith('chromium', 'the chat page with React, built by Vite', () => {
  let folder: string;
  let pages: PreviewServer;
  let browser: Browser;
  let server: Server;
  let context: BrowserContext;
  let page: Page;
  let complaints: string[];
  let romeo: Client;
  let messages: MessageApi;
  let heard: (string | undefined)[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'xstate-xmpp-'));
    pages = await servePage(folder);
    browser = await launchChromium();
  });
  beforeEach(async () => {
    const accounts = { juliet: 'balcony', romeo: 'orchard' };
    server = await startServer({
      domain: 'capulet.example',
      accounts,
      websocket: true,
      tls: false,
      streamManagement: true,
    });
    romeo = createClient({ jid: ROMEO, password: accounts.romeo, memory: server.connect });
    romeo.use(presenceProtocol()).available();
    messages = romeo.use(messageProtocol());
    heard = [];
    romeo.on('message', ({ message }) => heard.push(message.body));
    romeo.start();
    await romeo.online();
    complaints = [];
    context = await browser.newContext();
    page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (line) => {
      // Chromium asks every site for its icon.
      if (!line.location().url.endsWith('/favicon.ico')) complaints.push(line.text());
    });
    await page.goto(pages.resolvedUrls?.local[0] ?? '');
  });
  afterEach(async () => {
    await context.close();
    await romeo.stop();
    await server.stop();
    expect(complaints).toEqual([]);
  });
  afterAll(async () => {
    await browser.close();
    await pages.close();
    await rm(folder, { recursive: true });
  });

  async function logIn(password = 'balcony'): Promise<void> {
    await page.getByLabel('Your address').fill(JULIET);
    await page.getByLabel('Password').fill(password);
    await page.getByLabel('Whom to talk to').fill('Romeo@capulet.example/orchard');
    await page.getByLabel('WebSocket').fill(server.websocketUrl);
    await page.getByRole('button', { name: 'Log in' }).click();
  }

  async function say(body: string): Promise<void> {
    await page.getByLabel('Message', { exact: true }).fill(body);
    await page.keyboard.press('Enter');
  }

  const status = () => page.getByRole('status').textContent();
  const lines = () => page.getByRole('log').getByRole('listitem').allTextContents();
  const heading = () => page.getByRole('heading').textContent();

  it('logs in, talks, and logs out', async () => {
    await logIn();
    await expect.poll(status, PATIENCE).toBe('Online');
    expect(await heading()).toBe(ROMEO);
    expect(await page.getByTitle('The state of the client').textContent()).toMatch(/^linked\.online\./);
    expect(await page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('body');
    await say('Wherefore art thou <b>Romeo</b>? \u{1f339}');
    await expect.poll(() => heard, PATIENCE).toEqual(['Wherefore art thou <b>Romeo</b>? \u{1f339}']);
    messages.send({ to: JULIET, body: '<img src="x" onerror="alert(1)"> Shall I hear more?' });
    await expect
      .poll(lines, PATIENCE)
      .toEqual([
        'You: Wherefore art thou <b>Romeo</b>? \u{1f339}',
        'They: <img src="x" onerror="alert(1)"> Shall I hear more?',
      ]);
    expect(await page.getByLabel('Message', { exact: true }).inputValue()).toBe('');
    await page.getByRole('button', { name: 'Log out' }).click();
    await expect.poll(heading, PATIENCE).toBe('Verona');
    await expect.poll(() => server.sessions(), PATIENCE).toEqual([romeo.jid.full]);
  });

  it('comes back by itself when the server drops it, and goes on where it was', async () => {
    await logIn();
    await expect.poll(status, PATIENCE).toBe('Online');
    const [session] = server.sessions().filter((jid) => jid.startsWith(JULIET));
    // How it is shown is gone as fast as it came: whoever watches is told of each change.
    const shown = await page.getByRole('status').evaluateHandle((element) => {
      const texts: (string | null)[] = [];
      const watch = { characterData: true, childList: true, subtree: true };
      new MutationObserver(() => texts.push(element.textContent)).observe(element, watch);
      return texts;
    });
    expect(server.drop(JULIET)).toBe(1);
    messages.send({ to: JULIET, body: 'said in the gap' });
    await expect.poll(() => shown.jsonValue(), PATIENCE).toEqual([LOST, 'Online']);
    await expect.poll(lines, PATIENCE).toEqual(['They: said in the gap']);
    expect(server.sessions()).toContain(session);
  });

  it('keeps what is written while there is no network, and sends it as soon as there is one', async () => {
    await logIn();
    await expect.poll(status, PATIENCE).toBe('Online');
    await context.setOffline(true);
    expect(server.drop(JULIET)).toBe(1);
    await expect.poll(status, PATIENCE).toBe(LOST);
    await say('I have night\u2019s cloak to hide me');
    expect(await lines()).toEqual(['You: I have night\u2019s cloak to hide me']);
    expect(heard).toEqual([]);
    await context.setOffline(false);
    await expect.poll(() => heard, PATIENCE).toEqual(['I have night\u2019s cloak to hide me']);
    expect(await status()).toBe('Online');
    // If the client tried in between, Chromium says so.
    complaints = complaints.filter((line) => !line.includes('ERR_INTERNET_DISCONNECTED'));
  });

  it('says what is wrong with a password or an address, and lets one try again', async () => {
    await logIn('balconi');
    const alert = () => page.getByRole('alert').textContent();
    await expect.poll(alert, PATIENCE).toMatch(/Check the username and password of juliet@capulet\.example\./);
    expect(await page.getByLabel('Your address').inputValue()).toBe(JULIET);
    expect(await page.getByLabel('Password').inputValue()).toBe('');
    await page.getByLabel('Password').fill('balcony');
    await page.getByLabel('Your address').fill('@capulet.example');
    await page.getByRole('button', { name: 'Log in' }).click();
    await expect.poll(alert, PATIENCE).toMatch(/^Expected .*, got /);
    await logIn();
    await expect.poll(status, PATIENCE).toBe('Online');
  });
});

/** Builds the page of `docs/examples/react-chat` from it and the sources of the package, and serves it. */
async function servePage(outDir: string): Promise<PreviewServer> {
  const options = {
    root: join(ROOT, 'docs/examples/react-chat'),
    configFile: false,
    logLevel: 'warn',
    resolve: {
      alias: [
        { find: /^xstate-xmpp$/, replacement: join(ROOT, 'src/browser.ts') },
        { find: /^xstate-xmpp\/message$/, replacement: join(ROOT, 'src/subprotocols/message.ts') },
      ],
    },
    build: { outDir, emptyOutDir: true },
    preview: { port: 0 },
  } as const;
  // Vite obeys it, and the runner of the tests sets another one.
  vi.stubEnv('NODE_ENV', 'production');
  await build(options);
  vi.unstubAllEnvs();
  return preview(options);
}
