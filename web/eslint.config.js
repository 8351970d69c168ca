// Lint rules. The import law of docs/design.md section 11 is here too: the plain layers know no React and no page.
import hooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

const PAGE = ["**/ui/**", "**/drive/**", "**/notebook/**", "react", "react-dom", "react-dom/*", "lucide-react"];
const layer = (name, forbidden) => ({
  files: [`src/${name}/**/*.ts`],
  rules: {
    "no-restricted-imports": [
      "error",
      {
        patterns: [
          { group: [...PAGE, ...forbidden], message: `src/${name} may not import this (docs/design.md, 11).` },
        ],
      },
    ],
  },
});

export default tseslint.config(
  { ignores: ["node_modules/", "eslint.config.js"] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { "react-hooks": hooks },
    rules: {
      ...hooks.configs.recommended.rules,
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": [
        "error",
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "max-lines": ["error", { max: 400, skipBlankLines: true, skipComments: true }],
      "no-console": "error",
      // The index of such a package ties all of it to whichever part needs any of it (build/chunks.ts).
      "no-restricted-imports": [
        "error",
        { name: "react-aria-components", message: "Import what you need from react-aria-components/NAME." },
      ],
    },
  },
  layer("wire", ["**/net/**", "**/doc/**", "**/runs/**", "**/session/**"]),
  layer("net", ["**/doc/**", "**/runs/**", "**/session/**"]),
  layer("doc", ["**/net/**", "**/runs/**", "**/session/**"]),
  layer("runs", ["**/net/**", "**/doc/**", "**/session/**"]),
  layer("session", []),
  layer("commands", ["**/net/**", "**/doc/**", "**/runs/**", "**/session/**"]),
  layer("settings", ["**/net/**", "**/doc/**", "**/runs/**", "**/session/**"]),
  {
    // What is done on these pages, without the pages.
    files: ["src/{drive,account,admin,door,person}/model/**/*.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              group: ["react", "react-dom", "react-dom/*", "lucide-react", "**/*.tsx"],
              message: "A model knows no React.",
            },
          ],
        },
      ],
    },
  },
  {
    // Generated from the wire Structs: as long as they are, and with their unions as they stand there.
    files: ["src/wire/types.ts"],
    rules: { "max-lines": "off", "@typescript-eslint/no-duplicate-type-constituents": "off" },
  },
  {
    // Every word that a person can read is in the catalogue (src/words), for it has to be there in each language.
    files: ["src/**/*.tsx"],
    rules: {
      "no-restricted-syntax": [
        "error",
        { selector: "JSXText[value=/[A-Za-z]{2}/]", message: "Words belong into src/words." },
        {
          selector:
            "JSXAttribute[name.name=/^(aria-label|aria-description|title|alt|placeholder|label)$/] > Literal[value=/[A-Za-z]{2}/]",
          message: "Words belong into src/words.",
        },
      ],
    },
  },
  {
    files: ["src/**/*.{ts,tsx}"],
    ignores: ["src/wire/**"],
    rules: {
      "no-restricted-properties": [
        "error",
        { property: "innerHTML", message: "Notebook content is untrusted: only ui/sanitize.ts may make HTML." },
      ],
    },
  },
);
