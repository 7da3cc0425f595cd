"""Reads XML documents with expat and says what it made of them.

Standard input: batches. A batch is its number of documents, then each document behind its length; numbers are of four bytes,
big-endian. Standard output: expat's version, then a line of JSON for each document, written out at the end of each batch. A document is read up to
its first comment, processing instruction or document type declaration, which XMPP has no place for.

The form of a tree, which tree.ts makes of our elements: control characters stand between its parts, since no XML has them.
"""

import json
import struct
import sys
from xml.parsers import expat

SPACE = b" \t\n\r"


class Restricted(Exception):
    """What RFC 6120 section 11.1 forbids has come."""


class Reading:
    def __init__(self, document):
        self.document = document
        self.tree = []
        self.depth = 0
        self.root_content = False
        self.content_namespace = ""
        self.encoding = None
        self.parser = parser = expat.ParserCreate("UTF-8", "\x01")
        parser.ordered_attributes = True
        parser.buffer_text = False
        parser.XmlDeclHandler = self.declare
        parser.StartNamespaceDeclHandler = self.declare_namespace
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.text
        parser.StartCdataSectionHandler = self.section
        parser.CommentHandler = lambda data: self.refuse("comment")
        parser.ProcessingInstructionHandler = lambda target, data: self.refuse("instruction")
        parser.StartDoctypeDeclHandler = lambda *parts: self.refuse("doctype")

    def report(self):
        report = {}
        try:
            self.parser.Parse(self.document, True)
            report["tree"] = "".join(self.tree)
        except Restricted as restricted:
            report["restricted"] = str(restricted)
        except expat.ExpatError as error:
            report["error"] = error.code
            report["at"] = self.parser.ErrorByteIndex
        if self.root_content:
            report["rootContent"] = True
        if self.content_namespace:
            report["contentNamespace"] = self.content_namespace
        if self.encoding:
            report["encoding"] = self.encoding
        return report

    def refuse(self, what):
        raise Restricted(what)

    def declare(self, version, encoding, standalone):
        self.encoding = encoding

    def declare_namespace(self, prefix, uri):
        if self.depth == 0 and prefix is None:
            self.content_namespace = uri or ""

    def start(self, name, attributes):
        self.depth += 1
        self.tree.append("\x02" + name)
        if attributes:
            pairs = zip(attributes[::2], attributes[1::2])
            for key, value in sorted(pairs, key=lambda pair: pair[0].encode("utf-16-be")):
                self.tree.append("\x03" + key + "\x04" + value)
        self.tree.append("\x07")

    def end(self, name):
        self.depth -= 1
        self.tree.append("\x05")

    def text(self, data):
        if self.depth > 1:
            self.tree.append(data)
            return
        self.tree.append("\x06" + data + "\x06")
        # White space that is written as a reference is content, and so stands behind an ampersand here.
        if self.document[self.parser.CurrentByteIndex] not in SPACE or data.strip(" \t\n\r"):
            self.root_content = True

    def section(self):
        if self.depth == 1:
            self.root_content = True


def main():
    source, target = sys.stdin.buffer, sys.stdout
    print(expat.EXPAT_VERSION, flush=True)
    while header := source.read(4):
        for _ in range(struct.unpack(">I", header)[0]):
            (length,) = struct.unpack(">I", source.read(4))
            target.write(json.dumps(Reading(source.read(length)).report()) + "\n")
        target.flush()


main()
