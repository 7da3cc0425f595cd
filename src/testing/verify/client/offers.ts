import { createId } from '../../../stanza/index.ts';
import { NS_BIND, NS_SASL, NS_SM, NS_STREAM, NS_TLS } from '../../../stream/index.ts';
import { escapeAttribute } from '../../../xml/index.ts';
import type { ClientScene } from './scene.ts';

/** How a header and features may be written, all of them legal. */
export type Style = 'usual' | 'prefix' | 'quoted' | 'bytes';

/** XML of features. */
export const FEATURES = {
  tls: `<starttls xmlns="${NS_TLS}"><required/></starttls>`,
  optionalTls: `<starttls xmlns="${NS_TLS}"/>`,
  mechanisms: mechanisms('SCRAM-SHA-256', 'SCRAM-SHA-1'),
  unknownMechanisms: mechanisms('X-VERIFY-1', 'X-VERIFY-2'),
  bind: `<bind xmlns="${NS_BIND}"/>`,
  managed: `<bind xmlns="${NS_BIND}"/><sm xmlns="${NS_SM}"/>`,
  /** None of them says anything to anybody. */
  unknown:
    '<verify xmlns="urn:xmpp:verify"><within><starttls/><mechanism>PLAIN</mechanism></within></verify><bind xmlns="urn:xmpp:verify:bind"><required/></bind>',
} as const;

/** Answers the header of the client, and offers features; also by bytes, or as few servers write it. */
export function offer(scene: ClientScene, features: string, style: Style = 'usual'): void {
  const { line } = scene.stage;
  const attributes = headerAttributes(scene);
  if (!line.link.framing.joins) {
    line.header(attributes);
    // A document of its own, which needs the declaration itself.
    line.say(featuresText(features, style).replace(/^<s:features/, `<s:features xmlns:s="${NS_STREAM}"`));
    return;
  }
  const text = `${headerText(attributes, style)}${featuresText(features, style)}`;
  if (style === 'bytes') line.trickle(text);
  else line.write(text);
}

/** Answers the header of the client, and nothing more. */
export function answerHeader(scene: ClientScene, changes: Readonly<Record<string, string>> = {}): void {
  scene.stage.line.header({ ...headerAttributes(scene), ...changes });
}

/** A stream header, whose namespace may be another. */
export function headerText(attributes: Readonly<Record<string, string>>, style: Style, namespace = NS_STREAM): string {
  const quote = style === 'quoted' ? "'" : '"';
  const prefix = style === 'prefix' ? 's' : 'stream';
  const all = { ...attributes, xmlns: 'jabber:client', [`xmlns:${prefix}`]: namespace };
  const written = Object.entries(all).map(([name, value]) => `${name}=${quote}${escaped(value, style)}${quote}`);
  const space = style === 'quoted' ? '\n\t' : ' ';
  const xml = `<?xml version=${quote}1.0${quote} encoding=${quote}UTF-8${quote}?>${style === 'quoted' ? '\n' : ''}`;
  return `${xml}<${prefix}:stream${space}${written.join(space)}>`;
}

/** Attributes of the header of a server. */
export function headerAttributes({ walked }: ClientScene): Readonly<Record<string, string>> {
  return { from: walked.domain, id: createId(), version: '1.0', 'xml:lang': 'en' };
}

function featuresText(features: string, style: Style): string {
  if (style === 'prefix') return `<s:features>${features}</s:features>`;
  if (style === 'quoted') return `<stream:features >\n ${features.replaceAll('"', "'")}\n</stream:features\n>`;
  return `<stream:features>${features}</stream:features>`;
}

/** Its first character as a reference to it (XML 1.0 §4.1); names of namespaces stay as they are. */
function escaped(value: string, style: Style): string {
  if (style !== 'quoted' || value.includes(':')) return escapeAttribute(value);
  return `&#${value.charCodeAt(0)};${escapeAttribute(value.slice(1))}`;
}

function mechanisms(...names: readonly string[]): string {
  const all = names.map((name) => `<mechanism>${name}</mechanism>`).join('');
  return `<mechanisms xmlns="${NS_SASL}">${all}</mechanisms>`;
}
