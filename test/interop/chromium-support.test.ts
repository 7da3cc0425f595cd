import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createSelfSignedCertificate } from '../../src/testing/certificate.ts';
import { launchChromium } from '../support/chromium.ts';
import { startPageServer } from '../support/page-server.ts';
import { startProsody } from '../support/prosody.ts';
import type { XmppServer } from '../support/server.ts';
import { describeWith } from '../support/server-suite.ts';

const INDEX = { '/index.html': '<!doctype html><title>Verona</title><script src="/page.js"></script>' };

describeWith(['chromium', 'prosody'], 'Chromium for tests', () => {
  let server: XmppServer;
  let browser: Browser;

  beforeAll(async () => {
    server = await startProsody();
    browser = await launchChromium({ certificates: [server.certificate], domains: [server.domain] });
  });
  afterAll(async () => {
    await browser.close();
    await server.stop();
  });

  test('shows a page of our own, with WebCrypto', async () => {
    const page = await openPage(browser, 'document.title = "Mantua"; window.secure = isSecureContext');
    expect(await page.title()).toBe('Mantua');
    expect(await page.evaluate('window.secure && typeof crypto.subtle.deriveBits')).toBe('function');
  });

  test('finds the web server of a domain, if it was told of the certificate', async () => {
    const issued = await createSelfSignedCertificate({ domains: ['montague.example'] });
    const pages = await startPageServer(INDEX, issued);
    onTestFinished(() => pages.stop());
    const webServers = { 'montague.example': pages.port };
    const told = await launchChromium({ certificates: [issued.certificate], webServers });
    onTestFinished(() => told.close());
    const page = await told.newPage();
    await page.goto('https://montague.example/index.html');
    expect(await page.evaluate('isSecureContext')).toBe(true);
    const stranger = await browser.newPage();
    await expect(stranger.goto(`${pages.url}index.html`)).rejects.toThrow('ERR_CERT_AUTHORITY_INVALID');
  });

  test('reaches the server by its domain over wss, if it was told of the certificate', async () => {
    const url = `wss://${server.domain}:${server.ports.https}${server.webSocketPath}`;
    expect(await featuresAt(url, browser)).toContain('<mechanism>SCRAM-SHA-256</mechanism>');
    const untold = await launchChromium({ domains: [server.domain] });
    onTestFinished(() => untold.close());
    expect(await featuresAt(url, untold)).toBe('closed with 1006');
  });

  test('reaches the server on loopback without TLS', async () => {
    const url = `ws://127.0.0.1:${server.ports.http}${server.webSocketPath}`;
    expect(await featuresAt(url, browser)).toContain('<mechanism>SCRAM-SHA-256</mechanism>');
  });

  /** Opens a stream (RFC 7395 §3.4) in the browser. Resolves with the features, or how the WebSocket was closed. */
  async function featuresAt(url: string, within: Browser): Promise<unknown> {
    const page = await openPage(within, '');
    const header = `<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" version="1.0" to="${server.domain}"/>`;
    return page.evaluate(`new Promise((resolve) => {
      const socket = new WebSocket(${JSON.stringify(url)}, 'xmpp');
      socket.onopen = () => socket.send(${JSON.stringify(header)});
      socket.onmessage = ({ data }) => data.includes('features') && resolve(data);
      socket.onclose = ({ code }) => resolve('closed with ' + code);
    })`);
  }
});

async function openPage(browser: Browser, script: string): Promise<Page> {
  const pages = await startPageServer({ ...INDEX, '/page.js': script });
  onTestFinished(() => pages.stop());
  const page = await browser.newPage();
  await page.goto(`${pages.url}index.html`);
  return page;
}
