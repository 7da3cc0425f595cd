import { describe, expect, test } from 'vitest';
import { featureNames, parseFeatures } from '../../src/stream/index.ts';
import { element, parseElement } from '../../src/xml/index.ts';

const NS_STREAM = 'http://etherx.jabber.org/streams';

describe('the names of features', () => {
  test('are the namespaces of what is offered, each once', () => {
    const features = parseElement(
      `<stream:features xmlns:stream='${NS_STREAM}' xmlns='jabber:client'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/> ` +
        "<csi xmlns='urn:xmpp:csi:0'/><sm xmlns='urn:xmpp:sm:3'><optional/></sm><csi xmlns='urn:xmpp:csi:0'/></stream:features>",
    );
    expect(featureNames(parseFeatures(features))).toEqual([
      'urn:ietf:params:xml:ns:xmpp-bind',
      'urn:xmpp:csi:0',
      'urn:xmpp:sm:3',
    ]);
  });

  test('are none where nothing is offered', () => {
    expect(featureNames(parseFeatures(element(`{${NS_STREAM}}features`)))).toEqual([]);
  });

  test('are 64 of 128 UTF-16 units at most, whatever a server offers', () => {
    const namespaces = ['x'.repeat(129), ...Array.from({ length: 100 }, (_, index) => `urn:example:${index}`)];
    const offers = namespaces.map((namespace) => element(`{${namespace}}offer`));
    const names = featureNames(parseFeatures(element(`{${NS_STREAM}}features`, {}, offers)));
    expect(names).toEqual(namespaces.slice(1, 65));
  });
});
