import assert from "node:assert/strict";
import { test } from "node:test";
import { renderInline, renderMarkdown, renderText } from "../src/page/html.ts";
import { plainText } from "../src/page/markdown.ts";

/** HTML without the line breaks between elements. */
const rendered = (text: string): string => renderText(text).text.replaceAll(/\n/g, "");

test("a text has paragraphs, lists, bold, italic, links, and the line breaks that were written", () => {
  assert.equal(rendered("One\ntwo\n\nthree"), "<p>One<br>two</p><p>three</p>");
  assert.equal(rendered("- **a**\n- *b*"), "<ul><li><strong>a</strong></li><li><em>b</em></li></ul>");
  assert.equal(
    rendered("[a](https://example.com/)"),
    '<p><a href="https://example.com/" data-address="example.com">a</a></p>',
  );
  assert.equal(rendered("• a\n• b"), "<ul><li>a</li><li>b</li></ul>");
  assert.equal(rendered("# A\n\nb"), "<p><strong>A</strong></p><p>b</p>");
  assert.equal(renderInline("one **line**").text, "one <strong>line</strong>");
  assert.match(renderInline("two\n\nparagraphs").text, /^<p>two<\/p>\n<p>paragraphs<\/p>$/);
  assert.match(renderMarkdown("### Story\n\na\nb", 1).text, /^<h4>Story<\/h4>\n<p>a\nb<\/p>/);
});

test("pasted tags that do no harm are rendered", () => {
  for (const [text, html] of [
    ["<b>a</b> <I>b</I> <strong class='x'>c</strong>", "<p><strong>a</strong> <em>b</em> <strong>c</strong></p>"],
    ["a<br>b<br />c", "<p>a<br>b<br>c</p>"],
    ["<p>a</p><p>b</p>", "<p>a</p><p>b</p>"],
    ["<div>a</div>b", "<p>a</p><p>b</p>"],
    ["<ul>\n  <li>a</li>\n  <li>b</li>\n</ul>", "<ul><li><p>a</p></li><li><p>b</p></li></ul>"],
    [
      "<ol><li>a<ul><li>b</ul><li>c</ol>d",
      "<ol><li><p>a</p><ul><li><p>b</p></li></ul></li><li><p>c</p></li></ol><p>d</p>",
    ],
    [
      "a <a target=_blank href='https://example.com/?a=1&amp;b'>b</a>",
      '<p>a <a href="https://example.com/?a=1&amp;b" data-address="example.com/?a=1&amp;b">b</a></p>',
    ],
    ["<h2>a</h2>b", "<p><strong>a</strong></p><p>b</p>"],
    ["<li>a</li><li>b</li>", "<ul><li><p>a</p></li><li><p>b</p></li></ul>"],
    ["H<sub>2</sub>O", "<p>H<sub>2</sub>O</p>"],
  ] as const) {
    assert.equal(rendered(text), html, text);
  }
});

test("other tags are removed, with what is no text; what is no tag is a text", () => {
  for (const [text, html] of [
    ["a<span style='color:red' onclick=alert(1)>b</span>", "<p>ab</p>"],
    ["a<script>alert(1)</script>b<style>p{}</style>c", "<p>abc</p>"],
    ["a<!-- b -->c<img src=x onerror=alert(1)>", "<p>ac</p>"],
    ["a<iframe src='https://example.com'></iframe>", "<p>a</p>"],
    ["List<String> a<T>, 1 < 2 > 0", "<p>List&lt;String&gt; a&lt;T&gt;, 1 &lt; 2 &gt; 0</p>"],
    ["`<b>` and &lt;b&gt;", "<p><code>&lt;b&gt;</code> and &lt;b&gt;</p>"],
    ["<ul></ul>a", "<p>a</p>"],
  ] as const) {
    assert.equal(rendered(text), html, text);
  }
});

test("no text opens what it does not close, or closes what it did not open", () => {
  for (const [text, html] of [
    ["<b>a", "<p><strong>a</strong></p>"],
    ["a</b></div></ul>b", "<p>a</p><p>b</p>"],
    ["<b>a <i>b</b> c</i>", "<p><strong>a <em>b</em></strong> c</p>"],
    ["**a <b>b** c</b>", "<p><strong>a <strong>b</strong> c</strong></p>"],
    ["- <b>a\n- </section></main>b", "<ul><li><strong>a</strong></li><li><p>b</p></li></ul>"],
  ] as const) {
    assert.equal(rendered(text), html, text);
  }
});

test("nothing that the policy must stop comes through", () => {
  const hostile = [
    "<a href='javascript:alert(1)'>x</a>",
    "<a href=' JaVaScRiPt:alert(1)'>x</a>",
    "<a href='java&#115;cript:alert(1)'>x</a>",
    "<a href='java\nscript:alert(1)'>x</a>",
    "<a href='&#x6A;avascript&colon;alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "[x](javascript:alert(1)) [y](vbscript:x) <javascript:alert(1)>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<b onmouseover=alert(1) style='x:expression(1)'>x</b>",
    "<form action=https://example.com><input name=a><button>x</button></form>",
    "<meta http-equiv=refresh content='0;url=https://example.com'>",
    "<base href=https://example.com><link rel=stylesheet href=x>",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
    "<img src=x onerror=alert(1) ![x](https://example.com/x.png)",
    "<![CDATA[<script>alert(1)</script>]]><?php <script> ?><!DOCTYPE html>",
    "<li><li><ul><ol><p><b><script>",
    "\u0000<b\u0000>x<script\u0000>",
  ];
  const allowed =
    /<\/?(?:p|ul|ol|li|strong|em|s|u|sub|sup|small|mark|code|br)>|<a href="[^"]*"(?: data-address="[^"]*")?>|<\/a>/g;
  for (const text of [...hostile, hostile.join(" "), hostile.join("\n\n")]) {
    for (const { text: html } of [renderText(text), renderMarkdown(text), renderInline(text)]) {
      assert.doesNotMatch(html.replaceAll(allowed, ""), /[<>]/, text);
      assert.doesNotMatch(html, /href="\s*(?:javascript|data|vbscript)/i, text);
    }
  }
});

test("descriptions for search engines have no markup", () => {
  assert.equal(plainText("**A** [b](https://example.com)\n\n- c <b>d</b>"), "A b c d");
  assert.equal(plainText("a\nb"), "a b");
});
