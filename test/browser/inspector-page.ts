import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { transformSync } from 'esbuild';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { SAFE_HEADERS } from '../../src/inspect/live/gate.ts';

const FOLDER = resolve(import.meta.dirname, '../../src/inspect/page');

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** A page of the inspector in Chromium, and what can be seen of it from outside. */
export interface InspectorPage {
  readonly page: Page;
  /** All that its console says: breaches of its policy too. */
  readonly console: string[];
  /** Exceptions that nobody caught. */
  readonly crashes: readonly string[];
  /** The texts of elements, as they are on the page. */
  texts(selector: string): Promise<string[]>;
}

/** The page as it is in the sources, by name of the file; the compiler does the same to its programs, and no more. */
function inspectorFiles(): ReadonlyMap<string, { readonly type: string; readonly body: string }> {
  const files = readdirSync(FOLDER).map((name) => {
    const text = readFileSync(join(FOLDER, name), 'utf8');
    const [built, body] = name.endsWith('.ts') ? [name.replace(/ts$/, 'js'), compiled(text)] : [name, text];
    return [built, { type: TYPES[extname(built)] ?? 'text/plain', body }] as const;
  });
  return new Map(files);
}

/** Opens the page of an inspector, with its files as they are in the sources and the headers that the inspector gives them. */
export async function openInspectorPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<InspectorPage> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  const said: string[] = [];
  const crashes: string[] = [];
  page.on('console', (message) => said.push(message.text()));
  page.on('pageerror', (error) => crashes.push(String(error)));
  const files = inspectorFiles();
  await page.route(
    (address) => files.has(nameIn(address)),
    (route) => {
      const file = files.get(nameIn(new URL(route.request().url())));
      return route.fulfill({ headers: { ...SAFE_HEADERS, 'content-type': file?.type ?? '' }, body: file?.body ?? '' });
    },
  );
  await page.goto(url);
  return { page, console: said, crashes, texts: (selector) => page.locator(selector).allTextContents() };
}

function nameIn({ pathname }: URL): string {
  return pathname.slice(pathname.lastIndexOf('/') + 1) || 'index.html';
}

function compiled(text: string): string {
  return transformSync(text, { loader: 'ts', target: 'es2023' }).code.replace(/(from "\.\/[\w-]+)\.ts"/g, '$1.js"');
}
