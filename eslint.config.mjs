import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

/** One vendor, one importer: the file or folder that may import it. Everything else goes through our own types.
 *  @type {Record<string, string[]>} */
const VENDORS = {
  dockerode: ["src/engine/**"],
  "@slack/webhook": ["src/notify/slack.ts"],
  nodemailer: ["src/notify/email.ts"],
  winston: ["src/daemon/log.ts"],
  "node-cron": ["src/config/cron.ts", "src/daemon/schedule.ts"],
  yaml: ["src/config/yaml-text.ts", "src/config/yaml-places.ts"],
  commander: ["src/cli/main.ts", "src/cli/program.ts"],
  hono: ["src/status/page/html.ts"],
  "prom-client": ["src/status/metrics.ts"],
  "p-map": ["src/daemon/scan.ts", "src/heal/world.ts"],
  "node:sqlite": ["src/state/**"],
};

/** @param {string} file */
const bannedFor = (file) =>
  Object.entries(VENDORS).flatMap(([vendor, importers]) =>
    importers.includes(file) ? [] : [vendor],
  );

/** @param {string[]} files @param {string} allowed */
const restrict = (files, allowed) => ({
  files,
  rules: {
    "@typescript-eslint/no-restricted-imports": [
      "error",
      {
        patterns: bannedFor(allowed).map((vendor) => ({
          group: [vendor],
          message: `Only ${VENDORS[vendor]?.join(", ")} may import ${vendor}.`,
        })),
      },
    ],
  },
});

/** @param {string[]} files @param {string} regex what they may not import */
const restrictDomain = (files, regex) => ({
  files,
  rules: {
    "no-restricted-imports": [
      "error",
      { patterns: [{ regex, message: "The domain imports nothing but itself." }] },
    ],
  },
});

const importers = [...new Set(Object.values(VENDORS).flat())];

export default defineConfig(
  { ignores: ["dist", "build", "node_modules", "test/fixtures/**"] },
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: {
          allowDefaultProject: ["tools/*.mjs", "tools/ready/*.mjs", "eslint.config.mjs"],
        },
      },
    },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "@typescript-eslint/consistent-type-definitions": ["error", "interface"],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-floating-promises": ["error", { ignoreVoid: true }],
      "@typescript-eslint/no-non-null-assertion": "error",
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
      // Labels and JSON are read by key; tsconfig asks for the brackets.
      "@typescript-eslint/dot-notation": "off",
      // `for (;;)` with a return is the plain form of a loop that ends from inside.
      "@typescript-eslint/no-unnecessary-condition": [
        "error",
        { allowConstantLoopConditions: true },
      ],
      "no-restricted-syntax": [
        "error",
        { selector: "ExportDefaultDeclaration", message: "Export by name." },
        { selector: "TSEnumDeclaration", message: "Use a union of literals." },
      ],
      eqeqeq: "error",
    },
  },
  restrict(["src/**"], ""),
  ...importers.map((file) => restrict([file], file)),
  restrictDomain(["src/domain/*.ts"], "^(?!\\./)"),
  restrictDomain(["src/domain/*/**"], "^(?!\\.\\.?/)|^\\.\\./\\.\\./"),
  // Raw inspects are read there field by field: what is no text shows in the assertion.
  {
    files: ["test/engine/fidelity/**", "test/engine/compose/**"],
    rules: {
      "@typescript-eslint/no-base-to-string": "off",
      "@typescript-eslint/unbound-method": "off",
    },
  },
  { files: ["*.config.{ts,mjs}"], rules: { "no-restricted-syntax": "off" } },
  { files: ["**/*.mjs"], extends: [tseslint.configs.disableTypeChecked] },
);
