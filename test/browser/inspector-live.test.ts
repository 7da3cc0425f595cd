import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { type Inspector, inspectClient } from '../../src/inspect/live/index.ts';
import { type Client, createClient } from '../../src/node.ts';
import { messageProtocol } from '../../src/subprotocols/message.ts';
import { presenceProtocol } from '../../src/subprotocols/presence.ts';
import { type Server, startServer } from '../../src/testing/index.ts';
import { launchChromium } from '../support/chromium.ts';
import { wayTo } from '../support/client-stage.ts';
import { describeWith } from '../support/server-suite.ts';
import { type InspectorPage, openInspectorPage } from './inspector-page.ts';
import { HARM } from './inspector-scene.ts';

/** With `SCREENSHOTS=1` the pictures of the documents are made anew; otherwise they go where nobody looks. */
const PICTURES =
  process.env.SCREENSHOTS === '1'
    ? resolve(import.meta.dirname, '../../docs/images')
    : mkdtempSync(join(tmpdir(), 'inspector-'));
const SCHEMES = ['light', 'dark'] as const;

describeWith('chromium', 'the inspector of a client that runs', () => {
  let browser: Browser;
  let server: Server;
  let juliet: Client;
  let romeo: Client;
  let inspector: Inspector;
  let open: InspectorPage;

  beforeAll(async () => {
    mkdirSync(PICTURES, { recursive: true });
    browser = await launchChromium();
  });
  beforeEach(async () => {
    const accounts = { juliet: 'balcony', romeo: 'orchard' };
    server = await startServer({ domain: 'capulet.example', accounts, streamManagement: true });
    juliet = clientOf('juliet', 'balcony');
    romeo = clientOf('romeo', 'orchard');
    inspector = await inspectClient([juliet, romeo]);
    open = await openInspectorPage(browser, inspector.url);
    await isIn('offline');
  });
  afterEach(async () => {
    expect(await open.page.evaluate('window.harmed')).toBeUndefined();
    expect(open.crashes).toEqual([]);
    expect(open.console).toEqual([]);
    await open.page.context().close();
    await inspector.close();
    await Promise.all([juliet.stop(), romeo.stop()]);
    await server.stop();
  });
  afterAll(() => browser.close());

  /** The machine may be busy with other tests. */
  const until = <T>(read: () => T | Promise<T>) => expect.poll(read, { timeout: 15_000 });
  const text = (selector: string) => open.page.locator(selector).textContent();
  const isIn = (state: string) => until(() => text('.where')).toMatch(state);
  const press = (name: string) => open.page.getByRole('button', { name }).click();
  const active = () =>
    open.page.$$eval('#chart .innermost', (groups) => groups.map((group) => group.getAttribute('data-state')));

  it('sees it log in, lose its socket, and come back', async () => {
    await press('Start');
    await isIn('linked.online');
    await until(active).toEqual(['linked.online.stability.settling', 'linked.online.liveness.fresh']);
    await until(() => open.texts('.segment')).toEqual(expect.arrayContaining(['securing', 'secured', 'online']));
    await press('Drop the socket');
    await isIn('reconnecting.backingOff');
    await until(active).toEqual(['reconnecting.backingOff']);
    await until(() => open.page.locator('#chart .last').count()).toBeGreaterThan(0);
    await until(() => text('.badge-until')).toMatch(/^backOff in /);
    await press('Reconnect now');
    await isIn('linked.online');
    await press('Stop');
    await isIn('offline');
  });

  it('shows messages as text, whatever is in them, and what becomes of those that are sent', async () => {
    await logIn();
    romeo.use(messageProtocol()).send({ to: juliet.jid.bare, body: HARM });
    const row = open.page.locator('.row.received', { hasText: 'window.harmed' });
    await row.click();
    await until(() => text('#log-detail .xml')).toContain('&lt;script&gt;window.harmed=1');
    await open.page.keyboard.press('Escape');
    await press('Send a stanza');
    await open.page.getByRole('button', { name: 'Send', exact: true }).click();
    const sent = open.page.locator('.row.sent', { hasText: 'Hello from the inspector' });
    await until(() => sent.locator('.delivery-state').textContent()).toBe('acknowledged');
  });

  it('shows the chart of each machine, and of several clients', async () => {
    await logIn();
    await open.page.getByRole('treeitem', { name: 'session' }).click();
    await until(active).toEqual(['live']);
    await open.page.getByRole('combobox', { name: 'Client' }).selectOption('romeo@capulet.example');
    await isIn('linked.online');
    await press('Drop the socket');
    await isIn('reconnecting');
    await open.page.getByRole('combobox', { name: 'Client' }).selectOption('juliet@capulet.example');
    await isIn('linked.online');
  });

  it('travels to every moment of a login', { timeout: 60_000 }, async () => {
    await logIn();
    const seen = new Set<string | null>();
    const slider = open.page.getByLabel('Moment of the history');
    await slider.press('Home');
    await isIn('resolving');
    while ((await text('.where')) !== 'linked.online: stability.settling, liveness.fresh') {
      seen.add(await text('.where'));
      const moment = await slider.getAttribute('aria-valuetext');
      await press('Next change');
      await until(() => slider.getAttribute('aria-valuetext')).not.toBe(moment);
    }
    const way = ['resolving.asking', 'linked.connecting', 'linked.securing.handshaking', 'linked.binding'];
    expect([...seen]).toEqual(expect.arrayContaining(way));
  });

  it('opens what the client has recorded', async () => {
    await logIn();
    const recording = JSON.stringify(juliet.recording());
    await open.page.setInputFiles('#recording-input', {
      name: 'flight.json',
      mimeType: 'application/json',
      buffer: Buffer.from(recording),
    });
    await until(() => open.texts('#chooser option')).toContain('juliet@capulet.example (recording)');
    await until(active).toEqual(['linked.online.stability.settling', 'linked.online.liveness.fresh']);
    await open.page.getByLabel('Moment of the history').press('Home');
    await until(active).toEqual(['offline']);
  });

  it.each(SCHEMES)('looks as it should (%s)', { timeout: 60_000 }, async (colorScheme) => {
    await open.page.emulateMedia({ colorScheme });
    await logIn();
    romeo.use(messageProtocol()).send({ to: juliet.jid.bare, body: 'Lady, by yonder blessed moon I swear' });
    juliet.use(messageProtocol()).send({ to: romeo.jid.bare, body: 'O, swear not by the moon, the inconstant moon' });
    const sent = open.page.locator('.row.sent', { hasText: 'inconstant' });
    await until(() => sent.locator('.delivery-state').textContent()).toBe('acknowledged');
    const picture = (name: string) => save(open.page, `inspector-${name}-${colorScheme}`);
    await picture('online');
    await sent.click();
    await until(() => open.page.locator('#log-detail .xml').count()).toBe(1);
    await picture('stanza');
    await open.page.keyboard.press('Escape');
    await press('Drop the socket');
    await isIn('reconnecting');
    await picture('reconnecting');
    await press('Reconnect now');
    await isIn('linked.online');
    await open.page.getByLabel('Text').fill('tls.proceeded');
    await open.page.locator('.row.transition').first().click();
    await open.page.getByLabel('Text').fill('');
    await until(active).toEqual(['linked.securing.handshaking']);
    await picture('time-travel');
    await open.page.keyboard.press('Escape');
    await press('Send a stanza');
    await picture('send');
    await open.page.keyboard.press('Escape');
    await open.page.setViewportSize({ width: 420, height: 1250 });
    await picture('narrow');
  });

  function clientOf(name: string, password: string): Client {
    return createClient({
      jid: `${name}@capulet.example`,
      password,
      reconnect: () => 60_000,
      ...wayTo(server, 'STARTTLS'),
    });
  }

  async function logIn(): Promise<void> {
    for (const client of [juliet, romeo]) client.use(presenceProtocol()).available();
    for (const client of [juliet, romeo]) client.start();
    await isIn('linked.online');
    await romeo.online();
    await until(() => open.page.locator('#chart svg').count()).toBe(1);
  }
});

/** Takes a picture when nothing moves any more. */
async function save(page: Page, name: string): Promise<void> {
  await page.evaluate(async () => {
    const viewBox = () => document.querySelector('#chart svg')?.getAttribute('viewBox');
    const frame = () => new Promise((drawn) => requestAnimationFrame(drawn));
    for (let before: unknown; before !== viewBox(); ) {
      before = viewBox();
      await frame();
      await frame();
    }
  });
  await page.screenshot({ path: join(PICTURES, `${name}.png`) });
}
