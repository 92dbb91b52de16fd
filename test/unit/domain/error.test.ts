import { describe, expect, it } from "vitest";
import { isStalewatchError, messageOf, StalewatchError } from "../../../src/domain/error.ts";

describe("an error of the product", () => {
  const cause = new Error("connect ENOENT");
  const error = new StalewatchError("ENGINE_NO_SOCKET", "there is no engine", {
    hint: "start it",
    cause,
  });

  it("is known by its code, never by its message", () => {
    expect(isStalewatchError(error)).toBe(true);
    expect(isStalewatchError(error, "ENGINE_NO_SOCKET")).toBe(true);
    expect(isStalewatchError(error, "ENGINE_TIMEOUT")).toBe(false);
    expect(isStalewatchError(cause)).toBe(false);
  });

  it("says what happened, what to do, and what caused it", () => {
    expect(error).toMatchObject({ message: "there is no engine", hint: "start it", cause });
    expect(new StalewatchError("USAGE", "x")).toMatchObject({
      name: "StalewatchError",
      hint: null,
    });
  });
});

describe("one line from whatever was thrown", () => {
  it.each([
    [new Error("no answer"), "no answer"],
    [new AggregateError([new Error("a"), new Error("b")]), "a; b"],
    [new AggregateError([], "none of them"), "none of them"],
    ["a text", "a text"],
    [undefined, "undefined"],
  ])("%o", (thrown, line) => {
    expect(messageOf(thrown)).toBe(line);
  });
});
