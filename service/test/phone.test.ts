import assert from "node:assert/strict";
import { test } from "node:test";
import { phoneUrl } from "../src/page/phone.ts";

test("a telephone number is a link by RFC 3966, and a text without one is none", () => {
  for (const [text, url] of [
    ["+44 117 496 0142", "tel:+441174960142"],
    ["+44 (0) 117 496-0142", "tel:+441174960142"],
    ["+49 (0)30 1234-56", "tel:+4930123456"],
    ["(912) 555-4321", "tel:9125554321"],
    ["(0117) 496 0142", "tel:01174960142"],
    ["(0)30 123456", "tel:030123456"],
    ["Tel.: +1.212.555.0100", "tel:+12125550100"],
    ["+1 212 555 0100 ext. 12", "tel:+12125550100;ext=12"],
    ["+1 212 555 0100x12", "tel:+12125550100;ext=12"],
    ["+1 212 555 0100, extension 12", "tel:+12125550100;ext=12"],
    ["+1 212 555 0100 #12", "tel:+12125550100;ext=12"],
    ["+1-212-555-0100;ext=7", "tel:+12125550100;ext=7"],
    ["＋４９ ３０ １２３", "tel:+4930123"],
    ["+49 30 123-12", "tel:+493012312"],
    ["on request", undefined],
    ["1-800-FLOWERS", undefined],
    ["+49 30 1234567 / +49 170 1234567", undefined],
    ["+44 117 496 0142 or +44 117 496 0143", undefined],
    ["", undefined],
  ] as const) {
    assert.equal(phoneUrl(text), url, text);
  }
});
