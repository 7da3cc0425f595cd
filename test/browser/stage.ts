import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { basename, resolve } from 'node:path';
import { build } from 'esbuild';
import type { Browser, ConsoleMessage, Page, WebSocket } from 'playwright-core';
import { type CertificateWithKey, createSelfSignedCertificate } from '../../src/testing/certificate.ts';
import { launchChromium } from '../support/chromium.ts';
import { startPageServer } from '../support/page-server.ts';
import { startProsody } from '../support/prosody.ts';
import type { XmppServer } from '../support/server.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const PAGE = 'browser-page';
const DOMAIN = 'capulet.example';

/** A browser, a server, and the web server of its domain. */
export interface Stage {
  readonly server: XmppServer;
  /** Address of the server's WebSocket, as the browser has to call it. */
  readonly websocket: string;
  readonly hostMeta: HostMeta;
  /** Opens the page of `docs/examples/browser-page.html`. */
  open(): Promise<OpenPage>;
  close(): Promise<void>;
}

/** What the web server of the domain has. */
interface HostMeta {
  /** Texts by path. */
  documents: Readonly<Record<string, string>>;
  /** Whether pages of other sites may read them. */
  isForEverybody: boolean;
}

/** A page, and what can be seen of it from outside. */
export interface OpenPage {
  readonly page: Page;
  /** All that its console says. */
  readonly console: string[];
  /** Exceptions that nobody caught, rejections too. */
  readonly crashes: string[];
  /** Every WebSocket that it has opened. */
  readonly webSockets: WebSocket[];
  logIn(account: { readonly jid: string; readonly password: string; readonly websocket?: string }): Promise<void>;
  logOut(): Promise<void>;
  send(to: string, body: string): Promise<void>;
  state(): Promise<string>;
  error(): Promise<string>;
  messages(): Promise<string[]>;
}

/** Starts everything, with certificates that the browser would refuse, had it not been told of them. */
export async function startStage(accounts: Readonly<Record<string, string>>): Promise<Stage> {
  const server = await startProsody({ domain: DOMAIN, accounts });
  const issued = await createSelfSignedCertificate({ domains: [DOMAIN] });
  const hostMeta: HostMeta = { documents: {}, isForEverybody: true };
  const web = await startWebServer(issued, hostMeta);
  const pages = await startPageServer(await pageFiles());
  const browser = await launchChromium({
    certificates: [server.certificate, issued.certificate],
    domains: [DOMAIN],
    webServers: { [DOMAIN]: web.port },
  });
  return {
    server,
    websocket: `wss://${DOMAIN}:${server.ports.https}${server.webSocketPath}`,
    hostMeta,
    open: () => openPage(browser, `${pages.url}${PAGE}.html`),
    async close() {
      await browser.close();
      await Promise.all([pages.stop(), web.stop(), server.stop()]);
    },
  };
}

/** The page as it is printed in the documents, and the package from its sources as a bundler for browsers sees it. */
async function pageFiles(): Promise<Record<string, string>> {
  const folder = resolve(ROOT, 'docs/examples');
  const { outputFiles } = await build({
    entryPoints: [resolve(folder, `${PAGE}.ts`)],
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    outdir: '/',
    write: false,
    logLevel: 'warning',
    alias: {
      'xstate-xmpp': resolve(ROOT, 'src/browser.ts'),
      'xstate-xmpp/message': resolve(ROOT, 'src/subprotocols/message.ts'),
      'xstate-xmpp/presence': resolve(ROOT, 'src/subprotocols/presence.ts'),
    },
  });
  const scripts = outputFiles.map(({ path, text }) => [`/${basename(path)}`, text]);
  const page = readFileSync(resolve(folder, `${PAGE}.html`), 'utf8');
  // Chromium asks every site for the icon, and complains in the console where there is none.
  return { [`/${PAGE}.html`]: page, '/favicon.ico': '', ...Object.fromEntries(scripts) };
}

async function startWebServer({ key, certificate }: CertificateWithKey, hostMeta: HostMeta) {
  const server: Server = createServer({ key, cert: certificate }, ({ url = '' }, response) => {
    const document = hostMeta.documents[url];
    // Browsers show pages nothing else of another site (XEP-0156 §3).
    const headers = hostMeta.isForEverybody ? { 'access-control-allow-origin': '*' } : {};
    response.writeHead(document === undefined ? 404 : 200, headers).end(document);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}

async function openPage(browser: Browser, url: string): Promise<OpenPage> {
  const page = await browser.newPage();
  const said: string[] = [];
  const crashes: string[] = [];
  const webSockets: WebSocket[] = [];
  page.on('console', (message: ConsoleMessage) => said.push(message.text()));
  page.on('pageerror', (error) => crashes.push(String(error)));
  page.on('websocket', (webSocket) => webSockets.push(webSocket));
  await page.goto(url);
  const textOf = async (selector: string): Promise<string> => (await page.textContent(selector)) ?? '';
  return {
    page,
    console: said,
    crashes,
    webSockets,
    async logIn({ jid, password, websocket = '' }) {
      await page.fill('[name=jid]', jid);
      await page.fill('[name=password]', password);
      await page.fill('[name=websocket]', websocket);
      await page.click('text=Log in');
    },
    logOut: () => page.click('text=Log out'),
    async send(to, body) {
      await page.fill('[name=to]', to);
      await page.fill('[name=body]', body);
      await page.click('text=Send');
    },
    state: () => textOf('#state'),
    error: () => textOf('#error'),
    messages: () => page.locator('#messages li').allTextContents(),
  };
}
