"""Prepares localparts and resourceparts as RFC 8265 has it, from the tables of Unicode that Python has.

Standard input: lines of JSON, each a list of texts. Standard output: the version of Unicode, then for each list a line with a
list of pairs, what each text becomes as a localpart and as a resourcepart: a text, null where it is none, or false where
Python cannot tell, since it does not know a code point, its script or how it joins.
"""

import json
import sys
import unicodedata as unicode

MOST_BYTES = 1023
FORBIDDEN = "\"&'/:<>@"

# RFC 5892 section 2.6, as RFC 8264 section 9.6 takes it over.
EXCEPTIONS = {
    **dict.fromkeys("\u00df\u03c2\u06fd\u06fe\u0f0b\u3007", "valid"),
    **dict.fromkeys("\u00b7\u0375\u05f3\u05f4\u30fb\u0660\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668\u0669", "context"),
    **dict.fromkeys("\u06f0\u06f1\u06f2\u06f3\u06f4\u06f5\u06f6\u06f7\u06f8\u06f9", "context"),
    **dict.fromkeys("\u0640\u07fa\u302e\u302f\u3031\u3032\u3033\u3034\u3035\u303b", "disallowed"),
}
# Hangul_Syllable_Type L, V and T; and Default_Ignorable_Code_Point: properties that the module does not have.
JAMO = ((0x1100, 0x11FF), (0xA960, 0xA97C), (0xD7B0, 0xD7C6), (0xD7CB, 0xD7FB))
IGNORABLE = (
    (0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x200B, 0x200F),
    (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFF8), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
)


class Unknown(Exception):
    """Python cannot tell."""


def within(character, ranges):
    return any(first <= ord(character) <= last for first, last in ranges)


def derived(character):
    """RFC 8264 section 8, in its order."""
    category = unicode.category(character)
    if character in EXCEPTIONS:
        return EXCEPTIONS[character]
    if category == "Cn" and not is_noncharacter(character):
        raise Unknown
    if "!" <= character <= "~":
        return "valid"
    if character in "\u200c\u200d":
        return "context"
    if within(character, JAMO) or within(character, IGNORABLE) or is_noncharacter(character) or category == "Cc":
        return "disallowed"
    if unicode.normalize("NFKC", character) != character:
        return "freeform"
    if category in ("Ll", "Lu", "Lo", "Nd", "Lm", "Mn", "Mc"):
        return "valid"
    if category in ("Lt", "Nl", "No", "Me", "Zs") or category[0] in "SP":
        return "freeform"
    return "disallowed"


def is_noncharacter(character):
    return 0xFDD0 <= ord(character) <= 0xFDEF or ord(character) & 0xFFFE == 0xFFFE


def of_script(character, *scripts):
    """Names tell the script of letters; of other characters they do not."""
    name = unicode.name(character, "")
    if name.removeprefix("HALFWIDTH ").startswith(scripts):
        return True
    if unicode.category(character)[0] != "L" and ord(character) > 0x7F:
        raise Unknown
    return False


def context_allows(text, at):
    """RFC 5892 appendix A."""
    character, before, after = text[at], text[at - 1 : at], text[at + 1 : at + 2]
    if character in "\u200c\u200d":
        if before and unicode.combining(before) == 9:
            return True
        if character == "\u200c" and before and after:
            raise Unknown
        return False
    if character == "\u00b7":
        return before == "l" and after == "l"
    if character == "\u0375":
        return after != "" and of_script(after, "GREEK")
    if character in "\u05f3\u05f4":
        return before != "" and of_script(before, "HEBREW")
    if character == "\u30fb":
        return any(of_script(other, "HIRAGANA LETTER", "KATAKANA LETTER", "CJK UNIFIED") for other in text if other != character)
    others = range(0x6F0, 0x6FA) if ord(character) < 0x6F0 else range(0x660, 0x66A)
    return not any(ord(other) in others for other in text)


def in_class(text, allowed):
    return all(
        property in allowed and (property != "context" or context_allows(text, at))
        for at, property in enumerate([derived(character) for character in text])
    )


def obeys_bidi_rule(text):
    """RFC 5893 section 2, which RFC 8265 applies where anything runs from right to left."""
    classes = [unicode.bidirectional(character) for character in text]
    if not any(each in ("R", "AL", "AN") for each in classes):
        return True
    bare = classes[:]
    while bare and bare[-1] == "NSM":
        bare.pop()
    if classes[0] in ("R", "AL"):
        allowed = {"R", "AL", "AN", "EN", "ES", "CS", "ET", "ON", "BN", "NSM"}
        mixed = "EN" in classes and "AN" in classes
        return set(classes) <= allowed and bare[-1] in ("R", "AL", "EN", "AN") and not mixed
    return classes[0] == "L" and set(classes) <= {"L", "EN", "ES", "CS", "ET", "ON", "BN", "NSM"} and bare[-1] in ("L", "EN")


def map_localpart(text):
    def narrow(character):
        kind, *mapping = unicode.decomposition(character).split() or [""]
        return chr(int(mapping[0], 16)) if kind in ("<wide>", "<narrow>") else character

    mapped = "".join(map(narrow, text)).replace("\u03a3", "\u03c3").lower()
    return unicode.normalize("NFC", mapped)


def fits(text):
    return 0 < len(text.encode("utf-8", "surrogatepass")) <= MOST_BYTES


def localpart(text):
    mapped = map_localpart(text)
    valid = fits(mapped) and in_class(mapped, ("valid", "context")) and not set(mapped) & set(FORBIDDEN)
    return mapped if valid and obeys_bidi_rule(mapped) and map_localpart(mapped) == mapped else None


def resourcepart(text):
    mapped = "".join(" " if unicode.category(character) == "Zs" else character for character in text)
    mapped = unicode.normalize("NFC", mapped)
    return mapped if fits(mapped) and in_class(mapped, ("valid", "context", "freeform")) else None


def attempt(prepare, text):
    # An unknown code point anywhere could have another case or normal form by now.
    if any(unicode.category(character) == "Cn" and not is_noncharacter(character) for character in text):
        return False
    try:
        return prepare(text)
    except Unknown:
        return False


def main():
    print(unicode.unidata_version, flush=True)
    for line in sys.stdin:
        print(json.dumps([[attempt(localpart, text), attempt(resourcepart, text)] for text in json.loads(line)]), flush=True)


main()
