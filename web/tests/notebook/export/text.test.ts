import { describe, expect, it } from "vitest";

import { ansiHtml, escapeHtml } from "../../../src/notebook/export/text";

describe("text in an exported file", () => {
  it("is text, whatever signs it has", () => {
    expect(escapeHtml(`<b title="a" id='b'>&amp;`)).toBe("&lt;b title=&quot;a&quot; id=&#39;b&#39;&gt;&amp;amp;");
    expect(ansiHtml("<script>x</script>")).toBe("&lt;script&gt;x&lt;/script&gt;");
  });

  it("keeps its colours, and lets nothing else into a style", () => {
    expect(ansiHtml("\x1b[31;1mred\x1b[0m on")).toBe(
      '<span style="color:var(--ansi-red);font-weight:700">red</span> on',
    );
    expect(ansiHtml("\x1b[38;2;1;2;3mx")).toBe('<span style="color:#010203">x</span>');
    expect(ansiHtml('\x1b]8;;https://a"onclick=x\x07y\x1b]8;;\x07')).toBe("y");
  });
});
