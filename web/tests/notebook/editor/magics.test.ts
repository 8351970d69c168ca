import { describe, expect, it } from "vitest";

import { bodyLanguage, findMarks, maskMarks, partsOf } from "../../../src/notebook/editor/magics";
import { stripPrompts } from "../../../src/notebook/editor/prompts";

/** Each mark as `kind:text`. */
const marks = (text: string) => findMarks(text).map(({ from, to, kind }) => `${kind}:${text.slice(from, to)}`);
const parts = (text: string, kind: Parameters<typeof partsOf>[1]) =>
  partsOf(text, kind).map((part) => `${part.kind}:${text.slice(part.from, part.to)}`);

describe("what is no Python in a cell", () => {
  it("are lines that begin with a sign, at any depth of indentation", () => {
    expect(marks("%matplotlib inline\nif x:\n    !ls -la\n?print\nprint(1)")).toEqual([
      "line:%matplotlib inline",
      "shell:!ls -la",
      "help:?print",
    ]);
    expect(marks("!!ls")).toEqual(["shell:!!ls"]);
  });

  it("is what is assigned from a command or a magic", () => {
    expect(marks("files = !ls *.py\nt = %timeit -o f()\na.b[0], c = !pwd")).toEqual([
      "shell:!ls *.py",
      "line:%timeit -o f()",
      "shell:!pwd",
    ]);
  });

  it("is a question for help, with the whole statement", () => {
    expect(marks("np.array?\nnp.array??\n  df.head?  \n%time?")).toEqual([
      "help:np.array?",
      "help:np.array??",
      "help:df.head?",
      "help:%time?",
    ]);
    expect(marks("x = 1 # really?")).toEqual([]);
  });

  it("is no operator, no string, no comment and nothing in brackets", () => {
    for (const text of [
      "a = b % c",
      "a != b",
      "a = (b\n% c)",
      "a = b \\\n% c",
      's = """\n%time x\n!ls\n"""',
      "s = 'a?'\n# !ls\nf(x,\n  '?')",
      "x %= 3\nx == -1",
      'f"{x!r}"',
      "d = {\n  'a'\n  % b: 1}",
    ]) {
      expect(marks(text), text).toEqual([]);
    }
  });

  it("goes on over a backslash at the end of a line", () => {
    expect(marks("!pip install \\\n  numpy\nx = 1")).toEqual(["shell:!pip install \\\n  numpy"]);
  });

  it("is found again behind a string or a bracket that has ended", () => {
    expect(marks('s = """a\n"""\n!ls')).toEqual(["shell:!ls"]);
    expect(marks("f(1,\n 2)\n%time")).toEqual(["line:%time"]);
    expect(marks("s = 'open\n!ls")).toEqual(["shell:!ls"]);
  });

  it("is the whole cell when its magic takes another language, and its first line when it wraps Python", () => {
    expect(marks("%%bash\nls\n%x")).toEqual(["cell:%%bash\nls\n%x"]);
    expect(marks("\n%%html\n<b>")).toEqual(["cell:%%html\n<b>"]);
    expect(marks("%%time\nx = !ls")).toEqual(["cell:%%time", "shell:!ls"]);
    expect(marks("x = 1\n%%bash\nls")).toEqual(["line:%%bash"]);
  });

  it("knows the language of a body", () => {
    const known = {
      "%%bash": "shell",
      "%%HTML": "html",
      "%%R -i x": "r",
      "%%script bash": "shell",
      "%%script --bg /usr/bin/perl": "perl",
      "%%script node": "plain",
      "%%writefile a/b.sql": "sql",
      "%%writefile -a run.py": "python",
      "%%writefile notes": "plain",
      "%%capture out": "python",
      "%%constructor": "python",
    };
    for (const [line, language] of Object.entries(known)) expect(bodyLanguage(line), line).toBe(language);
  });

  it("is hidden from the Python parser behind a name of the same length", () => {
    const text = "x = !ls\ny = 1";
    expect(maskMarks(text, findMarks(text))).toBe("x = ___\ny = 1");
  });
});

describe("what a magic is made of", () => {
  it("sign, name, options, strings and variables", () => {
    expect(parts("%run -i 'a b.py' $name {x + 1}", "line")).toEqual([
      "sign:%",
      "name:run",
      "option:-i",
      "string:'a b.py'",
      "variable:$name",
      "variable:{x + 1}",
    ]);
  });

  it("a command has options, variables and a comment; a sign in a word is none", () => {
    expect(parts("!git log --oneline a-b $HOME ${X} # all#", "shell")).toEqual([
      "sign:!",
      "option:--oneline",
      "variable:$HOME",
      "variable:${X}",
      "comment:# all#",
    ]);
    expect(parts("!!ls#x", "shell")).toEqual(["sign:!!"]);
  });

  it("the code that is timed is Python", () => {
    expect(parts("%timeit -n 10 -r3 f(x)", "line")).toEqual([
      "sign:%",
      "name:timeit",
      "option:-n",
      "option:-r3",
      "python:f(x)",
    ]);
    expect(parts("%time", "line")).toEqual(["sign:%", "name:time"]);
  });

  it("a cell magic has a body", () => {
    expect(parts("%%bash --out x\nls\n", "cell")).toEqual(["sign:%%", "name:bash", "option:--out", "body:ls\n"]);
    expect(parts("%%bash", "cell")).toEqual(["sign:%%", "name:bash"]);
  });

  it("parts are in order and never overlap", () => {
    for (const text of ["!a --b={c} '$d' \"e {f}\" #g", "!$x$y{z}'", "!", "!!", '! "open']) {
      let last = 0;
      for (const { from, to } of partsOf(text, "shell")) {
        expect(from).toBeGreaterThanOrEqual(last);
        expect(to).toBeGreaterThan(from);
        last = to;
      }
      expect(last).toBeLessThanOrEqual(text.length);
    }
  });
});

describe("code that was copied with its prompts", () => {
  it("loses those of Python, and what was printed", () => {
    expect(stripPrompts(">>> for i in range(2):\n...     print(i)\n...\n0\n1\n>>> x = 1")).toBe(
      "for i in range(2):\n    print(i)\n\nx = 1",
    );
    expect(stripPrompts("    >>> f(1)\n    2")).toBe("f(1)");
  });

  it("loses those of IPython", () => {
    expect(stripPrompts("In [1]: def f():\n   ...:     return 1\n   ...: \nOut[2]: 3\nIn [3]: f()")).toBe(
      "def f():\n    return 1\n\nf()",
    );
  });

  it("is left alone when its first line has none", () => {
    for (const text of ["x = 1\n>>> y", "", "a >>> b", "... x", "# In [1]: x"]) expect(stripPrompts(text)).toBe(text);
  });
});
