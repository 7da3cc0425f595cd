import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { line, move, stanza } from '../inspect/page/samples.ts';
import { launchChromium } from '../support/chromium.ts';
import { describeWith } from '../support/server-suite.ts';
import { type InspectorPage, openInspectorPage } from './inspector-page.ts';
import {
  actorsMessage,
  CHART,
  clientsMessage,
  ENTRIES,
  entriesMessage,
  HARM,
  SESSION_CHART,
  WHOLE,
} from './inspector-scene.ts';
import { type ScriptedInspector, startScriptedInspector } from './inspector-script.ts';

describeWith('chromium', 'the page of the inspector', () => {
  let browser: Browser;
  let inspector: ScriptedInspector;
  let open: InspectorPage;

  beforeAll(async () => {
    browser = await launchChromium();
  });
  beforeEach(async () => {
    inspector = await startScriptedInspector();
    inspector.charts.set('client', CHART).set('session', SESSION_CHART);
    inspector.say(
      clientsMessage('juliet@capulet.example'),
      actorsMessage('c', 'linked.online'),
      entriesMessage(ENTRIES),
    );
    open = await openInspectorPage(browser, inspector.url);
    await until(() => open.texts('#tree .actor-name')).toEqual(['client', 'session', 'transport']);
    await until(() => open.page.locator('#chart svg').count()).toBe(1);
  });
  afterEach(async () => {
    expect(await open.page.evaluate('window.harmed')).toBeUndefined();
    expect(open.crashes).toEqual([]);
    expect(open.console.filter((text) => !/ERR_INCOMPLETE|ERR_EMPTY|404|503/.test(text))).toEqual([]);
    await open.page.context().close();
    await inspector.stop();
  });
  afterAll(() => browser.close());

  /** The machine may be busy with other tests. */
  const until = <T>(read: () => T | Promise<T>) => expect.poll(read, { timeout: 15_000 });
  const active = () =>
    open.page.$$eval('#chart .active', (groups) => groups.map((group) => group.getAttribute('data-state')));
  const last = () =>
    open.page.$$eval('#chart .last', (groups) => groups.map((group) => group.getAttribute('data-event')));
  const text = (selector: string) => open.page.locator(selector).textContent();
  const selected = () => open.page.locator('.row[aria-selected=true]').getAttribute('data-seq');
  const rows = () =>
    open.page.$$eval('.row', (all) => all.map((row) => row.getAttribute('data-seq') ?? row.textContent));

  it('lights the active states, draws the last transition, and tells deadlines', async () => {
    await until(active).toEqual(['linked', 'linked.online']);
    await until(last).toEqual(['bound']);
    inspector.say(actorsMessage('c', 'linked.opening'), entriesMessage([line(11, move('stop', 'offline'))]));
    await until(active).toEqual(['linked', 'linked.opening']);
    await until(() => text('.badge')).toMatch(/^\d+ h \d\d minopenDeadline in 59 min \d\d s$/);
    await until(() => text('#active-states')).toMatch(/opening\d+ h \d\d minopenDeadline in 59 min/);
  });

  it('explains where the client is, with texts of others as text', async () => {
    expect(await text('.where')).toBe('linked.online');
    expect(await text('.sentence')).toBe(`It ${HARM} is here.`);
    expect(await open.texts('.advice li')).toEqual(['Try stop.']);
    await until(() => text('.until')).toMatch(/^offline in 59 min \d\d s$/);
  });

  it('shows the chart of the actor that is chosen, by pointer and by keys', async () => {
    await open.page.getByRole('treeitem', { name: 'session' }).click();
    await until(active).toEqual(['live']);
    await open.page.keyboard.press('Home');
    await open.page.getByRole('treeitem', { name: 'client' }).press('End');
    await open.page.keyboard.press('Enter');
    await until(() => text('.chart-message')).toBe('transport is no state machine: there is no chart of it.');
    await open.page.keyboard.press('ArrowLeft');
    await open.page.keyboard.press('ArrowLeft');
    await until(() => open.texts('#tree .actor-name')).toEqual(['client']);
    await open.page.keyboard.press('ArrowRight');
    await until(() => open.texts('#tree .actor-name')).toEqual(['client', 'session', 'transport']);
    expect(await open.page.getByRole('treeitem', { name: 'client' }).getAttribute('aria-expanded')).toBe('true');
  });

  it('pans, zooms and fits the chart, and follows it again', async () => {
    const viewBox = () => open.page.locator('#chart svg').getAttribute('viewBox');
    const follow = open.page.getByRole('button', { name: 'Follow' });
    const start = await viewBox();
    await open.page.focus('#chart');
    await open.page.keyboard.press('ArrowLeft');
    expect(await viewBox()).not.toBe(start);
    expect(await follow.getAttribute('aria-pressed')).toBe('false');
    await open.page.keyboard.press('+');
    await open.page.getByRole('button', { name: 'Zoom out' }).click();
    await follow.click();
    await until(viewBox).toBe(start);
  });

  it('refuses a chart that holds more than shapes and texts', async () => {
    const evil = [
      '<script>window.harmed=1</script>',
      '<g onclick="window.harmed=1"/>',
      '<foreignObject/>',
      '<a href="x"/>',
    ];
    for (const [index, content] of evil.entries()) {
      inspector.charts.set(`evil-${index}`, `<svg xmlns="http://www.w3.org/2000/svg">${content}</svg>`);
      const message = actorsMessage('c', 'linked.online');
      inspector.say({ ...message, actors: message.actors.map((actor) => ({ ...actor, chart: `evil-${index}` })) });
      await expect
        .poll(() => text('.chart-message'))
        .toMatch(/cannot be shown\. The chart holds .* no place in one\.$/);
      expect(await open.page.locator('#chart svg').count()).toBe(0);
    }
    // The policy of the page stops the handler even where it is only looked at.
    expect(open.console.splice(0).filter((said) => !/^Executing inline event handler violates/.test(said))).toEqual([]);
  });

  it('asks again for a chart that it could not get, when the inspector is back', async () => {
    inspector.charts.delete('session');
    await open.page.getByRole('treeitem', { name: 'session' }).click();
    await until(() => text('.chart-message')).toBe('The chart of session cannot be shown. The inspector answers 404.');
    inspector.charts.set('session', SESSION_CHART);
    inspector.hangUp();
    await until(active).toEqual(['live']);
  });

  it('shows stanzas as XML that can be folded, and as text whatever is in them', async () => {
    await open.page.locator('[data-seq="9"]').click();
    const xml = open.page.locator('#log-detail .xml');
    await until(() => xml.textContent()).toContain('&lt;img src="x" onerror="window.harmed=1"&gt;');
    await open.page.locator('#log-detail summary').click();
    expect(await open.page.locator('#log-detail .xml-children').isVisible()).toBe(false);
    inspector.texts.set(9, WHOLE);
    await open.page.getByRole('button', { name: 'Load all of it' }).click();
    await until(() => xml.textContent()).toContain(`${'x'.repeat(4000)}</thread></message>`);
    expect(await text('.hint')).toBe(`All ${WHOLE.length.toLocaleString('en')} characters.`);
  });

  it('says so where the whole of a stanza is no longer to be had', async () => {
    await open.page.locator('[data-seq="9"]').click();
    await open.page.getByRole('button', { name: 'Load all of it' }).click();
    await until(() => text('.hint')).toBe('The inspector no longer has the rest of this stanza.');
  });

  it('tells what became of a stanza that was sent', async () => {
    expect(await text('[data-seq="7"] .delivery-state')).toBe('acknowledged');
    await open.page.locator('[data-seq="7"]').click();
    await until(() => open.texts('.delivery-steps li')).toEqual(['written +1 ms ', `acknowledged +3 ms ${HARM}`]);
  });

  it('leads from a transition to the stanzas around it, also to those that the filter hides', async () => {
    await open.page.getByLabel('Stanzas').uncheck({ force: true });
    await until(rows).toEqual(['1', '4', '5', '6']);
    await open.page.locator('[data-seq="5"]').click();
    await until(() => open.texts('.around .offset')).toEqual(['−2 ms', '+2 ms', '+4 ms']);
    await open.page.locator('.around').nth(1).click();
    await until(selected).toBe('7');
    await until(() => text('#log-detail h2')).toBe('Sent');
  });

  it('filters by kind, actor, JID and text', async () => {
    const { page } = open;
    await page.getByLabel('Actor', { exact: true }).selectOption('session');
    await until(rows).toEqual(['6']);
    await page.getByLabel('Actor', { exact: true }).selectOption('');
    await page.getByLabel('JID').fill('ROMEO');
    await until(rows).toEqual(['7', '9']);
    await page.getByLabel('JID').fill('');
    await page.getByLabel('Text').fill('hear me');
    await until(rows).toEqual(['7']);
    await page.getByLabel('Text').fill('');
    await page.getByLabel('Delivery').check({ force: true });
    await page.getByLabel('Events', { exact: true }).check({ force: true });
    await until(() => text('.count')).toBe('10 lines');
  });

  it('pauses, and tells how much came meanwhile', async () => {
    await open.page.getByRole('button', { name: 'Pause' }).click();
    inspector.say(entriesMessage([line(11, stanza('<iq/>')), line(12, stanza('<iq/>'))]));
    const button = open.page.getByRole('button', { name: 'Paused, 2 lines since' });
    await button.click();
    await until(async () => (await rows()).slice(-2)).toEqual(['11', '12']);
  });

  it('tells how many lines are missing, and where', async () => {
    inspector.say(entriesMessage([line(50, stanza('<iq/>'))], 39));
    await until(async () => (await rows()).slice(-2)).toEqual(['39 lines left out: this page read too slowly', '50']);
    expect(await text('.count')).toMatch(/, 39 lines left out by the server$/);
  });

  it('travels in time: with the slider, with keys, with a click, and back', async () => {
    const { page } = open;
    await page.getByLabel('Moment of the history').press('Home');
    await until(active).toEqual(['linked', 'linked.opening']);
    expect(await text('.where')).toBe('linked.opening');
    expect(await text('.sentence')).toMatch(/^At \d\d:\d\d:\d\d\.001: Waits for the header\.$/);
    expect(await open.texts('#tree .actor-states')).toEqual(['linked.opening', 'not known']);
    inspector.say(actorsMessage('c', 'offline'), entriesMessage([line(11, move('stop', 'offline'))]));
    await page.getByRole('button', { name: 'Next change' }).click();
    await until(active).toEqual(['linked', 'linked.online']);
    await page.locator('#log-list').press('ArrowUp');
    await until(selected).toBe('4');
    await until(active).toEqual(['linked', 'linked.opening']);
    expect(await page.getByRole('button', { name: 'Stop' }).getAttribute('aria-disabled')).toBe('true');
    await page.keyboard.press('Escape');
    await until(active).toEqual(['offline']);
    await until(last).toEqual(['stop']);
    expect(await page.locator('#log-detail').isHidden()).toBe(true);
  });

  it('sends real events, and says what is wrong with them', async () => {
    const { page } = open;
    await page.getByRole('button', { name: 'Drop the socket' }).click();
    await until(() => inspector.commands).toEqual([{ type: 'drop', client: 'c' }]);
    await page.getByRole('button', { name: 'Start' }).click({ force: true });
    inspector.answer = { ok: false, message: `No: ${HARM}` };
    await page.getByRole('button', { name: 'Network offline' }).click();
    await until(() => text('#notice')).toBe(`No: ${HARM}`);
    expect(inspector.commands.slice(1)).toEqual([{ type: 'network.offline', client: 'c' }]);
  });

  it('sends a stanza that somebody typed', async () => {
    const { page } = open;
    await page.getByRole('button', { name: 'Send a stanza' }).click();
    expect(await page.getByLabel('Stanza as XML').inputValue()).toContain('<message to="juliet@capulet.example"');
    await page.getByLabel('Example', { exact: true }).selectOption('Ping of the server');
    expect(await page.getByLabel('Stanza as XML').inputValue()).toContain('<iq to="capulet.example" type="get"');
    inspector.answer = { ok: false, message: 'Expected a stanza.' };
    await page.getByLabel('Stanza as XML').fill(' <nonsense/> ');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await until(() => text('dialog .wrong')).toBe('Expected a stanza.');
    inspector.answer = { ok: true };
    await page.getByLabel('Stanza as XML').press('Control+Enter');
    await until(() => page.locator('dialog').isHidden()).toBe(true);
    expect(inspector.commands).toEqual(Array(2).fill({ type: 'send', client: 'c', xml: '<nonsense/>' }));
  });

  it('lets choose among several clients', async () => {
    inspector.say(
      clientsMessage('juliet@capulet.example', HARM),
      actorsMessage('c1', 'offline'),
      entriesMessage([line(11, move('stop', 'offline'), { client: 'c1' })]),
    );
    await open.page.getByRole('combobox', { name: 'Client' }).selectOption(HARM);
    await until(active).toEqual(['offline']);
    await until(rows).toEqual(['11']);
    inspector.say(clientsMessage('juliet@capulet.example'));
    await until(() => open.texts('#chooser option')).toEqual(['juliet@capulet.example', `${HARM} (gone)`]);
  });

  it('comes back by itself when the connection to the inspector is lost', async () => {
    inspector.isDown = true;
    inspector.hangUp();
    await until(() => text('#link')).toMatch(/lost, trying again/);
    inspector.isDown = false;
    await until(() => text('#link')).toBe('Connected');
    inspector.say(entriesMessage([line(11, stanza('<iq/>'))]));
    await until(rows).toEqual(['1', '3', '4', '5', '6', '7', '9', '11']);
  });

  it('opens a recording, and refuses other files', async () => {
    const { page } = open;
    const drop = (name: string, content: string) =>
      page.evaluate(
        ([file, data]) => {
          const dataTransfer = new DataTransfer();
          dataTransfer.items.add(new File([data ?? ''], file ?? ''));
          document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
        },
        [name, content],
      );
    await drop('picture.png', 'PNG');
    await until(() => text('#notice')).toBe('picture.png was not opened. This is no recording: it is not JSON.');
    await until(active).toEqual(['linked', 'linked.online']);
    const entries = [
      { kind: 'event', at: 5, event: 'start', state: 'linked.opening', data: {} },
      { kind: 'stanza', at: 6, direction: 'RECV', name: 'message', type: HARM },
      { kind: 'event', at: 9, event: 'stop', state: 'offline', data: {} },
    ];
    const recording = {
      format: 'xstate-xmpp/recording',
      version: 1,
      account: HARM,
      startedAt: 0,
      dropped: 0,
      base: {},
      entries,
    };
    await drop('flight.json', JSON.stringify(recording));
    await until(active).toEqual(['offline']);
    expect(await open.page.locator('#notice').isHidden()).toBe(true);
    expect(await page.getByRole('button', { name: 'Start' }).getAttribute('aria-disabled')).toBe('true');
    await page.locator('[data-seq="2"]').click();
    await until(active).toEqual(['linked', 'linked.opening']);
    await until(() => text('.hint')).toBe('A recording keeps the outline of a stanza and not its text.');
    await page.getByRole('button', { name: 'Close recording' }).click();
    await until(active).toEqual(['linked', 'linked.online']);
  });

  it('makes elements only for the lines in sight, however many there are', async () => {
    const many = Array.from({ length: 10_000 }, (_, index) => line(index + 11, stanza(`<message id="${index}"/>`)));
    inspector.say(entriesMessage(many));
    await until(() => text('.count')).toBe('10,007 of 10,010 lines');
    expect(await open.page.locator('.row').count()).toBeLessThan(60);
    expect(await text('[data-seq="10010"]')).toContain('<message id="9999"/>');
    await open.page.locator('#log-list').press('Home');
    await until(selected).toBe('1');
    expect(await open.page.locator('.row').count()).toBeLessThan(60);
  });

  it('can be used with keys and a screen reader: everything has a name', async () => {
    const parts = 'button, select, input, textarea, section, [role=listbox], [role=tree], [role=separator]';
    const nameless = await open.page.$$eval(parts, (all) =>
      all
        .filter((element) => !element.closest('[hidden], dialog:not([open])'))
        .filter((element) => {
          const labels = 'labels' in element && element.labels instanceof NodeList ? element.labels.length : 0;
          return !(element.getAttribute('aria-label') || element.textContent?.trim() || labels > 0);
        })
        .map((element) => element.outerHTML),
    );
    expect(nameless).toEqual([]);
    expect(await open.page.locator('#announcer').getAttribute('aria-live')).toBe('polite');
    await until(() => open.page.locator('#announcer').textContent()).toBe('juliet@capulet.example: linked.online');
  });

  it('fits narrow windows', async () => {
    await open.page.setViewportSize({ width: 380, height: 700 });
    await until(() => open.page.evaluate(() => document.documentElement.scrollWidth)).toBe(380);
    expect(await open.page.locator('#log-list').isVisible()).toBe(true);
  });
});
